"""A sentence as a code with parameters; it becomes words where a person reads it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages.catalogue import remedy_of, sentence_of
from debitoor_provider.messages.reader import current_reader

if TYPE_CHECKING:
    from collections.abc import Mapping


class Message:
    """One thing to say: what is wrong, and what a person can do about it.

    Immutable; equal when code and parameters are. Parameters are kept in the form that JSON keeps (amounts and dates
    become text, nested messages mappings), so that a message read back from the ledger equals the one written.

    :param code: key of the catalogue, e.g. ``figures_disagree``; stable, since ledgers, logs and filters hold it
    :param params: what the sentence names: text, numbers, amounts, dates, other messages, or lists of those
    """

    __slots__ = ("code", "params")

    code: str
    params: Mapping[str, Any]

    def __init__(self, code: str, /, **params: object) -> None:
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "params", {name: _plain(value) for name, value in params.items()})

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"A message is immutable; {name} cannot be set.")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and (self.code, self.params) == (other.code, other.params)

    def __hash__(self) -> int:
        return hash((self.code, repr(self.params)))

    def __repr__(self) -> str:
        return f"Message({self.code!r}, **{self.params!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self.code, dict(self.params))

    def __str__(self) -> str:
        """Return the sentence, followed by the remedy if there is one."""
        return f"{self.text()} {self.remedy()}".rstrip()

    def text(self) -> str:
        """Return what is wrong, without the remedy, for the current reader."""
        return sentence_of(self.code, self.params, current_reader())

    def remedy(self) -> str:
        """Return what a person can do about it; empty when there is nothing to do but wait."""
        return remedy_of(self.code, self.params, current_reader())

    def as_json(self) -> dict[str, Any]:
        """Return the message as JSON keeps it; see :meth:`from_json`."""
        return {"code": self.code, "params": dict(self.params)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Message:
        """Return the message that :meth:`as_json` wrote."""
        return cls(stored["code"], **stored.get("params", {}))


def readable(stored: Any) -> Any:
    """Return a stored value with the messages in it as sentences.

    :param stored: as JSON keeps it
    """
    if isinstance(stored, dict):
        if stored.keys() == {"code", "params"}:
            return Message.from_json(stored).text()
        return {name: readable(value) for name, value in stored.items()}
    if isinstance(stored, list):
        return [readable(value) for value in stored]
    return stored


def _restored(code: str, params: dict[str, Any]) -> Message:
    return Message(code, **params)


def _plain(value: object) -> Any:
    """Return a parameter in the form that JSON keeps."""
    if isinstance(value, Message):
        return value.as_json()
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    return str(value)
