"""What can go wrong at a service, named by what has to happen next.

Three kinds, and everything a client raises is one of them:

* :class:`RetryError`: the same call may succeed later; nothing is known to be wrong with the document.
* :class:`RejectError`: this document (or this request) cannot go as it is; others can.
* :class:`StopError`: no call on this connection can succeed until a person has mended something.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field the service did not accept.

    :param field: path inside the request body, e.g. ``lines.0.taxRate``
    :param message: the service's own words
    """

    field: str
    message: str


REPORT = "Try again later. If it stays so, report it with the run's log."
"""The remedy where no document is to blame."""


class ServiceError(Exception):
    """Anything a service refused or failed to do.

    :param message: one plain sentence that a bookkeeper understands; never holds a secret or a response body
    :param service: display name of the service, e.g. ``Debitoor``
    :param operation: what was being done, e.g. ``create expense``
    :param status: HTTP status, when there was an answer
    :param code: the service's inner error code, when it gave one
    :param remedy: what a person can do about it; empty when waiting is all there is to do
    """

    def __init__(
        self,
        message: str,
        *,
        service: str = "",
        operation: str = "",
        status: int | None = None,
        code: int | None = None,
        remedy: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.service = service
        self.operation = operation
        self.status = status
        self.code = code
        self.remedy = remedy

    def __str__(self) -> str:
        head = ": ".join(part for part in (self.service, self.operation) if part)
        text = f"{head}: {self.message}" if head else self.message
        return f"{text} {self.remedy}".strip()


class RetryError(ServiceError):
    """Transient: try again later.

    :param retry_after: seconds the service asked to wait, when it said so
    """

    def __init__(self, message: str, *, retry_after: float | None = None, **known: object) -> None:
        super().__init__(message, **known)  # type: ignore[arg-type]
        self.retry_after = retry_after


class RateLimited(RetryError):
    """The service asked to slow down; the call was not carried out."""


class Unavailable(RetryError):
    """Not reachable, a server fault on a read, or an answer that broke off."""


class NotSent(Unavailable):
    """No connection came about, so the service never saw the request: sending it again is always safe."""


class BadAnswer(RetryError):
    """A read was answered with something that is not what the contract promises (HTML, broken JSON, wrong length)."""


class UnclearOutcome(RetryError):
    """A write may or may not have happened: settle it by looking, never by sending again."""

    def after(self, look: ServiceError) -> Self:
        """Keep the wait that a service asked for when the look failed too."""
        if isinstance(look, RetryError) and look.retry_after:
            self.retry_after = max(look.retry_after, self.retry_after or 0)
        return self


class ToldToEnd(RetryError):
    """The process was told to end before everything had begun; what is left is for the next one."""


class RejectError(ServiceError):
    """This document cannot go as it is."""


class NotFound(RejectError):
    """The record does not exist, or no longer."""


class Refused(RejectError):
    """The service did not accept the data.

    :param fields: the fields it complained about
    """

    def __init__(self, message: str, *, fields: tuple[FieldProblem, ...] = (), **known: object) -> None:
        super().__init__(message, **known)  # type: ignore[arg-type]
        self.fields = fields


class FileRefused(RejectError):
    """The file is empty, too large, of a wrong type, or not what its name says."""


class AlreadyExists(RejectError):
    """The service has this file already.

    :param document_uid: the id of the existing document, when the service told it
    """

    def __init__(self, message: str, *, document_uid: int | None = None, **known: object) -> None:
        super().__init__(message, **known)  # type: ignore[arg-type]
        self.document_uid = document_uid


class StopError(ServiceError):
    """Nothing on this connection can succeed until a person has mended it."""


class CredentialsRefused(StopError):
    """The key or token is unknown, revoked or blocked."""


class PermissionMissing(StopError):
    """The key is valid, but may not do this."""


class QuotaUsedUp(StopError):
    """The allowance of the day (or hour) is spent."""


class WrongUserAgent(StopError):
    """GetMyInvoices wants the account's number in the user agent (contract section 1.2)."""


class Misconfigured(StopError):
    """The connection's own settings cannot work (bad URL, missing field, wrong company)."""
