"""One call to a service: paced, sent, read, and repeated where its rule allows.

The transport knows HTTP and nothing of either service. The ``explain`` function of the service decides what an error
answer means, from the status, the parsed body and the call; the body itself goes into no log and no error.
"""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TypeVar
from urllib.parse import urlsplit

import requests

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import (
    BadAnswer,
    FileRefused,
    NotSent,
    PathGone,
    PathInDoubt,
    RateLimited,
    Redirected,
    RejectError,
    RetryError,
    ServiceError,
    StopError,
)
from debitoor_provider.services.http.answer import (
    LARGEST_RECORD,
    Answer,
    Disguised,
    checked_pieces,
    content_type,
    has_known_end,
    with_body,
)
from debitoor_provider.services.http.answer_reader import AnswerReader
from debitoor_provider.services.http.call import Call, Params, Subject
from debitoor_provider.services.http.clock import ServiceClock
from debitoor_provider.services.http.fault import meaning
from debitoor_provider.services.http.files import write_checked
from debitoor_provider.services.http.reading import Unexpected
from debitoor_provider.services.http.retry import Backoff
from debitoor_provider.services.http.secret import Secret
from debitoor_provider.services.pacing.pacer import Allowance, Pacer

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from debitoor_provider.services.http.session import ServiceSession

__all__ = ["Answer", "Call", "Pacing", "Params", "Subject", "Transport"]

T = TypeVar("T")

log = logging.getLogger(__name__)


class Pacing(Protocol):
    """What keeps calls within the service's allowance (see :mod:`debitoor_provider.services.pacing.pacer`)."""

    def acquire(self) -> None:
        """Wait until the next call is allowed."""

    def pause(self, seconds: float) -> None:
        """Let no call start before so many seconds have passed."""

    def left(self) -> int | None:
        """Return how many calls are still allowed; ``None`` without a limit."""


class Transport:
    """Makes calls on one session; may be used by many threads at once.

    :param service: display name, for errors
    :param explain: turns an answer into the error it stands for, or ``None`` for a success
    :param secret: is masked in every answer that is not a file
    :param pacing: without it, only the pauses that the service asks for are kept, by all threads
    :param probe: a cheap call to a path that is known to work, to find out whether the service is gone or
        only one of its paths
    """

    def __init__(
        self,
        session: ServiceSession,
        *,
        service: str,
        explain: Callable[[Answer, Call], ServiceError | None],
        secret: str = "",
        pacing: Pacing | None = None,
        backoff: Backoff | None = None,
        probe: Call | None = None,
    ) -> None:
        self.session = session
        self.service = service
        self._reader = AnswerReader(explain, Secret(secret.strip()))
        self._backoff = backoff or Backoff()
        self._pacing = pacing or Pacer(secret, Allowance(), sleep=self._backoff.sleep, clock=self._backoff.clock)
        self._probe = probe
        self._clock = ServiceClock()

    @property
    def clock_offset(self) -> timedelta | None:
        """How far the service's clock is ahead of ours (negative: behind); ``None`` before the first answer."""
        return self._clock.offset

    def follow(self, other: Transport) -> None:
        """Use the clock of another transport to the same service."""
        self._clock = other._clock

    def call(self, call: Call, read: Callable[[Any], T]) -> T:
        """Send a request that is answered with JSON.

        :param read: makes the result from the parsed body; raises :class:`Unexpected` when it cannot
        :raises ServiceError: classified by what the caller has to do next
        """
        return self._send_until_read(call, lambda response: self._reader.read(response, call, read))

    def stream(
        self,
        call: Call,
        into: BinaryIO,
        *,
        largest: int | None = None,
        pdf: bool = False,
        whole: bool = False,
        is_text: bool = True,
        content_of: Callable[[Any], bytes] | None = None,
    ) -> int:
        """Write an answer's bytes to a seekable file, in pieces.

        :param largest: bytes that are accepted
        :param pdf: whether the content has to start like a PDF
        :param whole: whether it has to end like one too
        :param is_text: whether it may be a web page or JSON itself; otherwise either comes from something in between
        :param content_of: finds the file inside a JSON answer, for a service that may answer so
        :return: number of bytes written
        :raises FileRefused: for an empty, too large or wrong file; nothing of it is left in ``into``
        """
        start = into.tell()
        call = replace(call, largest=LARGEST_RECORD, file_limit=largest)
        is_disguised = False

        def write(response: requests.Response) -> int:
            nonlocal is_disguised
            pieces = self._reader.file_pieces(response, call, content_of, is_text=is_text and not pdf)
            known = has_known_end(response) or content_type(response) == "application/json"
            try:
                return write_checked(pieces, into, largest=largest, pdf=pdf, whole=whole, known_end=known)
            except BaseException as error:
                is_disguised = isinstance(error, Disguised)
                into.seek(start)
                into.truncate()
                raise

        try:
            return self._send_until_read(call, write)
        except BadAnswer as error:
            if not (pdf and is_disguised):
                raise
            service, operation = error.service, error.operation
        raise FileRefused(Message("file_not_pdf"), service=service, operation=operation)

    def respond(self, call: Call) -> requests.Response:
        """Send a request and return the whole response, for a caller that reads it itself.

        :raises ServiceError: as for :meth:`call`; a response that says failure is never returned
        """

        def read(response: requests.Response) -> requests.Response:
            body = b"" if call.method == "HEAD" else b"".join(checked_pieces(response, call.largest))
            self._reader.require_success(response, self._reader.masked(body), call)
            return with_body(response, body)

        return self._send_until_read(call, read)

    def check(self, response: requests.Response) -> None:
        """Raise the error that a response stands for, if it stands for one.

        :raises ServiceError: when it does
        """
        call = Call("call", str(response.request.method), urlsplit(str(response.url)).path)
        try:
            self._reader.parse(response, self._reader.masked(response.content), call)
            return
        except ServiceError as error:
            failure = error
        raise self._classified(failure, call)

    def calls_left(self) -> int | None:
        """Return how many calls the key is still allowed in the longest of its windows; ``None`` without a limit."""
        return self._pacing.left()

    def close(self) -> None:
        """Close all connections."""
        self.session.close()

    def _send_until_read(self, call: Call, read: Callable[[requests.Response], T]) -> T:
        """Repeat a call until its answer is read, or its rule says that it is not to be sent again."""
        waited = 0.0
        for attempt in count(1):
            try:
                self._pacing.acquire()
                with self._send(call) as response:
                    return read(response)
            except (ServiceError, Unexpected, requests.RequestException) as fault:
                failure = fault
            error = self._classified(failure, call)
            del failure  # with its traceback
            self._share_pause(error)
            wait = call.rule.wait(error, attempt, self._backoff, waited)
            if wait is None:
                raise call.rule.outcome(error)
            log.info("%s Next attempt in %.0f s.", error, wait)
            self._backoff.sleep(wait)
            waited += wait
        raise AssertionError("unreachable")

    def _send(self, call: Call) -> requests.Response:
        """Send a request once, and return the answer with its body still to be read."""
        body = call.body() if call.body else None
        prepared = self.session.prepared(
            call.method, call.path, params=call.params, data=body, headers=call.headers or {}
        )
        started = time.perf_counter()
        response = self.session.send(prepared, stream=True, timeout=call.timeouts)
        self._clock.observe(response.headers)
        if response.status_code == requests.codes.partial_content and "Range" not in prepared.headers:
            response.close()
            raise Unexpected(Message("answer_partial"))
        if response.status_code == requests.codes.not_modified:
            response.close()
            raise Unexpected(Message("answer_not_modified"))
        if log.isEnabledFor(logging.DEBUG):
            path, taken = urlsplit(prepared.url).path, (time.perf_counter() - started) * 1000
            log.debug("%s %s %s: %s after %.0f ms", self.service, call.method, path, response.status_code, taken)
        return response

    def _classified(self, fault: Exception, call: Call) -> ServiceError:
        """Return the error that a failed attempt stands for, with service and operation."""
        if isinstance(fault, Unexpected):
            error: ServiceError = BadAnswer(Message("answer_not_understood", reason=fault.message))
        elif isinstance(fault, requests.RequestException):
            error = meaning(fault)
        elif isinstance(fault, Redirected):
            here = PathGone(self.service, call.path, moved=True, status=fault.status)
            error = self._decided(PathInDoubt(here, fault), call)
        elif isinstance(fault, PathInDoubt):
            error = self._decided(fault, call)
        elif isinstance(fault, ServiceError):
            error = fault
        else:
            raise fault
        error.service = error.service or self.service
        error.operation = error.operation or call.operation
        return error

    def _decided(self, doubt: PathInDoubt, call: Call) -> ServiceError:
        """Find out by another call whether the service is gone or only the path of this one."""
        if call.optional:
            return doubt.here
        if self._probe is None or call.path == self._probe.path:
            return doubt.everywhere
        try:
            self.call(replace(self._probe, operation=call.operation), lambda _: None)
        except RateLimited as error:
            return error
        except RetryError as error:
            return NotSent(error.message, retry_after=error.retry_after)  # the call itself was refused, so not done
        except StopError as error:
            return error
        except RejectError:
            return doubt.everywhere
        return doubt.here

    def _share_pause(self, error: ServiceError) -> None:
        """Let all calls with the key wait when the service asks for it: as long as it says, or as this call does."""
        if not isinstance(error, RateLimited) or not error.of_all_calls or error.status is None:
            return  # without a status it is the pacing's own
        if seconds := error.retry_after or next(iter(self._backoff.slow_down), None):
            self._pacing.pause(seconds)
