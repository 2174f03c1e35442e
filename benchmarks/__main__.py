"""``python -m benchmarks``: measure the provider and its peers, and write down the results."""

from __future__ import annotations

import argparse
import importlib
import inspect
import os
import re
import time
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks import build, report
from benchmarks.build import Build
from benchmarks.result import Result
from debitoor_provider.runs.tables import table

_HERE = Path(__file__).parent
RESULTS = _HERE / "results.json"
PAGE = _HERE.parent / "docs" / "performance.md"

_QUIET = 0.5  # load of a machine that does nothing else
_ROUNDS = 3  # of a measurement that does not have ROUNDS of its own

Measure = Callable[..., Result]
"""Takes the number of rounds, ``None`` for the usual one, and ``against`` where a build is to be a peer."""


def main() -> None:
    """Measure what is asked for; ends with an error when a measurement could not be made."""
    options = _parser().parse_args()
    wanted = {name.upper() for name in re.split(r"[,\s]+", options.only) if name}
    measures = found(_HERE)
    if unknown := wanted - measures.keys():
        raise SystemExit(f"There is no {', '.join(sorted(unknown))}; there are {', '.join(measures)}.")
    chosen = {name: measure for name, measure in measures.items() if name in wanted or not wanted}
    console = Console()
    if (load := os.getloadavg()[0]) > _QUIET:
        console.print(f"This machine is busy (load {load:.1f}): the figures will be worse than they could be.")
    with ExitStack() as stack:
        if options.against:
            peer = stack.enter_context(build.of(options.against))
            console.print(f"Compared with {peer.name}, from {peer.root} by {peer.python}", highlight=False)
            chosen = {name: partial(measure, against=peer) for name, measure in chosen.items()}
        failed = run(chosen, options.rounds, console, load=load)
    if failed:
        raise SystemExit(f"Could not be measured: {', '.join(failed)}")


def run(
    measures: dict[str, Measure],
    rounds: int | None,
    console: Console,
    results: Path = RESULTS,
    page: Path = PAGE,
    load: float = 0.0,
) -> list[str]:
    """Measure one after the other; each is written down as soon as it is there.

    :param rounds: of each measurement; ``None``: as many as each usually has
    :param load: of the machine before anything was measured
    :return: those that could not be measured
    """
    failed = []
    for name, measure in measures.items():
        started = time.perf_counter()
        try:
            result = measure(rounds)
        except Exception:  # noqa: BLE001 - the others are to be measured anyway
            console.print(f"{name}:", traceback.format_exc(), markup=False)
            failed.append(name)
            continue
        report.write_table(page, report.write(results, {name: report.record(result, load)}))
        _show(console, result, time.perf_counter() - started)
    return failed


def found(folder: Path) -> dict[str, Measure]:
    """Find the measurements: modules named after one that have a function ``measure``."""
    measures: dict[str, Measure] = {}
    numbered = ((re.match(r"p(\d+)_", path.name), path) for path in folder.glob("p[0-9]*.py"))
    for number, path in sorted((int(found[1]), path) for found, path in numbered if found):
        if re.search(r"^def measure\(", path.read_text("utf-8"), re.MULTILINE):
            name = f"P{number}"
            if name in measures:
                raise SystemExit(f"There are two measurements {name}.")
            measures[name] = _lazily(f"{folder.name}.{path.stem}")
    return measures


def _lazily(module: str) -> Measure:
    def measure(rounds: int | None, against: Build | None = None) -> Result:
        found = importlib.import_module(module)
        wanted = found.measure
        # Not every measurement takes a build to compare with.
        further = {"against": against} if "against" in inspect.signature(wanted).parameters else {}
        result: Any = wanted(rounds or getattr(found, "ROUNDS", _ROUNDS), **further)
        if not isinstance(result, Result):
            raise TypeError(f"{module} gave no Result")
        return result

    return measure


def _show(console: Console, result: Result, seconds: float) -> None:
    console.print(f"\n{result.id}  {result.title}: {result.setting} ({seconds:.0f} s)", style="bold", highlight=False)
    made = table("", "median", "spread", "unit", right=["median", "spread"])
    for series in (*result.ours, *result.peers):
        made.add_row(
            series.what, f"{series.median:.4g}", f"{min(series.values):.4g} to {max(series.values):.4g}", series.unit
        )
    console.print(made)
    for goal in result.goals:
        console.print(f"{'reached' if goal.is_met else 'MISSED '}  {goal.text}: {goal.reached:.4g}", highlight=False)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", default="", help="such as P3, or P1,P4; all by default")
    parser.add_argument("--rounds", type=int, help="rounds of each; by default as many as it needs, 1 to 3")
    parser.add_argument("--against", default="", metavar="COMMIT", help="a commit whose build is one more peer")
    return parser


if __name__ == "__main__":
    main()
