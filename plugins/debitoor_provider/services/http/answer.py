"""Take an HTTP response apart: its body, whole or not at all, its type, and the wait it asks for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from debitoor_provider.services.http.reading import Unexpected

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

LARGEST_ANSWER = 32 * 1024 * 1024
"""Bytes of an answer in JSON, which is read as a whole: a long list."""
LARGEST_RECORD = 2 * 1024 * 1024
"""The same where one record is the answer: many of these are read at the same time."""

_CHUNK = 64 * 1024

_ONE_OF_A_KIND = ("account", "environment", "settings", "tax rates")
_ABOUT_ONE = ("look for ", "upload ", "create expense", "create income")


class TooLarge(Unexpected):
    """The answer is larger than was expected."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered, as far as it is needed to tell success from failure.

    :param status: HTTP status
    :param payload: the parsed JSON body; ``None`` for an empty body and for one that is not JSON
    :param retry_after: seconds the service asks to wait
    """

    status: int
    payload: Any = None
    retry_after: float | None = None

    @property
    def ok(self) -> bool:
        """Whether the status says success."""
        return 200 <= self.status < 300


_NO_RECORD = ("list ", "check ", "look for ", "upload ", "create ", *(f"read {what}" for what in _ONE_OF_A_KIND))


def names_no_record(operation: str) -> bool:
    """Whether a call is about no record that may be missing, so that "not found" can only mean its address."""
    return operation.startswith(_NO_RECORD)


def concerns_all(operation: str) -> bool:
    """Whether all documents depend on a call, so that none of them is to blame for a refusal."""
    return names_no_record(operation) and not operation.startswith(_ABOUT_ONE)


def checked_pieces(response: requests.Response, largest: int | None = None) -> Iterator[bytes]:
    """Yield the body; a body of another length than announced is an error (HTTP clients are not obliged to notice)."""
    announced = None if "Content-Encoding" in response.headers else response.headers.get("Content-Length", "")
    received = 0
    for piece in response.iter_content(_CHUNK):
        received += len(piece)
        if largest is not None and received > largest:
            raise TooLarge("it is larger than any answer should be")
        yield piece
    if announced and announced.isdigit() and int(announced) != received:
        raise Unexpected("it broke off before its end")


def parsed(body: bytes) -> tuple[Any, bool]:
    """Return the parsed body and whether it could be parsed; an empty body is readable and ``None``."""
    if not body.strip():
        return None, True
    try:
        return _JSON.decode(body.decode(json.detect_encoding(body), "surrogatepass")), True
    except (ValueError, RecursionError):
        return None, False


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_JSON = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_constant)


def content_type(response: requests.Response) -> str:
    return response.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def retry_after(response: requests.Response) -> float | None:
    """Return the seconds of a ``Retry-After`` header, in either of its forms (RFC 9110 10.2.3).

    A date is taken by the service's own clock, which its answer tells: ours may be wrong.
    """
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    if not value:
        return None
    until, now = _moment(value), _moment(response.headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds()) if until else None


def _moment(date: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
