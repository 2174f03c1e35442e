"""Read the head of an answer: the status line and the headers, to their end.

http.client takes the end of a connection for the end of the headers, and a body without a length for complete when the
connection ends: ``HTTP/1.1 200 OK``, half a header and a closed connection are an empty success to it. Of the interim
answers (RFC 9110 15.2) it skips ``100 Continue`` only, and takes another one for the answer. It parses each head as an
e-mail, which is a tenth of the work of moving a document; here that is left to heads of an unusual form.
"""

from __future__ import annotations

import io
import re
from http.client import (
    BadStatusLine,
    HTTPMessage,
    HTTPResponse,
    LineTooLong,
    RemoteDisconnected,
    UnknownProtocol,
    parse_headers,
)
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable, Iterator

_LONGEST_LINE = 65536  # as http.client's own
_MOST_LINES = 100
_SWITCHING_PROTOCOLS = 101
_WITHOUT_BODY = (204, 304)  # as http.client has it: a 205 may have a length of its own

_STATUS = re.compile("[1-9][0-9]{2}")
_USUAL = re.compile(rb"(?:[!-9;-~]+:[^\r\n]*\r?\n){0,99}\r?\n")
_HEADER = re.compile(r"([!-9;-~]+):[ \t]*([^\r\n]*)")


class CheckedResponse(HTTPResponse):
    """An answer whose headers have an end of their own, without the interim ones before it."""

    version: int

    def __init__(
        self, sock: socket.socket, debuglevel: int = 0, method: str | None = None, url: str | None = None
    ) -> None:
        super().__init__(sock, debuglevel, method, url)
        self._asks_for_head = method == "HEAD"

    def begin(self) -> None:
        """Read the head, and find out by it how the body ends (RFC 9112 6.3)."""
        version, status, reason = self._final_status()
        self.code = self.status = status
        self.reason = reason.strip()
        if version in {"HTTP/1.0", "HTTP/0.9"}:
            self.version = 10
        elif version.startswith("HTTP/1."):
            self.version = 11
        else:
            raise UnknownProtocol(version)
        self.headers = self.msg = parsed(self._header_lines())
        self.chunked = self.headers.get("Transfer-Encoding", "").lower() == "chunked"
        self.chunk_left = None
        self.length = None if self.chunked else _length(self.headers.get("Content-Length", ""))
        if status in _WITHOUT_BODY or self._asks_for_head:
            self.length = 0
        has_end = self.chunked or self.length is not None
        self.will_close = self._ends_connection() or not has_end

    def _final_status(self) -> tuple[str, int, str]:
        while True:
            version, status, reason = self._status_line()
            if not 100 <= status < 200:
                return version, status, reason
            if status == _SWITCHING_PROTOCOLS:  # which no request asks for
                raise BadStatusLine(f"{version} {status}")
            for _ in self._header_lines():
                pass

    def _status_line(self) -> tuple[str, int, str]:
        line = str(self.fp.readline(_LONGEST_LINE + 1), "iso-8859-1")
        if not line:
            raise RemoteDisconnected("the connection was closed without an answer")
        if len(line) > _LONGEST_LINE:
            raise LineTooLong("status line")
        version, status, reason = [*line.split(None, 2), "", "", ""][:3]
        if not (version.startswith("HTTP/") and _STATUS.fullmatch(status)):
            raise BadStatusLine(line)
        return version, int(status), reason

    def _ends_connection(self) -> bool:
        """Return whether the connection ends with this answer; before HTTP/1.1 unless a header keeps it."""
        options = self.headers.get("Connection", "").lower()
        if self.version == 11:
            return "close" in options
        by_proxy = self.headers.get("Proxy-Connection", "").lower()
        return not (self.headers.get("Keep-Alive") or "keep-alive" in options or "keep-alive" in by_proxy)

    def _header_lines(self) -> Iterator[bytes]:
        """Yield the lines up to the empty one."""
        line = b""
        while line not in {b"\r\n", b"\n"}:
            line = self.fp.readline(_LONGEST_LINE + 1)
            if not line:
                raise RemoteDisconnected("the connection was closed inside the answer's headers")
            if len(line) > _LONGEST_LINE:
                raise LineTooLong("header line")
            yield line


def parsed(lines: Iterable[bytes]) -> HTTPMessage:
    """Return the headers of a head, as http.client does.

    :param lines: with the empty one at the end
    """
    head = b"".join(islice(lines, _MOST_LINES + 1))
    if not _USUAL.fullmatch(head):  # or of too many lines
        return parse_headers(io.BytesIO(head))
    headers = HTTPMessage()
    for name, value in _HEADER.findall(head.decode("iso-8859-1")):
        headers.set_raw(name, value)
    return headers


def _length(value: str) -> int | None:
    try:
        number = int(value)
    except ValueError:
        return None
    return number if number >= 0 else None
