"""The YAML of an account file: plain values, and where each of them stands.

Read as YAML 1.2 has it: only ``true`` and ``false`` are truth values. Dates, times, decimals and numbers with leading
zeros stay the text they are, so that ``no`` is a name and ``0815`` a tag. What an account file has no use for is an
error: duplicate fields, anchors and aliases (and with them every YAML bomb), tags, deep nesting.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from debitoor_provider.sync.accounts.values import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from debitoor_provider.sync.accounts.problems import Location

BYTE_LIMIT = 256 * 1024
DEPTH_LIMIT = 16

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = {"", "~", "null", "Null", "NULL"}
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_TEXT_TAG = "tag:yaml.org,2002:str"
_HINTS = {  # by words of the parser's own message, the first that fits
    "alias": "Put a value that begins with * in quotes, such as a cron expression.",
    "anchor": "Put a value that begins with & in quotes.",
    "mapping values are not allowed": "Put a value that holds a colon in quotes, and align the fields.",
    "that cannot start any token": "Put a value that begins with @ or ` in quotes; indent with blanks, not tabs.",
    "flow": "Close each bracket, and put a value that holds braces or brackets in quotes.",
    "quoted scalar": "Close the quotes.",
    "block mapping": "Align the fields, and put a value that begins with a brace or quote wholly in quotes.",
}


class SourceError(ValueError):
    """A file that cannot be read as YAML.

    :param message: what is wrong, one sentence
    :param mend: what to do about it
    :param line: from 1
    :param column: from 1
    :param location: the field, as far as it is known
    """

    def __init__(
        self, message: str, mend: str, *, line: int | None = None, column: int | None = None, location: Location = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend
        self.line = line
        self.column = column
        self.location = location


@dataclass(frozen=True, slots=True)
class Source:
    """What stands in a file.

    :param data: its fields
    :param places: line and column, both from 1, of each field and value by its location
    """

    data: dict[str, Any]
    places: dict[Location, tuple[int, int]] = field(repr=False)

    def place(self, location: Location) -> tuple[int, int]:
        """Find where a field stands; one that is missing, where the section stands that lacks it."""
        while location not in self.places:
            location = location[:-1]
        return self.places[location]


def read(content: bytes) -> Source:
    """Read the bytes of an account file.

    :raises SourceError: when they are no YAML, or not that of an account
    """
    if len(content) > BYTE_LIMIT:
        raise SourceError(
            f"The file is larger than {BYTE_LIMIT // 1024} KiB.",
            "An account has some twenty lines.",
        )
    reader = _Reader(_decode(content))
    try:
        return reader.read()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(filter(None, (error.context, error.problem)))
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise SourceError(f"This is no YAML: {what}.", _hint(what), line=line, column=column) from None
    except yaml.YAMLError:  # raised for characters that YAML does not allow
        raise SourceError("The file holds control characters.", "Write it anew as plain text.") from None


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceError("The file is not UTF-8 text.", "Save it with the encoding UTF-8.", line=line) from None


def _hint(what: str) -> str:
    return next((hint for words, hint in _HINTS.items() if words in what), "Compare it with another account's file.")


class _Reader:
    """Builds values from the parser's events, one after the other: no step of it is deeper than ``DEPTH_LIMIT``.

    PyYAML's own composer follows the nesting of a file without limit, and ends the process on a hostile one.
    """

    def __init__(self, text: str) -> None:
        self._events: Iterator[Any] = yaml.parse(text, Loader=_Loader)
        self._places: dict[Location, tuple[int, int]] = {}

    def read(self) -> Source:
        next(self._events)  # start of the stream
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise SourceError("The file is empty.", "Begin with type: export or type: import.")
        event = next(self._events)
        value = self._value(event, ())
        next(self._events)  # end of the document
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise _error("The file holds another document.", "Keep one account per file.", after, ())
        if value is None:
            raise _error("The file is empty.", "Begin with type: export or type: import.", event, ())
        if not isinstance(value, dict):
            raise _error("The file holds no fields.", "Begin with type: export or type: import.", event, ())
        return Source(value, self._places)

    def _value(self, event: Any, location: Location) -> Any:
        self._places.setdefault(location, _place(event))
        _refuse_indirection(event, location)
        if isinstance(event, yaml.ScalarEvent):
            return _plain(event.value) if event.implicit[0] else event.value
        if len(location) >= DEPTH_LIMIT:
            raise _error("The fields are nested too deeply.", "Look at another account's file.", event, location)
        return self._list(location) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(location)

    def _list(self, location: Location) -> list[Any]:
        values: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            values.append(self._value(event, (*location, len(values))))
        return values

    def _mapping(self, location: Location) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            _refuse_indirection(event, location)
            if not isinstance(event, yaml.ScalarEvent):
                raise _error("The name of a field is text.", "Put text that holds braces in quotes.", event, location)
            name = event.value
            if name in values:
                first = self._places[*location, name][0]
                raise _error(f"The field is there twice, first in line {first}.", "Keep one.", event, (*location, name))
            self._places[*location, name] = _place(event)
            values[name] = self._value(next(self._events), (*location, name))
        return values


def _refuse_indirection(event: Any, location: Location) -> None:
    if isinstance(event, yaml.AliasEvent) or event.anchor:
        raise _error(
            "Anchors and aliases (& and *) are not used in account files.",
            "Write the value out; put text that begins with & or * in quotes.",
            event,
            location,
        )
    if event.tag and event.tag not in {"!", _TEXT_TAG}:
        raise _error(
            f"The tag {quoted(event.tag)} is not used in account files.",
            "Write the plain value; put text that begins with ! in quotes.",
            event,
            location,
        )


def _plain(text: str) -> Any:
    if text in _NULLS:
        return None
    if text in _BOOLS:
        return _BOOLS[text]
    return int(text) if _INT.fullmatch(text) else text


def _error(message: str, mend: str, event: Any, location: Location) -> SourceError:
    line, column = _place(event)
    return SourceError(message, mend, line=line, column=column, location=location)


def _place(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1
