"""Error answers and their two shapes (G 1.5 to 1.7, A-05)."""

from __future__ import annotations

from typing import Any, Literal

from debitoor_provider.sandbox import json_codec
from debitoor_provider.sandbox.http import Reply


class GetMyInvoicesRefusal(Exception):
    """Raised to answer a call with an error.

    :param code: the inner code of G 1.7
    :param status: the HTTP status, 422 except for errors of the gateway
    :param retry_after: seconds to wait, sent in the header of that name
    :param extra: further keys of the error, such as ``duplicate_invoice_id``
    """

    def __init__(
        self, code: int, detail: str, *, status: int = 422, retry_after: int | None = None, **extra: Any
    ) -> None:
        super().__init__(detail)
        self.code, self.detail, self.status, self.extra = code, detail, status, extra
        self.retry_after = retry_after


def error_reply(
    shape: Literal["errors", "flat"], status: int, code: int, detail: str, extra: dict[str, Any] | None = None
) -> Reply:
    """Return the error body in the chosen shape of G 1.6."""
    body: dict[str, Any]
    if shape == "errors":
        body = {"success": False, "errors": [{"code": code, "detail": detail, **(extra or {})}]}
    elif status == 422:
        body = {"success": False, "detail": detail, "error_code": code, **(extra or {})}
    else:
        body = {"code": code, "detail": detail}
    return Reply(status, json_codec.dumps(body))
