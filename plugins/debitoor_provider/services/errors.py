"""What can go wrong at a service, classified by what the caller has to do next.

::

    ServiceError
     ├─ RetryError             try again later; nothing is known to be wrong with the document
     │   ├─ RateLimited          the call was not carried out; wait ``retry_after``
     │   ├─ Unavailable          not reachable, a server fault, or a broken connection
     │   │   └─ NotSent            no connection: even a write may be sent again
     │   ├─ BadAnswer            a read was answered with something unreadable or incomplete
     │   ├─ TooSlow              the call exceeded the time limit for its size
     │   ├─ UnclearOutcome       a write may have happened: look at the service, never send it again
     │   └─ Interrupted          the process has to end; the rest is for the next attempt
     ├─ RejectError            this document (or request) cannot go as it is; others can
     │   ├─ NotFound             the record does not exist (any more)
     │   ├─ Refused              the data is not accepted; ``fields`` names the fields
     │   ├─ FileRefused          the file is empty, too large or of a wrong type
     │   └─ AlreadyExists        the service has the file; ``document_uid`` names its document
     └─ StopError              nothing works on this connection until a person has acted
         ├─ CredentialsRefused   enter another key or token
         ├─ PermissionMissing    the key is valid but may not do this: give it the permission
         ├─ QuotaUsedUp          wait for the next hour or day, or raise the allowance
         ├─ WrongUserAgent       enter the account id in the connection (GetMyInvoices contract 1.2)
         ├─ PathGone             this path was retired, others work: update the provider or leave that kind out
         ├─ PathInDoubt          inside the transport only: it asks another path, then raises one of two errors
         └─ Misconfigured        correct the connection or the account file
             └─ Redirected         the service answers with another address: enter the final one
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self, TypedDict, Unpack

from debitoor_provider.messages import Message, labelled


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field that was not accepted.

    :param field: path inside the request body, e.g. ``lines.0.taxRate``
    :param message: the service's own words; of a value that is not sent, ours
    """

    field: str
    message: Message | str


class AnswerFacts(TypedDict, total=False):
    """What a service's answer says, see :class:`ServiceError`."""

    operation: str
    status: int | None
    code: int | None
    remedy: str


class ErrorFacts(AnswerFacts, total=False):
    """What is known of every error, see :class:`ServiceError`."""

    service: str


class ServiceError(Exception):
    """Anything a service refused or failed to do.

    :param message: what is wrong and what to do about it, for a bookkeeper; never holds a secret or a response body.
        A plain text is kept as it is written.
    :param service: display name of the service, e.g. ``Debitoor``
    :param operation: code of what was being done, e.g. ``create_expense``
    :param status: HTTP status, when there was an answer
    :param code: the service's inner error code, when it gave one
    :param remedy: what to do about it, for a plain text
    """

    def __init__(
        self,
        message: Message | str,
        *,
        service: str = "",
        operation: str = "",
        status: int | None = None,
        code: int | None = None,
        remedy: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message if isinstance(message, Message) else Message("as_written", text=message, remedy=remedy)
        self.service = service
        self.operation = operation
        self.status = status
        self.code = code

    @property
    def remedy(self) -> str:
        """What a person can do about it; empty when waiting is all there is to do."""
        return self.message.remedy()

    @property
    def heading(self) -> Message | None:
        """Service and operation, e.g. ``Debitoor: create expense``; ``None`` when neither is known."""
        if self.service and self.operation:
            return Message("service_operation", service=self.service, operation=operation_name(self.operation))
        one = self.service or (operation_name(self.operation) if self.operation else "")
        return Message("as_written", text=one, remedy="") if one else None

    @property
    def located(self) -> Message:
        """What is wrong, with the service and what was being done there."""
        if not self.service:
            return self.message
        if not self.operation:
            return Message("at_service", service=self.service, reason=self.message)
        operation = operation_name(self.operation)
        return Message("at_operation", service=self.service, operation=operation, reason=self.message)

    def __str__(self) -> str:
        return labelled(self.heading, self.message) if self.heading else str(self.message)


def operation_name(operation: str) -> Message | str:
    """Return what an operation's code is called; what has no entry in the catalogue is returned as it is."""
    known = Message(f"operation_{operation}")
    return operation if known.text() == known.code else known


class RetryError(ServiceError):
    """Transient: try again later.

    :param retry_after: seconds the service asked to wait, when it said so
    """

    def __init__(
        self, message: Message | str, *, retry_after: float | None = None, **known: Unpack[ErrorFacts]
    ) -> None:
        super().__init__(message, **known)
        self.retry_after = retry_after


class RateLimited(RetryError):
    """The service asked to slow down; the call was not carried out.

    :param of_all_calls: whether every call with the key has to wait, and not only those of its kind, e.g. uploads
    """

    def __init__(
        self,
        message: Message | str,
        *,
        retry_after: float | None = None,
        of_all_calls: bool = True,
        **known: Unpack[ErrorFacts],
    ) -> None:
        super().__init__(message, retry_after=retry_after, **known)
        self.of_all_calls = of_all_calls


class Unavailable(RetryError):
    """Not reachable, a server fault on a read, or a connection that broke."""


class NotSent(Unavailable):
    """No connection was made, so the service never saw the request: sending it again is always safe."""


class BadAnswer(RetryError):
    """A read was answered with something that is not what the contract promises (HTML, broken JSON, wrong length)."""


class TooSlow(RetryError):
    """The call exceeded the time limit for its size (see :mod:`.time_limit`)."""


class UnclearOutcome(RetryError):
    """A write may or may not have happened: settle it by looking, never by sending again."""

    def after(self, look: ServiceError) -> Self:
        """Keep the wait that a service asked for when the look failed too."""
        if isinstance(look, RetryError) and look.retry_after:
            self.retry_after = max(look.retry_after, self.retry_after or 0)
        return self


class Interrupted(RetryError):
    """The process has to end before everything was begun; the rest is for the next attempt."""


class RejectError(ServiceError):
    """This document cannot go as it is."""


class NotFound(RejectError):
    """The record does not exist (any more)."""


class Refused(RejectError):
    """The service did not accept the data.

    :param fields: the fields it complained about
    """

    def __init__(
        self, message: Message | str, *, fields: tuple[FieldProblem, ...] = (), **known: Unpack[ErrorFacts]
    ) -> None:
        super().__init__(message, **known)
        self.fields = fields


class FileRefused(RejectError):
    """The file is empty, too large, of a wrong type, or not what its name says."""


class AlreadyExists(RejectError):
    """The service has this file already.

    :param document_uid: the id of the existing document, when the service reported it
    """

    def __init__(self, message: Message | str, *, document_uid: int | None = None, **known: Unpack[ErrorFacts]) -> None:
        super().__init__(message, **known)
        self.document_uid = document_uid


class StopError(ServiceError):
    """Nothing on this connection can succeed until a person has acted."""


class CredentialsRefused(StopError):
    """The key or token is unknown, revoked or blocked."""


class PermissionMissing(StopError):
    """The key is valid, but may not do this."""


class QuotaUsedUp(StopError):
    """The allowance of the day (or hour) is used up.

    :param retry_after: seconds until the next call is allowed, when they are known
    """

    def __init__(
        self, message: Message | str, *, retry_after: float | None = None, **known: Unpack[ErrorFacts]
    ) -> None:
        super().__init__(message, **known)
        self.retry_after = retry_after


class WrongUserAgent(StopError):
    """GetMyInvoices requires the account's number in the user agent (contract section 1.2)."""


class Misconfigured(StopError):
    """The connection's own settings cannot work (bad URL, missing field, wrong company)."""


class Redirected(Misconfigured):
    """The service answered with a redirect, which is never followed."""


class PathGone(StopError):
    """The service answers, but no longer at this path.

    :param path: below the base URL
    :param moved: whether the answer was a redirect, which is never followed
    """

    def __init__(self, service: str, path: str, *, moved: bool = False, **known: Unpack[AnswerFacts]) -> None:
        message = Message("path_moved" if moved else "path_gone", service=service, path=path)
        super().__init__(message, **known)
        self.service = service
        self.path = path


class PathInDoubt(StopError):
    """An answer with two meanings. The transport asks another path of the service and raises one of the two errors.

    :param here: what it means when the service answers elsewhere
    :param everywhere: what it means when it does not
    """

    def __init__(self, here: StopError, everywhere: StopError) -> None:
        super().__init__(everywhere.message)
        self.here = here
        self.everywhere = everywhere
