"""Query parameters, also taken from the JSON body of a GET (G 1.3, A-01, A-02)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from debitoor_provider.sandbox import json_codec
from debitoor_provider.sandbox.gmi.refusal import GetMyInvoicesRefusal

if TYPE_CHECKING:
    from debitoor_provider.sandbox.http import ReceivedCall

_TRUE, _FALSE = frozenset({"true", "1"}), frozenset({"false", "0", ""})
_INTEGER = re.compile(r"[+-]?\d{1,18}")


class Parameters:
    """Typed access; a value of the wrong kind is refused with 422."""

    def __init__(self, call: ReceivedCall) -> None:
        self._values: dict[str, list[str]] = {}
        for name, text in call.query:
            self._values.setdefault(name.partition("[")[0], []).append(text)
        if call.method == "GET" and call.body:
            for name, value in _from_body(call.body).items():
                self._values.setdefault(name.removesuffix("[]"), value)

    def text(self, name: str, default: str = "") -> str:
        """Return the value, the last one if there are several."""
        values = self._values.get(name)
        return values[-1] if values else default

    def many(self, name: str) -> list[str]:
        """Return all values of an array parameter."""
        return [value for value in self._values.get(name, []) if value != ""]

    def integer(self, name: str, default: int) -> int:
        """Return a whole number."""
        value = self.text(name)
        if value == "":
            return default
        return as_integer(value, name)

    def boolean(self, name: str, *, default: bool) -> bool:
        """Return the meaning of ``true``, ``false``, ``1`` or ``0``."""
        value = self.text(name, "\0").lower()
        if value == "\0":
            return default
        if value in _TRUE or value in _FALSE:
            return value in _TRUE
        raise GetMyInvoicesRefusal(102, f"Invalid parameter: {name}")


def as_integer(value: str, name: str, code: int = 102) -> int:
    """Read a whole number.

    :raises GetMyInvoicesRefusal: with ``code``, if it is not a number
    """
    if not _INTEGER.fullmatch(value):
        raise GetMyInvoicesRefusal(code, f"Invalid parameter: {name}")
    return int(value)


def _from_body(body: bytes) -> dict[str, list[str]]:
    try:
        values = json_codec.loads(body)
    except ValueError:
        return {}
    if not isinstance(values, dict):
        return {}
    return {name: [_text(item) for item in (value if isinstance(value, list) else [value])]
            for name, value in values.items()}  # fmt: skip


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
