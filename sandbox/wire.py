"""Puts an answer on the wire, spoilt by a fault if there is one: late, cut, short, endless or something else."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import struct
import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import timedelta
from email.utils import format_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from sandbox import jsons
from sandbox.http import Reply

if TYPE_CHECKING:
    from sandbox.clock import Clock
    from sandbox.faults import Fault

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]

_CLOSING_SECONDS = 10.0
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER with no time: close sends a reset
_MEGABYTE = b" " * (1 << 20)
_GZIP = 31  # zlib's number for the format
_GATEWAY_PAGE = b"<!doctype html><html><head><title>Error</title></head><body><h1>Bad gateway</h1></body></html>\n"


async def deliver(reply: Reply, send: Send) -> None:
    """Send an answer as it is."""
    headers = [(b"content-type", reply.content_type.encode("latin-1")), (b"content-length", b"%d" % len(reply.body))]
    headers += [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


async def deliver_spoilt(reply: Reply, fault: Fault, receive: Receive, send: Send) -> None:
    """Send an answer with a fault of the wire; a fault of content has been applied to ``reply`` before."""
    match fault.effect:
        case "cut" | "drop_tags":
            await _cut(receive, send)
        case "truncate":
            await _raw(reply, receive, send, announced=len(reply.body), sent=int(len(reply.body) * fault.keep))
        case "truncate_hidden":
            reply.body = reply.body[: int(len(reply.body) * fault.keep)]
            await deliver(reply, send)
        case "wrong_length":
            announced = max(0, len(reply.body) + fault.delta)
            await _raw(reply, receive, send, announced=announced, sent=len(reply.body))
        case "stall":
            await _stall(reply, fault.seconds, receive, send)
        case "flood":
            await _flood(reply, fault, send)
        case _:
            await deliver(reply, send)


def spoil(reply: Reply, fault: Fault, error: Callable[[int, int, str], Reply], clock: Clock) -> Reply:
    """The answer with its content replaced, where the fault says so.

    :param error: makes the service's own error answer from status, inner code and text
    """
    match fault.effect:
        case "html":
            reply = Reply(fault.status or 200, _GATEWAY_PAGE, "text/html; charset=utf-8")
        case "status" | "late_commit":
            reply = _chosen(fault, error)
        case "rate_limited":
            status = fault.status or 429
            reply = error(status, fault.code or 429, "Too many requests")
            if fault.retry_after is not None:
                moment = clock.now() + timedelta(seconds=fault.retry_after)
                date_form = fault.retry_after_form == "date"
                value = format_datetime(moment, usegmt=True) if date_form else str(fault.retry_after)
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
    reply.headers += list(fault.headers.items())
    return reply


def _chosen(fault: Fault, error: Callable[[int, int, str], Reply]) -> Reply:
    status = fault.status or 503
    if fault.body is None:
        return error(status, fault.code or status, HTTPStatus(status).phrase if status in _PHRASES else "Error")
    if isinstance(fault.body, str):
        return Reply(status, fault.body.encode(), "text/plain; charset=utf-8")
    return Reply(status, jsons.dumps(fault.body))


def _transport(send: Send) -> asyncio.Transport:
    """The connection under an ASGI ``send``: uvicorn's request cycle, whose method it is, holds it."""
    transport: asyncio.Transport = send.__self__.transport  # type: ignore[attr-defined]
    return transport


async def _cut(receive: Receive, send: Send) -> None:
    transport = _transport(send)
    connection = transport.get_extra_info("socket")
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    transport.abort()
    await _until_gone(receive, _CLOSING_SECONDS)


async def _raw(reply: Reply, receive: Receive, send: Send, *, announced: int, sent: int) -> None:
    """Write past the server, which would refuse a wrong length; then end the connection."""
    transport = _transport(send)
    transport.write(_head(reply, announced) + reply.body[:sent])
    transport.close()
    await _until_gone(receive, _CLOSING_SECONDS)


async def _stall(reply: Reply, seconds: float, receive: Receive, send: Send) -> None:
    """Half of the answer, then silence until the client gives up or the time is over."""
    transport = _transport(send)
    transport.write(_head(reply, len(reply.body)) + reply.body[: len(reply.body) // 2])
    await _until_gone(receive, seconds)
    transport.abort()
    await _until_gone(receive, _CLOSING_SECONDS)


async def _flood(reply: Reply, fault: Fault, send: Send) -> None:
    """The answer, and after it blanks, which belong to JSON as well as to a file."""
    pack = zlib.compressobj(wbits=_GZIP) if fault.compressed else None
    headers = [(b"content-type", reply.content_type.encode("latin-1"))]
    if pack:
        headers.append((b"content-encoding", b"gzip"))
    elif fault.announced:
        headers.append((b"content-length", b"%d" % (len(reply.body) + fault.megabytes * len(_MEGABYTE))))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    for piece in itertools.chain([reply.body], itertools.repeat(_MEGABYTE, fault.megabytes)):
        body = pack.compress(piece) if pack else piece
        await send({"type": "http.response.body", "body": body, "more_body": True})
    await send({"type": "http.response.body", "body": pack.flush() if pack else b""})


async def _until_gone(receive: Receive, seconds: float) -> None:
    """Wait until the connection has ended; the server would answer on it otherwise."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass


def _head(reply: Reply, announced: int) -> bytes:
    lines = [f"HTTP/1.1 {reply.status} {_PHRASES.get(reply.status, '')}", f"content-type: {reply.content_type}"]
    lines += [f"content-length: {announced}", "connection: close"]
    lines += [f"{name}: {value}" for name, value in reply.headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


_PHRASES = {status.value: status.phrase for status in HTTPStatus}
