"""Connections of urllib3 that keep a call's time limit and notice an answer that is cut inside its headers."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from debitoor_provider.services.http import time_limit
from debitoor_provider.services.http.head import CheckedResponse

if TYPE_CHECKING:
    import socket


class _LimitedReader(io.RawIOBase):
    """Reads from a socket within the time limit of the call that was begun last in this thread."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase) -> None:
        self._sock = sock
        self._raw = raw
        self._limit = time_limit.current()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        limit = self._limit
        wait = limit.next_wait()
        if wait < limit.idle:
            self._sock.settimeout(wait)
        try:
            count = self._raw.readinto(buffer)
        except TimeoutError:
            limit.next_wait()  # raises when it is the limit that is over
            raise
        limit.received += count or 0
        return count

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _LimitedSocket:
    """What http.client needs of a socket to read an answer."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_LimitedReader(self._sock, self._sock.makefile("rb", buffering=0)))


class _LimitedResponse(CheckedResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(_LimitedSocket(sock), *args, **kwargs)  # type: ignore[arg-type]  # all it needs of one


class _LimitedConnection(HTTPConnection):
    response_class = _LimitedResponse

    def send(self, data: Any) -> None:
        _send(self, super().send, data)


class _LimitedTLSConnection(HTTPSConnection):
    response_class = _LimitedResponse

    def send(self, data: Any) -> None:
        _send(self, super().send, data)


def _send(connection: HTTPConnection, send: Any, data: Any) -> None:
    """Send one piece; a socket's timeout holds for the whole piece."""
    limit = time_limit.current()
    wait = limit.before_sending()
    sock: socket.socket | None = connection.sock
    if sock is not None and sock.gettimeout() != wait:
        sock.settimeout(wait)
    try:
        send(data)
    except TimeoutError:
        limit.next_wait()  # raises when it is the limit that is over
        raise
    if isinstance(data, bytes | bytearray):
        limit.sent += len(data)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _LimitedConnection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _LimitedTLSConnection


POOLS = {"http": _Pool, "https": _TLSPool}
"""For ``PoolManager.pool_classes_by_scheme``."""
