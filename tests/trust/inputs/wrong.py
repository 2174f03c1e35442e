"""Inputs that are wrong: misspelt, of another form, for something else."""

from __future__ import annotations

import random
import string
from typing import TYPE_CHECKING, Any

from debitoor_provider.runs.form import FORM

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TEXTS = (
    "", " ", "null", "\0", "\ud800", "\u0430cme", "../acme", "acme;ls", "%00", "9" * 40, "-1", "1e9", "NaN",
    "x" * 5_000, "2026-02-30", "31.01.2026", "2026-W01-1", "20260101", "2026-01-01T00:00:00", "'; DROP TABLE x; --",
    "{{ 1 + 1 }}", "=1+1", "<b>", "[red]", "\u202e",
)  # fmt: skip
RIGHT: dict[str, Any] = {"from": "2026-01-01", "to": "2026-12-31", "document_ids": ["4711"], "dry_run": True}


def confs(chance: random.Random, count: int) -> Iterator[dict[str, Any]]:
    """Yield configurations of a triggered run that cannot be meant as they are."""
    for _ in range(count):
        conf = {key: RIGHT[key] for key in FORM if chance.random() < 0.3}
        if chance.random() < 0.5:
            conf[misspelt(chance, FORM)] = chance.choice([True, "x", 1, None, ["1"]])
        else:
            key = chance.choice(FORM)
            conf[key] = _wrong_value(chance, key)
        yield conf


def _wrong_value(chance: random.Random, key: str) -> Any:
    if key == "dry_run":
        return chance.choice(["true", "false", "", 0, 1, 2.5, [], {}, ["x"]])
    if key == "document_ids":
        ids = [text for text in TEXTS if not text.strip().isdecimal() or len(text) > 18]
        return chance.choice([[], "4711", 4711, [4711.5], [None], {}, True, [chance.choice(ids)], ["4711", [1]]])
    return chance.choice([*TEXTS, 20260101, True, [], ["2026-01-01"], {}])


def misspelt(chance: random.Random, words: Sequence[str]) -> str:
    """Return a word with a slip in it that is none of the words."""
    while True:
        word = chance.choice(words)
        place = chance.randrange(len(word))
        slip = chance.choice(string.ascii_lowercase + "_-. ")
        made = chance.choice(
            [
                word[:place] + word[place + 1 :],
                word[:place] + slip + word[place:],
                word[:place] + slip + word[place + 1 :],
                word.upper(),
                word.replace("_", ""),
                word.replace("_", "-"),
                f" {word}",
                f"{word}s",
            ]
        )
        if made and made not in words:
            return made
