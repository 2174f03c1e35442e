"""Take an HTTP response apart: its body, complete or not at all, its type, and the wait it asks for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any

import requests

from debitoor_provider.messages import Message
from debitoor_provider.services.http.clock import moment_of
from debitoor_provider.services.http.reading import Unexpected

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST_ANSWER = 24 * 1024 * 1024
"""Bytes of an answer in JSON, which is read as a whole: a long list."""
LARGEST_RECORD = 2 * 1024 * 1024
"""Bytes of an answer that is one record: many of these are read at the same time."""

_CHUNK = 64 * 1024
_LONGEST_WAIT = 86_400.0
WITHOUT_BODY = (204, 205, 304)
"""Statuses of answers that have no body."""
_NOT_TAKEN_UP = (408, 421, 425)  # in time; by this server; as early data


class TooLarge(Unexpected):
    """The answer is larger than was expected."""


class Disguised(Unexpected):
    """The answer calls itself a file and is a web page or JSON."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a service, as far as it is needed to distinguish success from failure.

    :param status: HTTP status
    :param payload: the parsed JSON body; ``None`` for an empty body and for one that is not JSON
    :param retry_after: seconds the service asks to wait
    :param is_page: whether it is a web page, which comes from something in front of the service
    """

    status: int
    payload: Any = None
    retry_after: float | None = None
    is_page: bool = False

    @property
    def ok(self) -> bool:
        """Whether the status says success."""
        return 200 <= self.status < 300

    @property
    def is_fault(self) -> bool:
        """Whether the status says that the service failed, or did not take the request up, whatever it asked for."""
        return self.status in _NOT_TAKEN_UP or self.status >= 500


def checked_pieces(response: requests.Response, largest: int | None = None) -> Iterator[bytes]:
    """Yield the body; a body of another length than announced is an error (HTTP clients are not obliged to notice)."""
    announced = None if "Content-Encoding" in response.headers else response.headers.get("Content-Length", "")
    received = 0
    for piece in response.iter_content(_CHUNK):
        received += len(piece)
        if largest is not None and received > largest:
            raise TooLarge(Message("answer_too_large"))
        yield piece
    if announced and announced.isdigit() and int(announced) != received:
        raise Unexpected(Message("answer_cut"))


def has_known_end(response: requests.Response) -> bool:
    """Return whether a truncated body is detected: its length is known, its last chunk is marked, or it has none.

    Otherwise the end of the connection is all that ends the body, whatever caused it (RFC 9112 6.3).
    """
    return (
        response.headers.get("Content-Length", "").strip().isdigit()
        or response.headers.get("Transfer-Encoding", "").strip().lower() == "chunked"
        or response.status_code in WITHOUT_BODY
        or response.request.method == "HEAD"
    )


def with_body(response: requests.Response, body: bytes) -> requests.Response:
    """Return a response of the same head with a body that is in memory."""
    whole = requests.Response()
    whole.status_code = response.status_code
    whole.reason = response.reason
    whole.headers = response.headers
    whole.encoding = response.encoding
    whole.url = response.url
    whole.request = response.request
    whole.elapsed = response.elapsed
    whole.raw = BytesIO(body)
    return whole


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
    """Return the media type without its parameters; empty when there is none."""
    return response.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def retry_after(response: requests.Response) -> float | None:
    """Return the seconds of a ``Retry-After`` header, in either of its forms (RFC 9110 10.2.3), at most a day.

    A date is taken by the service's own clock, which is in its answer: ours may be wrong.
    """
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value), _LONGEST_WAIT)
    if not value:
        return None
    until, now = moment_of(value), moment_of(response.headers.get("Date", "")) or datetime.now(UTC)
    return min(max(0.0, (until - now).total_seconds()), _LONGEST_WAIT) if until else None
