"""The files of P10, and the loop over them that all contenders share."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from decimal import Decimal
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.job import Job, measured
from benchmarks.p10_pdf import Form, pdf
from benchmarks.p10_xml import bill, cii, ubl

HYBRID, CII, UBL, PLAIN = "hybrid", "cii", "ubl", "plain"
_MIX = [HYBRID] * 5 + [CII, UBL, CII, UBL, PLAIN, PLAIN, HYBRID, HYBRID, HYBRID]
_WARM_UP = 30  # files before the first that counts: schemas are loaded, patterns compiled
_SEED = 10
_GROSS = "gross.json"

Read = Callable[[bytes], Decimal | None]
"""Returns the gross amount that a file states, without a sign; ``None`` when it states none."""


def write(folder: Path, files: int) -> dict[str, int]:
    """Write files with and without an e-invoice; each run writes the same. Gives how many there are of each kind."""
    chance = Random(_SEED)
    forms = list(Form)
    gross: dict[str, str | None] = {}
    kinds: dict[str, int] = {}
    for number in range(files):
        kind = _MIX[number % len(_MIX)]
        form = forms[number % len(forms)]
        made = bill(number, chance)
        if kind == HYBRID:
            content = pdf(chance, form, cii(made))
        elif kind == PLAIN:
            content = pdf(chance, form)
        else:
            content = cii(made) if kind == CII else ubl(made)
        name = f"{kind}-{number:05}"
        (folder / name).write_bytes(content)
        gross[name] = None if kind == PLAIN else str(made.net + made.tax)
        kinds[kind] = kinds.get(kind, 0) + 1
    (folder / _GROSS).write_text(json.dumps(gross))
    return kinds


def each_of(folder: Path, readers: dict[str, Read], most: int | None = None) -> dict[str, list[float]]:
    """Read each file by the reader of its kind; gives the processor's seconds that each took, by kind.

    Files are read from the disk before their time begins, one at a time.

    :param most: files, the first ones
    :raises AssertionError: when a file states another amount than was written into it
    """
    gross: dict[str, str | None] = json.loads((folder / _GROSS).read_text())
    taken: dict[str, list[float]] = {}
    for name, written in islice(gross.items(), most):
        kind = name.partition("-")[0]
        if kind not in readers:
            continue
        content, read = (folder / name).read_bytes(), readers[kind]
        started = time.process_time()
        found = read(content)
        taken.setdefault(kind, []).append(time.process_time() - started)
        if found != (written and Decimal(written)):
            raise AssertionError(f"{name} states {written}, and {found} was read")
    return taken


def main(readers: dict[str, Read]) -> None:
    """Do the job of this process: read all files, and tell the seconds of each."""
    folder = Path(Job.read().folder)

    def work() -> dict[str, Any]:
        each_of(folder, readers, _WARM_UP)
        return {"files": each_of(folder, readers)}

    measured(work)
