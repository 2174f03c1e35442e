from __future__ import annotations

import io
from http.client import BadStatusLine, HTTPException, HTTPResponse, LineTooLong, RemoteDisconnected, UnknownProtocol

import pytest

from debitoor_provider.services.http.head import CheckedResponse

OK = b"HTTP/1.1 200 OK\r\n"
READ = ("version", "status", "reason", "chunked", "length", "will_close")


class Socket:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._content)


def begun(kind: type[HTTPResponse], content: bytes, method: str = "GET") -> HTTPResponse:
    response = kind(Socket(content), method=method)
    response.begin()
    return response


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "head",
    [
        OK + b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n",
        OK + b"content-length:2\r\nX-Empty:\r\nX-Blanks: \t a b \t\r\n\r\n",
        OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n",
        OK + b"Content-Length: -1\r\n\r\n",
        OK + b"Content-Length: two\r\n\r\n",
        OK + b"Transfer-Encoding: Chunked\r\nContent-Length: 2\r\n\r\n",
        OK + b"Transfer-Encoding: gzip\r\nContent-Length: 2\r\n\r\n",
        OK + b"Connection: Close\r\nContent-Length: 2\r\n\r\n",
        OK + b"\r\n",
        OK + b"X-Folded: a\r\n  b\r\nContent-Length: 2\r\n\r\n",
        OK + b" X-Folded-First: a\r\nContent-Length: 2\r\n\r\n",
        OK + b"no colon\r\nContent-Length: 2\r\n\r\n",
        OK + b"Blank : before the colon\r\nContent-Length: 2\r\n\r\n",
        OK + b": no name\r\nContent-Length: 2\r\n\r\n",
        OK + b"From me\r\nContent-Length: 2\r\n\r\n",
        OK + b"X-Return: a\rX-B: b\r\nContent-Length: 2\r\n\r\n",
        OK + b"X-Latin: \xe4\x00\x0b\x85\r\nContent-Length: 2\r\n\r\n",
        OK + b"X-A: b\nContent-Length: 2\n\n",
        OK + b"".join(b"X-%d: a\r\n" % number for number in range(99)) + b"\r\n",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\n\r\n",
        b"HTTP/1.1 404\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nKeep-Alive: timeout=5\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nProxy-Connection: Keep-Alive\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1  200   OK and more \r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\nX-A: b\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\n",
    ],
)
def test_a_head_is_read_as_http_client_reads_it(head, method):
    ours, theirs = (begun(kind, head + b"0\r\n\r\n", method) for kind in (CheckedResponse, HTTPResponse))
    assert ours.msg.items() == theirs.msg.items()
    assert [getattr(ours, name) for name in READ] == [getattr(theirs, name) for name in READ]
    assert vars(ours).keys() - {"_asks_for_head"} == vars(theirs).keys()  # what a newer Python's begins to keep
    assert ours.read() == theirs.read()


@pytest.mark.parametrize(
    ("head", "error"),
    [
        (b"HTTP/2 200 OK\r\n\r\n", UnknownProtocol),
        (b"", RemoteDisconnected),
        (b"\r\n", BadStatusLine),
        (b"SSH-2.0\r\n\r\n", BadStatusLine),
        (b"HTTP/1.1\r\n\r\n", BadStatusLine),
        (b"HTTP/1.1 two\r\n\r\n", BadStatusLine),
        (b"HTTP/1.1 99 Low\r\n\r\n", BadStatusLine),
        (b"HTTP/1.1 1000 High\r\n\r\n", BadStatusLine),
        (b"HTTP/1.1 " + b"2" * 65536 + b"\r\n\r\n", LineTooLong),
        (OK + b"X: " + b"x" * 65536 + b"\r\n\r\n", LineTooLong),
        (OK + b"X: a\r\n" * 100 + b"\r\n", HTTPException),
    ],
)
def test_a_head_that_http_client_refuses_is_refused(head, error):
    for kind in (CheckedResponse, HTTPResponse):
        with pytest.raises(error):
            begun(kind, head)


@pytest.mark.parametrize("head", [OK, OK + b"X-A: b\r\n", OK + b"X-A: b\r\n\r", OK + b"\r", OK + b"Content-Le"])
def test_a_head_without_its_end_is_refused(head):
    with pytest.raises(RemoteDisconnected):
        begun(CheckedResponse, head)
