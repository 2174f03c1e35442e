"""The YAML of an account file: plain values, and the line and column of each.

Scalars follow YAML 1.2: only ``true`` and ``false`` are booleans. Dates, times, decimals and numbers with leading
zeros stay text, so that ``no`` is a name and ``0815`` a tag. What an account file does not need is an error: duplicate
fields, anchors and aliases (and with them every YAML bomb), tags, deep nesting.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from debitoor_provider.messages import Message
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
    "alias": "yaml_quote_asterisk",
    "anchor": "yaml_quote_ampersand",
    "mapping values are not allowed": "yaml_colon",
    "that cannot start any token": "yaml_token",
    "flow": "yaml_brackets",
    "quoted scalar": "yaml_quotes",
    "block mapping": "yaml_align",
}


class SourceError(ValueError):
    """A file that cannot be read as YAML.

    :param message: what is wrong, and the remedy
    :param line: from 1
    :param column: from 1
    :param location: the field, as far as it is known
    """

    def __init__(
        self, message: Message, *, line: int | None = None, column: int | None = None, location: Location = ()
    ) -> None:
        super().__init__(message.text())
        self.message = message
        self.line = line
        self.column = column
        self.location = location


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """The content of a file.

    :param data: its fields
    :param places: line and column, both from 1, of each field and value by its location
    """

    data: dict[str, Any]
    places: dict[Location, tuple[int, int]] = field(repr=False)

    def place(self, location: Location) -> tuple[int, int]:
        """Return line and column of a field; those of its section if the field is missing."""
        while location not in self.places:
            location = location[:-1]
        return self.places[location]


def read(content: bytes) -> ParsedFile:
    """Read the bytes of an account file.

    :raises SourceError: if they are not valid YAML, or not that of an account
    """
    if len(content) > BYTE_LIMIT:
        raise SourceError(Message("account_file_large", limit=BYTE_LIMIT // 1024))
    reader = _SourceReader(_decode(content))
    try:
        return reader.read()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(filter(None, (error.context, error.problem)))
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        message = Message("account_file_not_yaml", detail=what, hint=_hint(what))
        raise SourceError(message, line=line, column=column) from None
    except yaml.YAMLError:  # raised for characters that YAML does not allow
        raise SourceError(Message("account_file_control_characters")) from None


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceError(Message("account_file_not_utf8"), line=line) from None


def _hint(what: str) -> Message:
    return Message(next((code for words, code in _HINTS.items() if words in what), "yaml_compare"))


class _SourceReader:
    """Builds values from the parser's events, one after the other, never nested deeper than ``DEPTH_LIMIT``.

    PyYAML's own composer follows the nesting of a file without limit, and ends the process on a hostile one.
    """

    def __init__(self, text: str) -> None:
        self._events: Iterator[Any] = yaml.parse(text, Loader=_Loader)
        self._places: dict[Location, tuple[int, int]] = {}

    def read(self) -> ParsedFile:
        next(self._events)  # start of the stream
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise SourceError(Message("account_file_empty"))
        event = next(self._events)
        value = self._value(event, ())
        next(self._events)  # end of the document
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise _error(Message("account_file_several"), after, ())
        if value is None:
            raise _error(Message("account_file_empty"), event, ())
        if not isinstance(value, dict):
            raise _error(Message("account_file_no_fields"), event, ())
        return ParsedFile(value, self._places)

    def _value(self, event: Any, location: Location) -> Any:
        self._places.setdefault(location, _place(event))
        _refuse_indirection(event, location)
        if isinstance(event, yaml.ScalarEvent):
            return plain_value(event.value) if event.implicit[0] else event.value
        if len(location) >= DEPTH_LIMIT:
            raise _error(Message("yaml_deep"), event, location)
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
                raise _error(Message("yaml_field_name"), event, location)
            name = event.value
            if name in values:
                first = self._places[*location, name][0]
                raise _error(Message("yaml_field_twice", line=first), event, (*location, name))
            self._places[*location, name] = _place(event)
            values[name] = self._value(next(self._events), (*location, name))
        return values


def _refuse_indirection(event: Any, location: Location) -> None:
    if isinstance(event, yaml.AliasEvent) or event.anchor:
        raise _error(Message("yaml_anchor"), event, location)
    if event.tag and event.tag not in {"!", _TEXT_TAG}:
        raise _error(Message("yaml_tag", tag=quoted(event.tag)), event, location)


def plain_value(text: str) -> Any:
    """Return what a scalar without quotation marks is read as: ``None``, a boolean, a whole number or text."""
    if text in _NULLS:
        return None
    if text in _BOOLS:
        return _BOOLS[text]
    return int(text) if _INT.fullmatch(text) else text


def _error(message: Message, event: Any, location: Location) -> SourceError:
    line, column = _place(event)
    return SourceError(message, line=line, column=column, location=location)


def _place(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1
