"""Send an answer with a fault of the transport: cut, truncated, stalled, slow, endless or with a wrong length."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import struct
import zlib
from typing import TYPE_CHECKING

from debitoor_provider.sandbox.delivery.content_faults import PHRASES
from debitoor_provider.sandbox.delivery.sending import Receive, Send, deliver

if TYPE_CHECKING:
    from debitoor_provider.sandbox.faults import Fault
    from debitoor_provider.sandbox.http import Reply

_CLOSING_SECONDS = 10.0
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER with no time: close sends a reset
_MEGABYTE = b" " * (1 << 20)
_GZIP = 31  # zlib's number for the format


async def deliver_with_fault(
    reply: Reply, fault: Fault, transport: asyncio.Transport, receive: Receive, send: Send
) -> None:
    """Send an answer; faults of its content were applied before.

    :param transport: the connection under ``send``
    """
    size = len(reply.body)
    match fault.effect:
        case "cut" | "drop_tags":
            await _cut(transport, receive)
        case "cut_in_headers":
            head = _head(reply, size)
            await _write_and_close(head[: int(len(head) * fault.keep)], transport, receive)
        case "close_delimited":
            await _write_and_close(_head(reply, None) + reply.body[: int(size * fault.keep)], transport, receive)
        case "truncate":
            await _write_and_close(_head(reply, size) + reply.body[: int(size * fault.keep)], transport, receive)
        case "truncate_hidden":
            reply.body = reply.body[: int(size * fault.keep)]
            await deliver(reply, send)
        case "wrong_length":
            await _write_and_close(_head(reply, max(0, size + fault.delta)) + reply.body, transport, receive)
        case "stall":
            await _stall(reply, fault.seconds, transport, receive)
        case "drip":
            await _drip(reply, fault, transport, receive)
        case "flood":
            await _flood(reply, fault, send)
        case _:
            await deliver(reply, send)


async def _cut(transport: asyncio.Transport, receive: Receive) -> None:
    connection = transport.get_extra_info("socket")
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    transport.abort()
    await _wait_for_disconnect(receive, _CLOSING_SECONDS)


async def _write_and_close(data: bytes, transport: asyncio.Transport, receive: Receive) -> None:
    """Write past the server, which would refuse a wrong length; then end the connection."""
    transport.write(data)
    transport.close()
    await _wait_for_disconnect(receive, _CLOSING_SECONDS)


async def _stall(reply: Reply, seconds: float, transport: asyncio.Transport, receive: Receive) -> None:
    """Send half of the answer, then nothing until the client disconnects or the time is over."""
    transport.write(_head(reply, len(reply.body)) + reply.body[: len(reply.body) // 2])
    await _wait_for_disconnect(receive, seconds)
    transport.abort()
    await _wait_for_disconnect(receive, _CLOSING_SECONDS)


async def _drip(reply: Reply, fault: Fault, transport: asyncio.Transport, receive: Receive) -> None:
    """Send the answer and its blanks one byte at a time, until the client disconnects."""
    blanks = fault.megabytes * len(_MEGABYTE)
    transport.write(_head(reply, len(reply.body) + blanks))
    for byte in itertools.chain(reply.body, itertools.repeat(_MEGABYTE[0], blanks)):
        if transport.is_closing():
            break
        transport.write(bytes([byte]))
        await asyncio.sleep(fault.seconds)
    transport.close()
    await _wait_for_disconnect(receive, _CLOSING_SECONDS)


async def _flood(reply: Reply, fault: Fault, send: Send) -> None:
    """Send the answer followed by blanks, which are valid after JSON and after a PDF."""
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


async def _wait_for_disconnect(receive: Receive, seconds: float) -> None:
    """Wait until the connection has ended; the server would answer on it otherwise."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass


def _head(reply: Reply, length: int | None) -> bytes:
    """Return the status line and headers.

    :param length: the announced length; None announces none, and the end of the connection ends the body
    """
    lines = [f"HTTP/1.1 {reply.status} {PHRASES.get(reply.status, '')}", f"content-type: {reply.content_type}"]
    lines += [] if length is None else [f"content-length: {length}"]
    lines += ["connection: close", *(f"{name}: {value}" for name, value in reply.headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
