"""One call to a service: paced, sent, checked, read, and repeated where its rule allows.

The transport knows HTTP and nothing of either service. What an error answer means is told by the ``explain`` function
of the service, from the status and the parsed body; the body itself goes into no log and no error.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TypeVar

import requests
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from debitoor_provider.services.errors import (
    BadAnswer,
    Misconfigured,
    NotSent,
    RateLimited,
    ServiceError,
    Unavailable,
)
from debitoor_provider.services.files import write_checked
from debitoor_provider.services.reading import Unexpected
from debitoor_provider.services.retry import READ, Backoff, Rule, with_retries
from debitoor_provider.services.session import Timeouts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from debitoor_provider.services.session import ServiceSession

T = TypeVar("T")
Params = Mapping[str, str | int | list[str] | list[int]]

log = logging.getLogger(__name__)

_CHUNK = 64 * 1024
_LARGEST_ANSWER = 128 * 1024 * 1024


class Pacing(Protocol):
    """What keeps calls within the service's allowance (see :mod:`debitoor_provider.services.pacing`)."""

    def acquire(self) -> None:
        """Wait until the next call is allowed."""

    def pause(self, seconds: float) -> None:
        """Let no call start before so many seconds have passed."""


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


@dataclass(frozen=True, slots=True)
class Call:
    """One request.

    :param operation: what is being done, in a few words, e.g. ``list documents``
    :param body: makes the request's body anew for each attempt
    :param rule: when it may be sent again
    :param timeouts: where the session's own are too short
    """

    operation: str
    method: str
    path: str
    params: Params | None = None
    body: Callable[[], Any] | None = None
    headers: Mapping[str, str] | None = None
    rule: Rule = READ
    timeouts: Timeouts | None = None


class Transport:
    """Carries out calls on one session; may be used by many threads at once.

    :param service: display name, for errors
    :param explain: turns an answer into the error it stands for, or ``None`` for a success
    :param secret: is blotted out of everything read from an error answer
    """

    def __init__(
        self,
        session: ServiceSession,
        *,
        service: str,
        explain: Callable[[Answer, str], ServiceError | None],
        secret: str = "",
        pacing: Pacing | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self.session = session
        self.service = service
        self._explain = explain
        self._secret = secret.strip().encode()
        self._pacing = pacing
        self._backoff = backoff or Backoff()

    def call(self, call: Call, read: Callable[[Any], T]) -> T:
        """Send a request that is answered with JSON.

        :param read: makes the result from the parsed body; raises :class:`Unexpected` when it cannot
        :raises ServiceError: whatever went wrong, named by what has to happen next
        """

        def attempt() -> T:
            with self._send(call) as response:
                return read(self._payload(response, call))

        return self._carried_out(attempt, call)

    def stream(
        self,
        call: Call,
        into: BinaryIO,
        *,
        largest: int | None = None,
        pdf: bool = False,
        content_of: Callable[[Any], bytes] | None = None,
    ) -> int:
        """Write an answer's bytes to a seekable file, in pieces.

        :param largest: bytes that are accepted
        :param pdf: whether the content has to start like a PDF
        :param content_of: finds the file inside a JSON answer, for a service that may answer so
        :return: number of bytes written
        :raises FileRefused: for an empty, too large or wrong file; nothing of it is left in ``into``
        """
        start = into.tell()

        def attempt() -> int:
            try:
                with self._send(call) as response:
                    return write_checked(self._pieces(response, call, content_of), into, largest=largest, pdf=pdf)
            except BaseException:
                into.seek(start)
                into.truncate()
                raise

        return self._carried_out(attempt, call)

    def close(self) -> None:
        """Close all connections."""
        self.session.close()

    def _carried_out(self, attempt: Callable[[], T], call: Call) -> T:
        def named() -> T:
            try:
                if self._pacing:
                    self._pacing.acquire()
                return attempt()
            except Unexpected as surprise:
                raise self._named(BadAnswer(f"The answer could not be understood: {surprise}."), call) from None
            except RateLimited as slow_down:
                if self._pacing and slow_down.retry_after and slow_down.retry_after <= self._backoff.longest:
                    self._pacing.pause(slow_down.retry_after)
                raise self._named(slow_down, call) from None
            except ServiceError as error:
                raise self._named(error, call) from None
            except requests.RequestException as fault:
                raise self._named(_fault(fault), call) from None

        return with_retries(named, call.rule, self._backoff)

    def _send(self, call: Call) -> requests.Response:
        request = requests.Request(
            call.method,
            call.path,
            params=call.params,
            data=call.body() if call.body else None,
            headers=dict(call.headers or {}),
        )
        started = time.perf_counter()
        prepared = self.session.prepare_request(request)
        response = self.session.send(prepared, stream=True, timeout=call.timeouts)
        log.debug(
            "%s %s %s: %s after %.0f ms",
            self.service,
            call.method,
            call.path,
            response.status_code,
            (time.perf_counter() - started) * 1000,
        )
        return response

    def _payload(self, response: requests.Response, call: Call) -> Any:
        body = b"".join(_checked_pieces(response, _LARGEST_ANSWER))
        ok = 200 <= response.status_code < 300
        if not ok and self._secret:
            body = body.replace(self._secret, b"***")
        payload, readable = _parsed(body)
        error = self._explain(Answer(response.status_code, payload, _retry_after(response)), call.operation)
        if error:
            raise error
        if not readable:
            raise Unexpected(f"it is not JSON but {_content_type(response) or 'of no known type'}")
        return payload

    def _pieces(
        self, response: requests.Response, call: Call, content_of: Callable[[Any], bytes] | None
    ) -> Iterator[bytes]:
        kind = _content_type(response)
        if not 200 <= response.status_code < 300 or kind == "application/json":
            payload = self._payload(response, call)
            if content_of is None:
                raise Unexpected("it is JSON where a file should be")
            return iter((content_of(payload),))
        if kind == "text/html":
            raise Unexpected("it is a web page where a file should be")
        return _checked_pieces(response)

    def _named(self, error: ServiceError, call: Call) -> ServiceError:
        error.service = error.service or self.service
        error.operation = error.operation or call.operation
        return error


def _checked_pieces(response: requests.Response, largest: int | None = None) -> Iterator[bytes]:
    """Yield the body; a body of another length than announced is an error (HTTP clients are not obliged to notice)."""
    announced = None if "Content-Encoding" in response.headers else response.headers.get("Content-Length", "")
    received = 0
    for piece in response.iter_content(_CHUNK):
        received += len(piece)
        if largest is not None and received > largest:
            raise Unexpected("it is larger than any answer should be")
        yield piece
    if announced and announced.isdigit() and int(announced) != received:
        raise Unexpected("it broke off before its end")


def _parsed(body: bytes) -> tuple[Any, bool]:
    """Return the parsed body and whether it could be parsed; an empty body is readable and ``None``."""
    if not body.strip():
        return None, True
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=_no_constant), True
    except (ValueError, RecursionError):
        return None, False


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _content_type(response: requests.Response) -> str:
    return response.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def _retry_after(response: requests.Response) -> float | None:
    """Return the seconds of a ``Retry-After`` header, in either of its forms (RFC 9110 10.2.3)."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _fault(fault: requests.RequestException) -> ServiceError:
    """Return what a failure below HTTP means, above all: whether anything was sent."""
    reason = _reason(fault)
    if isinstance(fault, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(fault):
        return Misconfigured(
            "The service's certificate could not be verified.",
            remedy="Check the base URL; a private certificate authority has to be known to the worker.",
        )
    if isinstance(reason, NameResolutionError):
        return NotSent("The service could not be reached: its host name is not known.")
    if isinstance(reason, ConnectTimeoutError) or isinstance(fault, requests.ConnectTimeout):
        return NotSent("The service could not be reached: it did not answer in time.")
    if isinstance(reason, NewConnectionError):
        return NotSent("The service could not be reached: the connection was refused.")
    if isinstance(fault, requests.Timeout) or "Read timed out" in str(fault):
        return Unavailable("The service did not answer in time.")
    if isinstance(fault, requests.ConnectionError | requests.exceptions.ChunkedEncodingError):
        return Unavailable("The connection to the service broke off.")
    if isinstance(fault, requests.exceptions.ContentDecodingError):
        return BadAnswer("The answer could not be decoded.")
    return Misconfigured(f"The request could not be made ({type(fault).__name__}).")


def _reason(fault: BaseException) -> BaseException | None:
    """Return the cause inside urllib3's wrappers, through a proxy's error too."""
    inner = fault.args[0] if fault.args else None
    reason = getattr(inner, "reason", inner)
    original = getattr(reason, "original_error", None)
    found = original or reason
    return found if isinstance(found, BaseException) else None
