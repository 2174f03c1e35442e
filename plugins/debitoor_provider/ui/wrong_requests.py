"""What is wrong with a request, in the language of the one who asked.

What was entered is not repeated: it may be a key.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PLAIN = {
    "missing": "request_missing",
    "int_type": "request_not_whole",
    "int_parsing": "request_not_whole",
    "int_parsing_size": "request_not_whole",
    "int_from_float": "request_not_whole",
    "decimal_type": "request_not_number",
    "decimal_parsing": "request_not_number",
    "decimal_max_digits": "request_not_number",
    "decimal_max_places": "request_not_number",
    "decimal_whole_digits": "request_not_number",
    "finite_number": "request_not_number",
    "string_type": "request_not_text",
    "string_unicode": "request_not_text",
    "string_too_short": "request_empty",
    "too_short": "request_empty",
    "string_pattern_mismatch": "request_not_a_name",
    "bool_type": "request_not_boolean",
    "bool_parsing": "request_not_boolean",
    "list_type": "request_not_list",
    "dict_type": "request_not_object",
    "model_type": "request_not_object",
    "model_attributes_type": "request_not_object",
    "json_invalid": "request_not_json",
}
"""Messages by pydantic's types of errors."""
_LIMITED = {
    "greater_than": ("request_not_above", "gt"),
    "greater_than_equal": ("request_too_small", "ge"),
    "less_than_equal": ("request_too_large", "le"),
    "string_too_long": ("request_text_long", "max_length"),
    "too_long": ("request_list_long", "max_length"),
}
"""Those that name a limit, and where pydantic stores it."""
_BY_STATUS = {
    400: "request_not_understood",
    401: "request_logged_out",
    403: "request_forbidden",
    404: "request_no_such_address",
    405: "request_not_this_method",
    413: "request_too_long",
    500: "request_failed",
}


def problem_of(error: Mapping[str, Any]) -> dict[str, Any]:
    """Return one validation error in the form that the API's description gives it."""
    return {"loc": error["loc"], "msg": str(_message(error)), "type": error["type"]}


def unknown_parameter(name: str, known: Sequence[str], meant: str | None) -> dict[str, Any]:
    """Return the error of a query parameter that a route does not have.

    :param meant: the one that was probably meant
    """
    hint = Message("did_you_mean", value=meant) if meant else Message("request_known", names=known)
    message = Message("request_unknown", hint=hint if meant or known else None)
    return {"type": "extra_forbidden", "loc": ("query", name[:60]), "ctx": {"message": message}}


def refusal_of(status: int) -> Message:
    """Return why a request was refused of which no more is known than the HTTP status."""
    return Message(_BY_STATUS.get(status, "request_not_understood" if status < 500 else "request_failed"))


def _message(error: Mapping[str, Any]) -> Message:
    kind, context = error["type"], error.get("ctx") or {}
    if isinstance(message := context.get("message"), Message):
        return message
    if kind == "extra_forbidden":
        return Message("request_unknown", hint=None)
    if kind in {"enum", "literal_error"}:
        return Message("request_not_a_choice", choices=re.findall(r"'([^']+)'", str(context["expected"])))
    if kind in _LIMITED:
        code, limit = _LIMITED[kind]
        return Message(code, limit=context[limit])
    return Message(_PLAIN.get(kind, "request_not_valid"))
