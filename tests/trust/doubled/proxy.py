"""A TCP proxy in front of the sandbox that does to requests and answers what networks do.

It understands just enough HTTP to know where a request ends. What it does to a request is decided by a
:class:`Mischief`; each request gets a connection to the sandbox of its own.
"""

from __future__ import annotations

import random
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "twice", "twice, second answer", "cut in the headers", "drip", "half-close", "answer late", "deliver late"
]
KINDS: tuple[Kind, ...] = (
    "twice",
    "twice, second answer",
    "cut in the headers",
    "drip",
    "half-close",
    "answer late",
    "deliver late",
)
LATE = 2.5
"""Seconds; longer than the clients of the tests wait for an answer."""
_DRIP = 0.7
"""Seconds between two bytes: sooner than the read timeout, so that only a limit for the whole call ends it."""
_PATIENCE = 10.0
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)


@dataclass
class Mischief:
    """What is done to which requests.

    :param writes: only to requests that write
    :param share: of the requests, between 0 and 1; the first is always struck
    """

    kind: Kind
    writes: bool
    share: float
    chance: random.Random
    done: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def strikes(self, request: bytes) -> bool:
        """Decide on a request."""
        with self._lock:
            if self.writes and request.startswith(b"GET "):
                return False
            strikes = not self.done or self.chance.random() < self.share
            self.done += strikes
            return strikes


class Proxy:
    """Listens on a port of its own and passes on to the sandbox.

    :param port: of the sandbox
    """

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.mischief: Mischief | None = None
        self._threads: list[threading.Thread] = []

    def serve(self) -> None:
        """Accept connections until :meth:`close`."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._start(self._converse, client)

    def close(self) -> None:
        """Accept nothing more, and wait until what is under way has been delivered."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(_PATIENCE)

    def settle(self) -> None:
        """Wait until all that is under way has been delivered."""
        for thread in list(self._threads):
            if thread.name == "late":
                thread.join(_PATIENCE)

    def _start(self, work: Callable[..., None], *arguments: object, name: str = "") -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True, name=name or None)
        self._threads.append(thread)
        thread.start()

    def _converse(self, client: socket.socket) -> None:
        client.settimeout(_PATIENCE)
        with client, suppress(OSError):
            while request := _read_request(client):
                mischief = self.mischief
                if mischief is None or not mischief.strikes(request):
                    client.sendall(self._answer(request))
                elif not self._trouble(mischief.kind, request, client):
                    return

    def _trouble(self, kind: Kind, request: bytes, client: socket.socket) -> bool:
        """Do what a mischief is about.

        :return: whether the connection continues
        """
        match kind:
            case "twice":
                answer = self._answer(request)
                self._answer(request)
                client.sendall(answer)
                return True
            case "twice, second answer":
                self._answer(request)
                client.sendall(self._answer(request))
                return True
            case "cut in the headers":
                answer = self._answer(request)
                client.sendall(answer[: answer.index(b"\r\n") + 20])
            case "half-close":
                answer = self._answer(request)
                client.sendall(answer[: (answer.index(b"\r\n\r\n") + len(answer)) // 2])
                client.shutdown(socket.SHUT_WR)
                client.recv(1)  # until the client gives up
            case "drip":
                for byte in self._answer(request):
                    client.sendall(bytes([byte]))
                    time.sleep(_DRIP)
            case "answer late":
                answer = self._answer(request)
                time.sleep(LATE)
                client.sendall(answer)
            case "deliver late":
                self._start(self._deliver_late, request, name="late")
                client.recv(1)
        return False

    def _deliver_late(self, request: bytes) -> None:
        time.sleep(LATE)
        with suppress(OSError):
            self._answer(request)

    def _answer(self, request: bytes) -> bytes:
        """Deliver a request to the sandbox; return the whole answer."""
        head, _, body = request.partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        with socket.create_connection(self._target, _PATIENCE) as upstream:
            upstream.sendall(b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + body)
            parts = []
            while part := upstream.recv(65536):
                parts.append(part)
        head, _, body = b"".join(parts).partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _read_request(client: socket.socket) -> bytes:
    """Read one request; empty when the client has closed the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = client.recv(65536)
        if not part:
            return b""
        data += part
    head = data[: data.index(b"\r\n\r\n") + 4]
    length = _LENGTH.search(head)
    while not _is_whole(data, head, int(length[1]) if length else None):
        part = client.recv(65536)
        if not part:
            return b""  # given up in the middle: nothing is delivered
        data += part
    return data


def _is_whole(data: bytes, head: bytes, length: int | None) -> bool:
    if length is not None:
        return len(data) >= len(head) + length
    return not _CHUNKED.search(head) or data.endswith(b"\r\n0\r\n\r\n")


@contextmanager
def proxied(port: int) -> Iterator[Proxy]:
    """Run a proxy in a thread for the time of a ``with`` block."""
    proxy = Proxy(port)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join(_PATIENCE)
