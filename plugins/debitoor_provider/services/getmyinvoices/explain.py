"""What an answer of GetMyInvoices means (contract sections 1.5 to 1.7), in words for the person who keeps the books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import (
    AlreadyExists,
    CredentialsRefused,
    FieldProblem,
    FileRefused,
    Misconfigured,
    NotFound,
    PathGone,
    PathInDoubt,
    PermissionMissing,
    RateLimited,
    Refused,
    ServiceError,
    Unavailable,
    WrongUserAgent,
)
from debitoor_provider.services.getmyinvoices.constants import COMPANY_EXISTS, SERVICE
from debitoor_provider.services.http.call import Subject
from debitoor_provider.services.http.reading import integer, text
from debitoor_provider.services.pacing.pacer import slow_down

if TYPE_CHECKING:
    from debitoor_provider.services.http.answer import Answer
    from debitoor_provider.services.http.call import Call, Codes

_HOUR = 3600.0  # the longest that an upload waits for the allowance of an hour: the answer does not say how long

# The key's own codes come with status 403 (1.5).
_KEY_CODES: Codes = {
    403: (CredentialsRefused, "gmi_key_unknown"),
    407: (CredentialsRefused, "gmi_key_blocked"),
    430: (PermissionMissing, "gmi_key_not_permitted"),
    431: (CredentialsRefused, "gmi_account_cancelled"),
}

# 1.7. The same number means the same thing on documents, companies and attachments unless listed below.
_CODES: Codes = {
    100: (Unavailable, "gmi_unexpected_error"),
    101: (FileRefused, "gmi_file_not_accepted"),
    102: (Refused, "gmi_field_missing"),
    103: (FileRefused, "gmi_content_unreadable"),
    104: (Refused, "gmi_date_invalid"),
    105: (RateLimited, "gmi_upload_allowance_used_up"),
    106: (NotFound, "gmi_document_not_found"),
    107: (Refused, "gmi_net_amount_invalid"),
    108: (Refused, "gmi_gross_amount_invalid"),
    109: (Refused, "gmi_vat_rate_invalid"),
    110: (Refused, "gmi_vat_rate_negative"),
    112: (Refused, "gmi_payment_status_unknown"),
    113: (Refused, "gmi_company_unknown"),
    114: (Refused, "gmi_company_name_missing"),
    115: (Refused, "gmi_company_country_missing"),
    COMPANY_EXISTS: (Refused, "gmi_company_exists"),
    117: (Refused, "gmi_company_country_unknown"),
    118: (Refused, "gmi_company_not_created"),
    119: (Refused, "gmi_company_incomplete"),
    120: (Refused, "gmi_company_id_missing"),
    121: (Refused, "gmi_company_unchanged"),
    125: (Refused, "gmi_company_is_portal"),
    127: (AlreadyExists, "gmi_file_exists"),
    129: (Refused, "gmi_company_has_documents"),
    130: (Refused, "gmi_company_has_rules"),
    131: (NotFound, "gmi_company_not_found"),
    132: (FileRefused, "gmi_virus_found"),
    133: (Refused, "gmi_archive_mark_invalid"),
    134: (Refused, "gmi_document_id_invalid"),
    135: (NotFound, "gmi_document_not_found"),
    136: (Refused, "gmi_document_unchanged"),
    137: (Refused, "gmi_due_date_invalid"),
    138: (Refused, "gmi_payment_method_unknown"),
    139: (NotFound, "gmi_company_not_found"),
    140: (Refused, "gmi_time_invalid"),
    141: (FileRefused, "gmi_content_missing"),
    142: (FileRefused, "gmi_attachment_type_not_accepted"),
    143: (FileRefused, "gmi_virus_found"),
    144: (AlreadyExists, "gmi_attachment_exists"),
    145: (NotFound, "gmi_attachment_not_found"),
    146: (Refused, "gmi_document_type_unknown"),
    147: (Refused, "gmi_document_locked"),
}

ATTACHMENT_CODES: Codes = {141: (Refused, "gmi_attachments_full")}
"""What is different on attachments (7.4)."""


def explain(answer: Answer, call: Call) -> ServiceError | None:
    """Return the error an answer stands for, or ``None`` for a success."""
    first = _first_error(answer.payload)
    if answer.ok and not _failed(answer.payload):
        return None
    code = integer(first.get("code"))
    detail = next((text(first[key]) for key in ("detail", "message", "error") if text(first.get(key))), "")
    error = _error(answer, code, detail, first, call)
    error.status = answer.status
    error.code = code
    return error


def _error(answer: Answer, code: int | None, detail: str, first: dict[str, Any], call: Call) -> ServiceError:
    status = answer.status
    if status == 429 or (status == 403 and code == 429):
        return slow_down(SERVICE, answer.retry_after)
    if status == 403 and answer.is_page:  # from something in front of the service, which has no say about keys
        return _path_in_doubt(answer, call)
    if status in (401, 403):
        kind, name = _KEY_CODES.get(code or 0, _KEY_CODES[403])
        return kind(Message(name))
    if status == 413 and call.sends_file:  # by a gateway before the service
        return FileRefused(Message("gmi_file_too_large"))
    if answer.is_fault:
        message = Message("service_fault", service=SERVICE, status=status)
        return Unavailable(message, retry_after=answer.retry_after)
    if status == 400 and "user agent" in detail.lower():
        return WrongUserAgent(Message("gmi_account_id_required"))
    if status in (405, 410) or (status == 400 and "action is not valid" in detail.lower()):
        return _path_in_doubt(answer, call)
    if status == 404:
        if answer.payload is None or call.subject is not Subject.RECORD:
            return _path_in_doubt(answer, call)
        # A record that is missing has a code of its own.
        return Refused(Message("gmi_not_found"))
    return _refusal(code, detail, first, call)


def _path_in_doubt(answer: Answer, call: Call) -> PathInDoubt:
    return PathInDoubt(
        PathGone(SERVICE, call.path, status=answer.status),
        Misconfigured(Message("gmi_wrong_address"), status=answer.status),
    )


def _refusal(code: int | None, detail: str, first: dict[str, Any], call: Call) -> ServiceError:
    kind, name = call.codes.get(code or 0) or _CODES.get(code or 0) or (Refused, "gmi_refused")
    message = Message(name, code=code or "unknown") if name == "gmi_refused" else Message(name)
    if kind is AlreadyExists:
        return AlreadyExists(message, document_uid=integer(first.get("duplicate_invoice_id")))
    if kind is RateLimited:
        return RateLimited(message, retry_after=_HOUR, of_all_calls=False)
    if kind is not Refused:
        return kind(message)
    if call.subject is Subject.ACCOUNT and not message.remedy():
        message = Message("refused_for_all", reason=message)
    return Refused(message, fields=(FieldProblem("", detail[:200]),) if detail else ())


def _failed(payload: Any) -> bool:
    """Return whether a body reports a failure, which a 200 may do too (1.6)."""
    return isinstance(payload, dict) and payload.get("success") in (False, 0, "false", "0")


def _first_error(payload: Any) -> dict[str, Any]:
    """Return the error inside either of the two shapes (1.6)."""
    if not isinstance(payload, dict):
        return {}
    errors = payload.get("errors")
    if isinstance(errors, dict):
        errors = list(errors.values())
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        return errors[0]
    # In the flat shape "error_code" comes before "code".
    return payload if payload.get("error_code") is None else {**payload, "code": payload["error_code"]}
