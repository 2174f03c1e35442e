"""The gateway: checks of token, path and body, and the headers of every answer (D 3.2, 4)."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from debitoor_provider.sandbox import json_codec
from debitoor_provider.sandbox.debitoor import entities
from debitoor_provider.sandbox.debitoor.operations import OPERATIONS, PUBLIC
from debitoor_provider.sandbox.debitoor.refusal import DebitoorRefusal, error_reply, not_found
from debitoor_provider.sandbox.retirement import retired_reply
from debitoor_provider.sandbox.router import Match, Router

if TYPE_CHECKING:
    from debitoor_provider.sandbox.companies import Company
    from debitoor_provider.sandbox.http import ReceivedCall, Reply

_HEADERS = [
    ("cache-control", "no-store, no-cache, must-revalidate"),
    ("expires", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "x-token, x-requested-with, x-credentials"),
    ("x-revision", "2021-06-01T12:00:00Z"),
]
_MINUTE = 60.0
_ARRIVING: dict[str, entities.Kind] = {
    "debitoor.invoices.list": "invoice",
    "debitoor.credit_notes.list": "creditNote",
}


class Debitoor:
    """The service as the dispatcher calls it."""

    name = "debitoor"

    def __init__(self) -> None:
        self.router = Router(OPERATIONS)

    def identify(self, call: ReceivedCall) -> Company | None:
        """Return the company whose token the call carries, in any of the four ways (D 4.1)."""
        scheme, _, bearer = call.headers.get("authorization", "").partition(" ")
        given = (
            call.headers.get("x-token"),
            bearer.strip() if scheme.lower() == "bearer" else None,
            call.one("token"),
            call.one("access_token"),
        )
        token = next((text for text in given if text), "")
        return call.world.companies.by_token.get(token)

    def answer(self, call: ReceivedCall, match: Match) -> Reply:
        """Check and handle one call."""
        try:
            if call.operation not in PUBLIC:
                self._check(call)
                if call.company.switches.retired and (reply := retired_reply(call, error_reply)):
                    return reply
                if match.operation is None:
                    raise not_found()  # A33: a known path with another method likewise
                if call.method in ("POST", "PUT", "PATCH") and call.operation not in _NOT_JSON:
                    call.json = _object(call)
            elif match.operation is None:
                raise not_found()
            reply = match.operation.handler(call)
        except DebitoorRefusal as refused:
            reply = error_reply(refused.status, refused.message, refused.errors)
            if refused.retry_after is not None:
                reply.headers.append(("retry-after", str(refused.retry_after)))
        if call.method == "GET" and "id" in call.params and reply.status == 200:
            reply.headers.append(("etag", f'W/"{len(reply.body):x}-{zlib.crc32(reply.body):08x}"'))
        reply.headers += _HEADERS
        return reply

    def error(self, company: Company | None, status: int, code: int, text: str) -> Reply:  # noqa: ARG002 - as both services have it
        """Return the service's own error answer (A1: the code is the status)."""
        return error_reply(code if status == 200 else status, text)

    def insert_row(self, call: ReceivedCall) -> None:
        """Add a row, as if it arrived between two pages of the list that was read."""
        kind = _ARRIVING.get(call.operation, "expense")
        today = call.time.date().isoformat()
        amounts = dict.fromkeys(("totalGrossAmount", "totalNetAmount", "totalTaxAmount", "unpaidAmount"), 0)
        row = {"date": today, "number": f"ARRIVED-{call.seq}", "type": kind, "customerName": "Arrived", **amounts}
        if kind == "expense":
            line = {"taxRate": 0, "grossAmount": 0, "netAmount": 0, "taxAmount": 0}
            row = {"date": today, "number": call.seq, "currency": call.company.currency, "lines": [line], **amounts}
        sha256 = call.world.store.keep(b"%%PDF-1.4\n%% arrived with call %d\n%%%%EOF\n" % call.seq)
        entities.add(call.world, call.company, kind, row, sha256=sha256)

    def _check(self, call: ReceivedCall) -> None:
        if call.caller is None:
            raise DebitoorRefusal(401, "Unauthorized")  # A2
        limit = {_MINUTE: call.caller.limits.debitoor_per_minute}
        wait = call.world.limiter.take(("debitoor", call.caller.id), call.time, dict(limit))
        if wait is not None:
            raise DebitoorRefusal(429, "Too many requests", retry_after=wait)  # A30


_NOT_JSON = frozenset({"debitoor.files.create", "debitoor.expenses.book"})


def _object(call: ReceivedCall) -> dict[str, object]:
    if call.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise DebitoorRefusal(400, "The content type must be application/json")  # D 3.2
    try:
        value = json_codec.loads(call.body)
    except ValueError:
        raise DebitoorRefusal(400, "The body is not valid JSON") from None
    if not isinstance(value, dict):
        raise DebitoorRefusal(400, "Validation failed", [{"property": "root", "message": "is the wrong type"}])
    return value
