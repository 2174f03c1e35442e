"""Connections of urllib3 that keep a call's time limit and notice an answer that is cut inside its headers.

http.client takes the end of a connection for the end of the headers, and a body without a length for complete when the
connection ends: ``HTTP/1.1 200 OK``, half a header and a closed connection are an empty success to it. Of the interim
answers (RFC 9110 15.2) it skips ``100 Continue`` only, and takes another one for the answer.
"""

from __future__ import annotations

import io
from http.client import BadStatusLine, HTTPResponse, LineTooLong, RemoteDisconnected
from typing import TYPE_CHECKING, Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from debitoor_provider.services.http import time_limit

if TYPE_CHECKING:
    import socket


_LONGEST_LINE = 65536  # as http.client's own
_SWITCHING_PROTOCOLS = 101


class _LimitedReader(io.RawIOBase):
    """Reads from a socket within the time limit of the call that was begun last in this thread."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase) -> None:
        self._sock = sock
        self._raw = raw
        self._limit = time_limit.current()
        self.at_end = False

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
        if count:
            limit.received += count
        else:
            self.at_end = True
        return count

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _LimitedSocket:
    """What http.client needs of a socket to read an answer."""

    def __init__(self, sock: socket.socket) -> None:
        self.reader = _LimitedReader(sock, sock.makefile("rb", buffering=0))

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self.reader)


class _CheckedResponse(HTTPResponse):
    """An answer whose headers have an end of their own, without the interim ones before it."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        limited = _LimitedSocket(sock)
        super().__init__(limited, *args, **kwargs)  # type: ignore[arg-type]
        self._reader = limited.reader

    def begin(self) -> None:
        super().begin()
        # Nothing is read ahead: behind complete headers the end of the connection is not known yet.
        if self._reader.at_end:
            raise RemoteDisconnected("the connection was closed inside the answer's headers")

    def _read_status(self) -> tuple[str, int, str]:
        version, status, reason = super()._read_status()  # type: ignore[misc]
        while 100 <= status < 200:
            if status == _SWITCHING_PROTOCOLS:  # which no request asks for
                raise BadStatusLine(f"{version} {status}")
            self._skip_headers()
            version, status, reason = super()._read_status()  # type: ignore[misc]
        return version, status, reason

    def _skip_headers(self) -> None:
        while (line := self.fp.readline(_LONGEST_LINE + 1)) not in {b"\r\n", b"\n"}:
            if not line:
                raise RemoteDisconnected("the connection was closed inside the headers of an interim answer")
            if len(line) > _LONGEST_LINE:
                raise LineTooLong("header line")


class _LimitedConnection(HTTPConnection):
    response_class = _CheckedResponse

    def send(self, data: Any) -> None:
        _send(self, super().send, data)


class _LimitedTLSConnection(HTTPSConnection):
    response_class = _CheckedResponse

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
