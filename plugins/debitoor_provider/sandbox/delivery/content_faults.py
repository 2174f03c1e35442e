"""Replace the status, headers or body of an answer as a fault demands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from debitoor_provider.sandbox import json_codec
from debitoor_provider.sandbox.clock import http_date
from debitoor_provider.sandbox.http import Reply, gateway_page

if TYPE_CHECKING:
    from debitoor_provider.sandbox.faults import Fault

ErrorReply = Callable[[int, int, str], Reply]
PHRASES = {status.value: status.phrase for status in HTTPStatus}


def replace_content(reply: Reply, fault: Fault, error: ErrorReply, now: datetime) -> Reply:
    """Return the answer that the fault makes of ``reply``; faults of the transport leave it as it is.

    :param error: makes the service's own error answer from status, inner code and text
    :param now: the time of the service
    """
    match fault.effect:
        case "html":
            reply = gateway_page(fault.status or 200)
        case "status" | "late_commit":
            reply = _chosen(fault, error)
        case "rate_limited":
            status = fault.status or 429
            reply = error(status, fault.code or 429, "Too many requests")
            if fault.retry_after is not None:
                date_form = fault.retry_after_form == "date"
                value = http_date(now + timedelta(seconds=fault.retry_after)) if date_form else str(fault.retry_after)
                reply.headers.append(("retry-after", value))
        case "error_in_200":
            reply = error(fault.code or 100, fault.code or 100, "Unexpected error")
            reply.status = fault.status or 200
        case "redirect":
            reply = Reply(fault.status or 302, headers=[("location", fault.location)])
        case "empty":
            reply = Reply(reply.status, b"", reply.content_type, reply.headers)
        case "not_a_pdf":
            reply = Reply(reply.status, b"This is no PDF.\n", reply.content_type, reply.headers)
    return reply


def replace_headers(reply: Reply, fault: Fault) -> None:
    """Set the headers of the fault; those whose value is None are removed."""
    named = {name.lower() for name in fault.headers}
    kept = [(name, value) for name, value in reply.headers if name.lower() not in named]
    reply.headers = kept + [(name, value) for name, value in fault.headers.items() if value is not None]


def _chosen(fault: Fault, error: ErrorReply) -> Reply:
    status = fault.status or 503
    if fault.body is None:
        return error(status, fault.code or status, PHRASES.get(status, "Error"))
    if isinstance(fault.body, str):
        return Reply(status, fault.body.encode(), "text/plain; charset=utf-8")
    return Reply(status, json_codec.dumps(fault.body))
