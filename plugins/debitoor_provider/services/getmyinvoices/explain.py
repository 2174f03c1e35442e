"""What an answer of GetMyInvoices means (contract sections 1.5 to 1.7), in words for the person who keeps the books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debitoor_provider.services.http.answer import concerns_all, names_no_record
from debitoor_provider.services.http.errors import (
    REPORT,
    AlreadyExists,
    CredentialsRefused,
    FieldProblem,
    FileRefused,
    Misconfigured,
    NotFound,
    PermissionMissing,
    QuotaUsedUp,
    Refused,
    ServiceError,
    Unavailable,
    WrongUserAgent,
)
from debitoor_provider.services.http.reading import integer, text
from debitoor_provider.services.pacing.pacer import slow_down

if TYPE_CHECKING:
    from debitoor_provider.services.http.answer import Answer

_NEW_KEY = "Create a key in GetMyInvoices under 'API access' and enter it in the connection."
_CHECK_URL = "Check the connection's base URL; it ends in /accounts/v3."

# The key's own codes come with status 403 (1.5).
_KEY_CODES: dict[int, tuple[type[ServiceError], str, str]] = {
    403: (CredentialsRefused, "The API key is not known to GetMyInvoices.", _NEW_KEY),
    407: (CredentialsRefused, "The API key is blocked.", "Unblock it in GetMyInvoices under 'API access'."),
    430: (
        PermissionMissing,
        "The API key may not do this.",
        "Give the key full access in GetMyInvoices under 'API access'.",
    ),
    431: (
        CredentialsRefused,
        "The GetMyInvoices account is cancelled.",
        "Renew the account, or use a key of another one.",
    ),
}

# 1.7. The same number means the same thing on documents, companies and attachments unless listed below.
_CODES: dict[int, tuple[type[ServiceError], str]] = {
    100: (Unavailable, "GetMyInvoices reported an unexpected error of its own."),
    101: (FileRefused, "The file's type is not accepted, or the file is too large."),
    102: (Refused, "A required field is missing."),
    103: (FileRefused, "The file's content could not be read."),
    104: (Refused, "The document date is not a date."),
    105: (QuotaUsedUp, "The 100 uploads allowed in an hour are used up."),
    106: (NotFound, "The document does not exist, or no longer."),
    107: (Refused, "The net amount is not a number."),
    108: (Refused, "The gross amount is not a number."),
    109: (Refused, "The VAT rate is not a number."),
    110: (Refused, "The VAT rate is negative."),
    112: (Refused, "The payment status is not known."),
    113: (Refused, "The company does not exist."),
    114: (Refused, "The company's name is missing."),
    115: (Refused, "The company's country is missing."),
    116: (Refused, "A company of this name exists already."),
    117: (Refused, "The company's country is not known."),
    118: (Refused, "The company could not be created."),
    119: (Refused, "The company's data is incomplete."),
    120: (Refused, "The company's id is missing."),
    121: (Refused, "There is nothing to change: name, country and tags are all missing."),
    125: (Refused, "Only own companies can be changed, and this one is a portal."),
    127: (AlreadyExists, "GetMyInvoices has this file already."),
    129: (Refused, "The company still has documents."),
    130: (Refused, "The company still has e-mail rules."),
    131: (NotFound, "The company does not exist, or no longer."),
    132: (FileRefused, "GetMyInvoices found a virus in the file."),
    133: (Refused, "The archive mark is neither 0 nor 1."),
    134: (Refused, "The document's id is not a number."),
    135: (NotFound, "The document does not exist, or no longer."),
    136: (Refused, "There is nothing to change."),
    137: (Refused, "The due date is not a date."),
    138: (Refused, "The payment method is not known."),
    139: (NotFound, "The company does not exist, or no longer."),
    140: (Refused, "A time is not written as GetMyInvoices wants it."),
    141: (FileRefused, "The file's content is missing."),
    142: (FileRefused, "A file of this type cannot be attached."),
    143: (FileRefused, "GetMyInvoices found a virus in the file."),
    144: (AlreadyExists, "The file is attached already."),
    145: (NotFound, "The attachment does not exist, or no longer."),
    146: (Refused, "The document type is not known."),
    147: (Refused, "The document is locked in GetMyInvoices."),
}

_ATTACHMENT_CODES: dict[int, tuple[type[ServiceError], str]] = {
    141: (Refused, "The document has 25 attachments already, which is the most."),
}

_REMEDIES = {
    105: "The rest can go in the next hour.",
    147: "Unlock it there, then try again.",
    132: "Do not open it; ask whoever sent it for another one.",
    143: "Do not open it; ask whoever sent it for another one.",
}


def explain(answer: Answer, operation: str) -> ServiceError | None:
    """Return the error an answer stands for, or ``None`` for a success.

    :param operation: what was being done; the codes of attachments differ from those of documents
    """
    first = _first_error(answer.payload)
    if answer.ok and not _failed(answer.payload):
        return None
    code = integer(first.get("code"))
    detail = next((text(first[key]) for key in ("detail", "message", "error") if text(first.get(key))), "")
    error = _named(answer, code, detail, first, operation)
    error.status = answer.status
    error.code = code
    return error


def _named(answer: Answer, code: int | None, detail: str, first: dict[str, Any], operation: str) -> ServiceError:
    status = answer.status
    if status == 429 or (status == 403 and code == 429):
        return slow_down("GetMyInvoices", answer.retry_after)
    if status in (401, 403):
        kind, message, remedy = _KEY_CODES.get(code or 0, _KEY_CODES[403])
        return kind(message, remedy=remedy)
    if status == 413 and operation.startswith(("upload ", "add ", "look for ")):  # by a gateway before the service
        return FileRefused("The file is too large for GetMyInvoices.")
    if status == 408 or status >= 500:
        return Unavailable(f"GetMyInvoices has a problem of its own ({status}).", retry_after=answer.retry_after)
    if status == 400 and "user agent" in detail.lower():
        return WrongUserAgent(
            "GetMyInvoices wants the account's id in each call.",
            remedy="Enter the account id (G-...), found in GetMyInvoices under account data, in the connection.",
        )
    if status in (405, 410) or (status == 400 and "action is not valid" in detail.lower()):
        return Misconfigured("GetMyInvoices does not know this call.", remedy=_CHECK_URL)
    if status == 404:
        if answer.payload is None or names_no_record(operation):
            return Misconfigured("This is not the address of the GetMyInvoices API.", remedy=_CHECK_URL)
        # A record that is missing has a code of its own.
        return Refused("GetMyInvoices did not find what was asked for.", remedy=REPORT)
    return _refusal(code, detail, first, operation)


def _refusal(code: int | None, detail: str, first: dict[str, Any], operation: str) -> ServiceError:
    known = _ATTACHMENT_CODES.get(code or 0) if "attachment" in operation else None
    unknown = (Refused, f"GetMyInvoices refused the request (code {code or 'unknown'}).")
    kind, message = known or _CODES.get(code or 0) or unknown
    is_odd = kind is Refused and (message is unknown[1] or concerns_all(operation))
    remedy = _REMEDIES.get(code or 0, REPORT if is_odd else "")
    if kind is AlreadyExists:
        return AlreadyExists(message, document_uid=integer(first.get("duplicate_invoice_id")))
    if kind is Refused:
        return Refused(message, fields=(FieldProblem("", detail[:200]),) if detail else (), remedy=remedy)
    return kind(message, remedy=remedy)


def _failed(payload: Any) -> bool:
    """A 200 whose body says ``success: false`` is an error too (1.6)."""
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
