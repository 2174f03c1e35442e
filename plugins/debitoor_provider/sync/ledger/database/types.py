"""The column types: values are stored so that every database returns them as they were given.

A document's run converts some two hundred values. Types whose values the driver takes and returns as they are convert
them by one function, where ``process_bind_param`` and ``process_result_value`` would be called by two others.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, overload

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator, TypeEngine

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger.states import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Dialect


class StoredText(TypeDecorator[str]):
    """Text from any source: characters that a database cannot store (NUL, lone surrogates) become U+FFFD."""

    impl = sa.Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:
        """Return what makes a value storable."""
        return storable


class IndexedText(StoredText):
    """Text from any source in a column of an index: cut to what an index takes, see :func:`indexable`."""

    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:
        """Return what makes a value indexable."""
        return indexable


class Key(TypeDecorator[str]):
    """A short text, compared byte by byte on every database."""

    impl = sa.String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        collation = "C" if dialect.name == "postgresql" else None
        return dialect.type_descriptor(sa.String(self.length, collation=collation))

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:
        """Return what makes a value storable."""
        return storable


class Instant(TypeDecorator[datetime]):
    """An aware point in time, stored and returned in UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("the ledger takes aware times only")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is UTC:
            return value
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class MessageText(TypeDecorator[Message]):
    """A message as JSON text; empty without one."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Message | None, dialect: Dialect) -> str:
        return "" if value is None else storable(json.dumps(value.as_json(), ensure_ascii=False))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Message | None:
        return Message.from_json(json.loads(value)) if value else None


class Amount(TypeDecorator[Decimal]):
    """An exact amount with its decimals: NUMERIC, or text on SQLite, whose numbers are binary floats."""

    impl = sa.Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.String(64) if dialect.name == "sqlite" else sa.Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if not isinstance(value, Decimal) or not value.is_finite():
            raise ValueError("an amount is a finite Decimal")
        return format(value, "f") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class StateName(TypeDecorator[State]):
    """A state, stored by its name."""

    impl = sa.String(10)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[State | None], str | None]:
        """Return what names a state."""
        return _NAMES.__getitem__

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], State | None]:
        """Return what finds the state of a name."""
        return _STATES.__getitem__


_NAMES: dict[State | None, str | None] = {None: None, **{state: str(state) for state in State}}
_STATES: dict[str | None, State | None] = {name: state for state, name in _NAMES.items()}


@overload
def storable(text: str) -> str: ...
@overload
def storable(text: None) -> None: ...
def storable(text: str | None) -> str | None:
    """Replace the characters that PostgreSQL or UTF-8 cannot hold by U+FFFD."""
    if text is None or (text.isascii() and "\x00" not in text):
        return text
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


_MOST_CHARACTERS, _MOST_BYTES = 500, 1000


@overload
def indexable(text: str) -> str: ...
@overload
def indexable(text: None) -> None: ...
def indexable(text: str | None) -> str | None:
    """Return the beginning of a text that a row of an index can hold next to an account, :func:`storable`.

    PostgreSQL refuses rows of more than 2,704 bytes. An account has up to 1,000; in lower case, as some indexes have
    it, a text grows by half at most.
    """
    text = storable(text)
    if text is None or len(text) * 4 <= _MOST_BYTES:
        return text
    return text[:_MOST_CHARACTERS].encode()[:_MOST_BYTES].decode(errors="ignore")


def storable_json(value: Any) -> str:
    """Return a value as JSON whose texts and names are :func:`storable`.

    PostgreSQL stores an escaped character that no text of its own can hold, and fails when it reads it.
    """
    written = _encode(value)
    return _encode(_all_storable(json.loads(written))) if _DOUBTFUL.search(written) else written


def _all_storable(value: Any) -> Any:
    if isinstance(value, dict):
        return {storable(name): _all_storable(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_all_storable(part) for part in value]
    return storable(value) if isinstance(value, str) else value


_encode = json.JSONEncoder(default=str, separators=(",", ":")).encode
_DOUBTFUL = re.compile(r"\\u(?:0000|d[89a-f])")  # NUL, or half a pair
