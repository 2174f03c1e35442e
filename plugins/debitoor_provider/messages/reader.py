"""Who reads what is written just now, and in which language."""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Redact = Callable[[str, Mapping[str, Any]], tuple[str, Mapping[str, Any]]]

ENGLISH = "en"
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][\w.@-]*)?(?:\s*;\s*q=([\d.]+))?")


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader of messages.

    :param language: one of :func:`languages`
    :param page: whether on the page, where fields have labels; in logs and on the command line they are called as in
        the account file
    :param figures: whether amounts and dates have the form of the language; on the page they always do
    :param redact: returns the code and the parameters of what this reader may see of a message; ``None``: all of each
    """

    language: str = ENGLISH
    page: bool = False
    figures: bool = False
    redact: Redact | None = field(default=None, compare=False)

    @property
    def localizes(self) -> bool:
        """Whether amounts and dates have the form of the language, not the one that programs read."""
        return self.page or self.figures


LOG = Reader()
_reader: ContextVar[Reader] = ContextVar("debitoor_reader", default=LOG)


def current_reader() -> Reader:
    """Return who reads what is written now: the log, unless :func:`written_for` says otherwise."""
    return _reader.get()


@contextmanager
def written_for(reader: Reader) -> Iterator[None]:
    """Write every message in here for this reader."""
    token = _reader.set(reader)
    try:
        yield
    finally:
        _reader.reset(token)


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that there are sentences in, English first."""
    folders = (entry.name for entry in files(__package__).iterdir() if entry.joinpath("common.json").is_file())
    return tuple(sorted(folders, key=lambda name: (name != ENGLISH, name)))


def preferred_language(wanted: str) -> str | None:
    """Return the language that suits best; ``None`` when there is none of those wanted.

    :param wanted: as in the header ``Accept-Language`` (``fr-FR,fr;q=0.9,en;q=0.8``) or a locale's name
        (``da_DK.UTF-8``)
    """
    found = []
    for position, part in enumerate(wanted.split(",")):
        match = _LANGUAGE.fullmatch(part.strip())
        if match and (language := match[1].lower()) in languages():
            found.append((-_weight(match[2]), position, language))
    return min(found)[2] if found else None


def _weight(text: str | None) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
