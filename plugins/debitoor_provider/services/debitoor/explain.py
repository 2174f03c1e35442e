"""What an answer of Debitoor means (contract section 10), in words for the person who keeps the books."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message
from debitoor_provider.services.debitoor.constants import SERVICE
from debitoor_provider.services.errors import (
    CredentialsRefused,
    FieldProblem,
    FileRefused,
    Misconfigured,
    NotFound,
    PathGone,
    PathInDoubt,
    PermissionMissing,
    Refused,
    ServiceError,
    Unavailable,
)
from debitoor_provider.services.http.call import Subject
from debitoor_provider.services.http.reading import integer, text
from debitoor_provider.services.pacing.pacer import slow_down

if TYPE_CHECKING:
    from debitoor_provider.services.http.answer import Answer
    from debitoor_provider.services.http.call import Call

_NAMED_FIELDS = 4
_UNSAFE = re.compile(r"[^\w .,:;'()\[\]/%-]+")


def explain(answer: Answer, call: Call) -> ServiceError | None:
    """Return the error an answer stands for, or ``None`` for a success."""
    if answer.ok:
        return None
    error = _error(answer, call)
    error.status = answer.status
    error.code = integer(answer.payload.get("code")) if isinstance(answer.payload, dict) else None
    return error


def _error(answer: Answer, call: Call) -> ServiceError:
    status = answer.status
    if status == 401:
        return _token_refused(status)
    if status == 403 and not answer.is_page:
        # 403 is not documented and treated like 401 (4.3), unless the token is accepted elsewhere.
        here = PermissionMissing(Message("debitoor_not_permitted"), status=status)
        return PathInDoubt(here, _token_refused(status))
    if status in (403, 404, 410) and (answer.is_page or call.subject is not Subject.RECORD or answer.payload is None):
        return PathInDoubt(
            PathGone(SERVICE, call.path, status=status),
            Misconfigured(Message("debitoor_wrong_address"), status=status),
        )
    if status in (404, 410):
        return NotFound(Message("record_not_found"))
    if status == 429:
        return slow_down(SERVICE, answer.retry_after)
    if answer.is_fault:
        message = Message("service_fault", service=SERVICE, status=status)
        return Unavailable(message, retry_after=answer.retry_after)
    if call.sends_file and status in (412, 413, 415):
        return FileRefused(Message("debitoor_file_refused"))
    return _refusal(answer, call)


def _token_refused(status: int) -> CredentialsRefused:
    """Make the error of a refused token, which was revoked or never was one: it does not expire (4.2, 4.3)."""
    return CredentialsRefused(Message("token_refused"), status=status)


def _refusal(answer: Answer, call: Call) -> Refused:
    fields = _fields(answer.payload)
    concerns_all = call.subject is Subject.ACCOUNT
    if fields:
        named = "; ".join(
            f"{problem.field} ({problem.message})" if problem.message else problem.field
            for problem in fields[:_NAMED_FIELDS]
        )
        more = len(fields) - _NAMED_FIELDS
        reason = Message(
            "debitoor_fields_refused", fields=named, more=Message("and_more", count=more) if more > 0 else None
        )
        return Refused(Message("refused_for_all", reason=reason) if concerns_all else reason, fields=fields)
    reason = Message("debitoor_request_refused" if concerns_all else "debitoor_data_refused", status=answer.status)
    return Refused(Message("refused_for_all", reason=reason))


def _fields(payload: Any) -> tuple[FieldProblem, ...]:
    """Return the problems named in a validation failure, never the offending values."""
    errors = payload.get("errors") if isinstance(payload, dict) else None
    if not isinstance(errors, list):
        return ()
    return tuple(
        FieldProblem(_words(error.get("property"), 60) or "root", _words(error.get("message"), 120))
        for error in errors
        if isinstance(error, dict)
    )


def _words(value: Any, longest: int) -> str:
    return _UNSAFE.sub(" ", text(value)).strip()[:longest]
