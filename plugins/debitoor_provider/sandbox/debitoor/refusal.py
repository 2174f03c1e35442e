"""Error answers (D 10, A1, A2)."""

from __future__ import annotations

from typing import Any

from debitoor_provider.sandbox import json_codec
from debitoor_provider.sandbox.http import Reply


class DebitoorRefusal(Exception):
    """Raised to answer a call with an error.

    :param status: the HTTP status, which is also the ``code`` of the body (A1)
    :param errors: entries of a failed validation
    :param retry_after: seconds to wait, sent in the header of that name
    """

    def __init__(
        self,
        status: int,
        message: str,
        errors: list[dict[str, Any]] | None = None,
        *,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.errors, self.retry_after = status, message, errors, retry_after


def error_reply(status: int, message: str, errors: list[dict[str, Any]] | None = None) -> Reply:
    """Return the JSON error body."""
    body: dict[str, Any] = {"code": status, "message": message}
    if errors:
        body["errors"] = errors
    return Reply(status, json_codec.dumps(body))


def invalid(errors: list[dict[str, Any]]) -> DebitoorRefusal:
    """Return a 400 with the entries of a failed validation."""
    return DebitoorRefusal(400, "Validation failed", errors)


def dangling(name: str, value: object) -> dict[str, Any]:
    """Return the entry for a reference to something that does not exist."""
    return {"property": name, "value": value, "message": "This is not a valid value"}


def not_found() -> DebitoorRefusal:
    """Return a 404."""
    return DebitoorRefusal(404, "Not found")
