"""One call to a service: paced, sent, checked, read, and repeated where its rule allows.

The transport knows HTTP and nothing of either service. What an error answer means is told by the ``explain`` function
of the service, from the status and the parsed body; the body itself goes into no log and no error.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TypeVar
from urllib.parse import urlsplit

import requests

from debitoor_provider.services.http.answer import (
    LARGEST_ANSWER,
    LARGEST_RECORD,
    Answer,
    TooLarge,
    checked_pieces,
    content_type,
    parsed,
    retry_after,
)
from debitoor_provider.services.http.errors import BadAnswer, RateLimited, ServiceError
from debitoor_provider.services.http.fault import meaning
from debitoor_provider.services.http.files import too_large, write_checked
from debitoor_provider.services.http.reading import Unexpected
from debitoor_provider.services.http.retry import READ, Backoff, Rule, with_retries
from debitoor_provider.services.http.secret import Secret
from debitoor_provider.services.pacing.pacer import Allowance, Pacer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from debitoor_provider.services.http.session import ServiceSession, Timeouts

T = TypeVar("T")
Params = Mapping[str, str | int | list[str] | list[int]]

log = logging.getLogger(__name__)


class Pacing(Protocol):
    """What keeps calls within the service's allowance (see :mod:`debitoor_provider.services.pacing.pacer`)."""

    def acquire(self) -> None:
        """Wait until the next call is allowed."""

    def pause(self, seconds: float) -> None:
        """Let no call start before so many seconds have passed."""

    def left(self) -> int | None:
        """Tell how many calls are still allowed; ``None`` without a limit."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request.

    :param operation: what is being done, in a few words, e.g. ``list documents``
    :param body: makes the request's body anew for each attempt
    :param rule: when it may be sent again
    :param timeouts: where the session's own are too short
    :param largest: bytes of a JSON answer that are accepted
    :param file_limit: bytes of the file that comes inside a JSON answer, beside the rest of it
    """

    operation: str
    method: str
    path: str
    params: Params | None = None
    body: Callable[[], Any] | None = None
    headers: Mapping[str, str] | None = None
    rule: Rule = READ
    timeouts: Timeouts | None = None
    largest: int = LARGEST_ANSWER
    file_limit: int | None = None

    @property
    def allowed(self) -> int:
        """Bytes of a JSON answer that are accepted, with the base64 of the file inside it, in lines or not."""
        return self.largest + (0 if self.file_limit is None else self.file_limit * 3 // 2)


class Transport:
    """Carries out calls on one session; may be used by many threads at once.

    :param service: display name, for errors
    :param explain: turns an answer into the error it stands for, or ``None`` for a success
    :param secret: is blotted out of every answer that is not a file
    :param pacing: without it, only the pauses that the service asks for are kept, by all threads
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
        self._secret = Secret(secret.strip())
        self._backoff = backoff or Backoff()
        self._pacing = pacing or Pacer(secret, Allowance(), sleep=self._backoff.sleep, clock=self._backoff.clock)

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
        whole: bool = False,
        content_of: Callable[[Any], bytes] | None = None,
    ) -> int:
        """Write an answer's bytes to a seekable file, in pieces.

        :param largest: bytes that are accepted
        :param pdf: whether the content has to start like a PDF
        :param whole: whether it has to end like one too
        :param content_of: finds the file inside a JSON answer, for a service that may answer so
        :return: number of bytes written
        :raises FileRefused: for an empty, too large or wrong file; nothing of it is left in ``into``
        """
        start = into.tell()
        call = replace(call, largest=LARGEST_RECORD, file_limit=largest)

        def attempt() -> int:
            try:
                with self._send(call) as response:
                    pieces = self._pieces(response, call, content_of)
                    return write_checked(pieces, into, largest=largest, pdf=pdf, whole=whole)
            except BaseException:
                into.seek(start)
                into.truncate()
                raise

        return self._carried_out(attempt, call)

    def respond(self, call: Call) -> requests.Response:
        """Send a request and return the whole response, for a caller that wants to read it without a type.

        :raises ServiceError: as for :meth:`call`; a response that says failure is never returned
        """

        def attempt() -> requests.Response:
            with self._send(call) as response:
                body = b"" if call.method == "HEAD" else b"".join(checked_pieces(response, call.largest))
                response._content = body  # noqa: SLF001 - requests has no other way
                self._understood(response, body, call)
                return response

        return self._carried_out(attempt, call)

    def check(self, response: requests.Response) -> None:
        """Raise the error that a response stands for, if it stands for one.

        :raises ServiceError: when it does
        """
        call = Call("call", str(response.request.method), "")
        try:
            self._understood(response, self._blotted(response.content), call)
        except ServiceError as error:
            raise self._named(error, call) from None

    def calls_left(self) -> int | None:
        """Tell how many calls the key is still allowed in the longest of its windows; ``None`` without a limit."""
        return self._pacing.left()

    def close(self) -> None:
        """Close all connections."""
        self.session.close()

    def _carried_out(self, attempt: Callable[[], T], call: Call) -> T:
        def heard() -> T:
            try:
                return attempt()
            except RateLimited as slow_down:
                # All who use the key wait: as long as the service says, else as long as this call waits at first.
                if seconds := slow_down.retry_after or next(iter(self._backoff.slow_down), None):
                    self._pacing.pause(seconds)
                raise

        def named() -> T:
            try:
                self._pacing.acquire()
                return heard()
            except Unexpected as surprise:
                raise self._named(BadAnswer(f"The answer could not be understood: {surprise}."), call) from None
            except ServiceError as error:
                raise self._named(error, call) from None
            except requests.RequestException as fault:
                raise self._named(meaning(fault), call) from None

        return with_retries(named, call.rule, self._backoff)

    def _send(self, call: Call) -> requests.Response:
        body = call.body() if call.body else None
        prepared = self.session.prepared(
            call.method, call.path, params=call.params, data=body, headers=call.headers or {}
        )
        started = time.perf_counter()
        response = self.session.send(prepared, stream=True, timeout=call.timeouts)
        if log.isEnabledFor(logging.DEBUG):
            path, taken = urlsplit(prepared.url).path, (time.perf_counter() - started) * 1000
            log.debug("%s %s %s: %s after %.0f ms", self.service, call.method, path, response.status_code, taken)
        return response

    def _payload(self, response: requests.Response, call: Call) -> Any:
        try:
            limit = call.allowed if response.ok else LARGEST_RECORD
            body = self._blotted(b"".join(checked_pieces(response, limit)))
        except (Unexpected, requests.RequestException) as surprise:
            if response.ok and isinstance(surprise, TooLarge) and call.file_limit is not None:
                raise too_large(call.file_limit) from None
            if response.ok:
                raise
            body = b""  # the status alone says that it failed
        payload, readable = self._understood(response, body, call)
        if not readable:
            raise Unexpected(f"it is not JSON but {content_type(response) or 'of no known type'}")
        return payload

    def _understood(self, response: requests.Response, body: bytes, call: Call) -> tuple[Any, bool]:
        """Return the parsed body and whether it could be parsed.

        :param body: without the secret
        :raises ServiceError: the error that the answer stands for
        """
        payload, readable = parsed(body)
        error = self._explain(Answer(response.status_code, payload, retry_after(response)), call.operation)
        if error:
            raise error
        return payload, readable

    def _blotted(self, body: bytes) -> bytes:
        return body.replace(self._secret.encode(), b"***") if self._secret else body

    def _pieces(
        self, response: requests.Response, call: Call, content_of: Callable[[Any], bytes] | None
    ) -> Iterator[bytes]:
        kind = content_type(response)
        if not 200 <= response.status_code < 300 or kind == "application/json":
            payload = self._payload(response, call)
            if content_of is None:
                raise Unexpected("it is JSON where a file should be")
            return iter((content_of(payload),))
        if kind == "text/html":
            raise Unexpected("it is a web page where a file should be")
        return checked_pieces(response)

    def _named(self, error: ServiceError, call: Call) -> ServiceError:
        error.service = error.service or self.service
        error.operation = error.operation or call.operation
        return error
