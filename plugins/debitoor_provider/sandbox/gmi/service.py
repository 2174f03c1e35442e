"""The gateway: checks of key, rate and path (order of the checks: G 12, A-20)."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from debitoor_provider.sandbox import contract, json_codec
from debitoor_provider.sandbox.gmi import document_store
from debitoor_provider.sandbox.gmi.operations import OPERATIONS
from debitoor_provider.sandbox.gmi.refusal import GetMyInvoicesRefusal, error_reply
from debitoor_provider.sandbox.retirement import retired_reply
from debitoor_provider.sandbox.router import Match, Router
from debitoor_provider.sandbox.switches import Switches

if TYPE_CHECKING:
    from debitoor_provider.sandbox.companies import Company
    from debitoor_provider.sandbox.http import ReceivedCall, Reply

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_KEY_STATES = {
    "blocked": (407, "API Key is blocked"),
    "cancelled": (431, "The account has been cancelled"),
}
_DEFAULTS = Switches()


class GetMyInvoices:
    """The service as the dispatcher calls it."""

    name = "gmi"

    def __init__(self) -> None:
        self.router = Router(OPERATIONS)

    def identify(self, call: ReceivedCall) -> Company | None:
        """Return the company whose key is in the header ``X-API-KEY``, whatever the state of the key."""
        return call.world.companies.by_key.get(call.headers.get("x-api-key", ""))

    def answer(self, call: ReceivedCall, match: Match) -> Reply:
        """Check and handle one call."""
        try:
            self._check(call)
            if call.company.switches.retired and (reply := retired_reply(call, partial(self._retired, call))):
                return reply
            if call.path.startswith(contract.GMI_RETIRED_BASES):
                raise GetMyInvoicesRefusal(410, "This version of the API has been shut down.", status=410)
            if match.operation is None:
                if match.path_known:
                    raise GetMyInvoicesRefusal(405, "Method not allowed.", status=405)
                raise GetMyInvoicesRefusal(400, "Action is not valid.", status=400)
            if call.method != "GET":
                call.json = _object(call.body)
            reply = match.operation.handler(call)
        except GetMyInvoicesRefusal as refused:
            shape = (call.caller.switches if call.caller else _DEFAULTS).error_shape
            reply = error_reply(shape, refused.status, refused.code, refused.detail, refused.extra)
            if refused.retry_after is not None:
                reply.headers.append(("retry-after", str(refused.retry_after)))
        reply.headers += self._remaining(call)
        return reply

    def error(self, company: Company | None, status: int, code: int, text: str) -> Reply:
        """Return the service's own error answer."""
        return error_reply((company.switches if company else _DEFAULTS).error_shape, status, code, text)

    def _retired(self, call: ReceivedCall, status: int, text: str) -> Reply:
        return self.error(call.caller, status, status, text)

    def insert_row(self, call: ReceivedCall) -> None:
        """Add a document, as if it arrived between two pages."""
        document_store.add(
            call.world,
            call.company,
            document_store.blank(f"arrived-{call.seq}.pdf", documentType="INCOMING_INVOICE", note="arrived meanwhile"),
            b"%PDF-1.4\n% arrived with call " + str(call.seq).encode() + b"\n%%EOF\n",
        )

    def _check(self, call: ReceivedCall) -> None:
        company = call.caller
        if company is None:
            raise GetMyInvoicesRefusal(403, "API Key does not exist", status=403)
        if company.key_state in _KEY_STATES:
            code, detail = _KEY_STATES[company.key_state]
            raise GetMyInvoicesRefusal(code, detail, status=403)
        if company.switches.permission == "read" and call.method != "GET":
            raise GetMyInvoicesRefusal(430, "The API Key has no permission for this action", status=403)
        if call.path != contract.GMI_ACCOUNT and not self._user_agent_accepted(call, company):
            raise GetMyInvoicesRefusal(400, "Invalid user agent.", status=400)
        if call.method != "GET" and not (call.body and _is_json(call.headers.get("content-type", ""))):
            raise GetMyInvoicesRefusal(415, "Content type must be application/json with a JSON body.", status=415)
        self._count(call, company)

    def _user_agent_accepted(self, call: ReceivedCall, company: Company) -> bool:
        switches = company.switches
        if switches.user_agent_check == "off":
            return True
        if switches.user_agent_check == "share" and call.world.random.random() >= switches.user_agent_share:
            return True
        return bool(re.search(rf"G-{company.gmi_account_number}(?!\d)", call.headers.get("user-agent", "")))

    def _count(self, call: ReceivedCall, company: Company) -> None:
        limits = company.limits
        windows = {_MINUTE: limits.gmi_per_minute, _HOUR: limits.gmi_per_hour, _DAY: limits.gmi_per_day}
        wait = call.world.limiter.take(("gmi", company.id), call.time, windows)
        if wait is not None:
            status = company.switches.rate_limit_status
            raise GetMyInvoicesRefusal(429, "Request limit reached.", status=status, retry_after=wait)

    def _remaining(self, call: ReceivedCall) -> list[tuple[str, str]]:
        """Return the headers of A-04, none without a company or a limit."""
        if call.caller is None:
            return []
        limits, key = call.caller.limits, ("gmi", call.caller.id)
        windows = (("Minute", _MINUTE, limits.gmi_per_minute), ("Hour", _HOUR, limits.gmi_per_hour))
        return [
            (f"x-ratelimit-remaining-{name}", str(call.world.limiter.remaining(key, call.time, seconds, limit)))
            for name, seconds, limit in windows
            if limit is not None
        ]


def _is_json(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == "application/json"


def _object(body: bytes) -> dict[str, object]:
    try:
        value = json_codec.loads(body)
    except ValueError:
        raise GetMyInvoicesRefusal(400, "The body is not valid JSON.", status=400) from None
    if isinstance(value, dict):
        return value
    if value == []:
        return {}  # an empty PHP array
    raise GetMyInvoicesRefusal(400, "The body must be a JSON object.", status=400)
