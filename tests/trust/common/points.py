"""The points on a document's way at which a worker process can be ended: at every HTTP call, at every ledger write.

A call that reads has up to three of them: *begun* (nothing is sent), *half read* (a part of a file is here), *read*
(nothing is done with it yet). One that writes also has *half sent* (a part of the body), *sent* (all of it, no answer
yet) and *answered* (the answer's head is here, its body is not). A ledger write has: *begun*, *uncommitted*, *done*.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from sqlalchemy import Connection, Engine, event

from debitoor_provider.services.http import answer_reader
from debitoor_provider.services.http.transport import Call, Transport
from debitoor_provider.sync.ledger import Ledger

Reach = Callable[[str], None]

_now = (
    threading.local()
)  # what the thread is at: ``call``, ``writes``, ``body`` (its first block is to come), ``method``


def instrument(reach: Reach) -> None:
    """Report every point of this process from now on. Use it in a process that ends soon: nothing is restored."""
    _instrument_calls(reach)
    _instrument_sockets(reach)
    _instrument_ledger(reach)


def _instrument_calls(reach: Reach) -> None:
    send, pieces = Transport._send, answer_reader.checked_pieces

    def traced_send(self: Transport, call: Call) -> Any:
        reach(f"{call.operation}: begun")
        _now.call, _now.body = call.operation, call.body is not None
        _now.writes = call.method != "GET"
        response = send(self, call)
        if _now.writes:
            reach(f"{call.operation}: answered")
        return response

    def traced_pieces(*args: Any) -> Iterator[bytes]:
        for number, piece in enumerate(pieces(*args)):
            if number == 1:
                reach(f"{_now.call}: half read")
            yield piece

    Transport._send = traced_send
    answer_reader.checked_pieces = traced_pieces
    for name in ("call", "stream"):
        setattr(Transport, name, _traced_read(getattr(Transport, name), reach))


def _traced_read(carry_out: Callable[..., Any], reach: Reach) -> Callable[..., Any]:
    @wraps(carry_out)
    def traced(self: Transport, call: Call, *args: Any, **kwargs: Any) -> Any:
        result = carry_out(self, call, *args, **kwargs)
        reach(f"{call.operation}: read")
        return result

    return traced


def _instrument_sockets(reach: Reach) -> None:
    send, getresponse = http.client.HTTPConnection.send, http.client.HTTPConnection.getresponse

    def traced_send(self: http.client.HTTPConnection, data: Any) -> None:
        is_head = isinstance(data, bytes) and b" HTTP/1.1\r\n" in data[:4000]
        if is_head or not getattr(_now, "body", False) or not isinstance(data, bytes | bytearray):
            send(self, data)
            return
        _now.body = False
        send(self, data[: len(data) // 2])
        reach(f"{_now.call}: half sent")
        send(self, data[len(data) // 2 :])

    def traced_getresponse(self: http.client.HTTPConnection) -> http.client.HTTPResponse:
        if getattr(_now, "writes", False):
            reach(f"{_now.call}: sent")
        return getresponse(self)

    http.client.HTTPConnection.send = traced_send
    http.client.HTTPConnection.getresponse = traced_getresponse


def _instrument_ledger(reach: Reach) -> None:
    def uncommitted(_connection: Connection) -> None:  # what only reads is never committed
        method = getattr(_now, "method", None)
        if method:
            reach(f"ledger {method}: uncommitted")

    event.listen(Engine, "commit", uncommitted)
    parts = {name: type(part) for name, part in vars(Ledger("sqlite:///ledger.db")).items() if name[0] != "_"}
    for part, kind in parts.items():
        for name, method in vars(kind).items():
            if callable(method) and not name.startswith("_"):
                setattr(kind, name, _traced(f"{part}.{name}", method, reach))


def _traced(name: str, method: Callable[..., Any], reach: Reach) -> Callable[..., Any]:
    @wraps(method)
    def traced(*args: Any, **kwargs: Any) -> Any:
        reach(f"ledger {name}: begun")
        _now.method = name
        try:
            result = method(*args, **kwargs)
        finally:
            _now.method = None
        reach(f"ledger {name}: done")
        return result

    return traced
