"""What an answer of Debitoor means (contract section 10), in words for the person who keeps the books."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from debitoor_provider.services.http.answer import concerns_all, names_no_record
from debitoor_provider.services.http.errors import (
    REPORT,
    CredentialsRefused,
    FieldProblem,
    FileRefused,
    Misconfigured,
    NotFound,
    Refused,
    ServiceError,
    Unavailable,
)
from debitoor_provider.services.http.reading import integer, text
from debitoor_provider.services.pacing.pacer import slow_down

if TYPE_CHECKING:
    from debitoor_provider.services.http.answer import Answer

_NAMED_FIELDS = 4
_UNSAFE = re.compile(r"[^\w .,:;'()\[\]/%-]+")


def explain(answer: Answer, operation: str) -> ServiceError | None:
    """Return the error an answer stands for, or ``None`` for a success.

    :param operation: what was being done
    """
    if answer.ok:
        return None
    error = _named(answer, operation)
    error.status = answer.status
    error.code = integer(answer.payload.get("code")) if isinstance(answer.payload, dict) else None
    return error


def _named(answer: Answer, operation: str) -> ServiceError:
    status = answer.status
    if status in (401, 403):
        # A token does not expire, so one that is refused was revoked or never was one (4.2, 4.3).
        return CredentialsRefused(
            "Debitoor does not accept the access token; it was revoked or mistyped.",
            remedy="Give access again in Debitoor and enter the new token in the connection.",
        )
    if status == 404 and names_no_record(operation):
        return Misconfigured("This is not the address of the Debitoor API.", remedy="Check the connection's base URL.")
    if status == 404:
        return NotFound("The record does not exist, or no longer.")
    if status == 429:
        return slow_down("Debitoor", answer.retry_after)
    if status == 408 or status >= 500:
        return Unavailable(f"Debitoor has a problem of its own ({status}).", retry_after=answer.retry_after)
    if "upload" in operation and status in (412, 413, 415):
        return FileRefused("Debitoor does not accept the file: its type or its size is not allowed.")
    return _refusal(answer, operation)


def _refusal(answer: Answer, operation: str) -> Refused:
    fields = _fields(answer.payload)
    named = "; ".join(
        f"{problem.field} ({problem.message})" if problem.message else problem.field
        for problem in fields[:_NAMED_FIELDS]
    )
    more = f" and {len(fields) - _NAMED_FIELDS} more" if len(fields) > _NAMED_FIELDS else ""
    to_all = concerns_all(operation)
    what = f"these fields: {named}{more}." if named else f"the {'request' if to_all else 'data'} ({answer.status})."
    return Refused(f"Debitoor did not accept {what}", fields=fields, remedy=REPORT if to_all or not named else "")


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
