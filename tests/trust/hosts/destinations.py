"""The addresses a process connects to, from the interpreter's audit hooks, and a host that must not be contacted."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_watching: list[set[tuple[str, int]]] = []


def _note(event: str, args: tuple[Any, ...]) -> None:
    if not _watching or event not in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        return
    address = args[1] if event != "socket.getaddrinfo" else args[:2]
    if isinstance(address, tuple):  # not the path of a local socket
        host = address[0].decode() if isinstance(address[0], bytes) else str(address[0])
        for seen in _watching:
            seen.add((host, int(address[1] or 0)))


sys.addaudithook(_note)


@contextlib.contextmanager
def watched() -> Iterator[set[tuple[str, int]]]:
    """Note every host and port that this process asks a name server for, or connects to."""
    seen: set[tuple[str, int]] = set()
    _watching.append(seen)
    try:
        yield seen
    finally:
        _watching.remove(seen)


class OtherHost:
    """Listen, and keep what is received; nothing should be.

    :param port: of 127.0.0.2; another one of 127.0.0.1 when it is 0
    """

    def __init__(self, port: int = 0) -> None:
        self.received: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.2" if port else "127.0.0.1", port))
        self.host, self.port = self._socket.getsockname()
        self.url = f"http://{self.host}:{self.port}"
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._socket.close()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(2)
                self.received.append(b"")  # even one that says nothing
                self.received[-1] = connection.recv(65536)
                connection.sendall(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")


def odd_links(own: str, other: str) -> list[str]:
    """Return forms of an address that one parser may take for the own host and another may not.

    :param own: ``host:port`` that may be called
    :param other: ``host:port`` that may not
    """
    host, _, port = own.rpartition(":")
    other_host, _, other_port = other.rpartition(":")
    return [
        *(f"http://{other}/a", f"HTTP://{other}/a", f"https://{other}/a", f"hTTp://{other}/a", f"ftp://{other}/a"),
        *(f"//{other}/a", f"///{other}/a", f"////{other}/a", f"/\\{other}/a", f"\\\\{other}/a", f"\\/{other}/a"),
        *(f"http:{other}/a", f"http:/{other}/a", f"http:///{other}/a", f"http:\\\\{other}/a", f"http:/\\{other}/a"),
        *(f"http:\\/{other}/a", f"http:////{other}/a", f"http://\\{other}/a"),
        *(
            f"http://{own}@{other}/a",
            f"http://{own}\\@{other}/a",
            f"http://{other}\\@{own}/a",
            f"http://{own}%40{other}/a",
        ),
        *(
            f"http://{other}#@{own}/a",
            f"http://{other}?@{own}/a",
            f"http://{other}/@{own}/a",
            f"http://{other};@{own}/a",
        ),
        *(
            f"http://{other}&@{own}/a",
            f"http://{other}\\{own}/a",
            f"http://{own}\\.{other}/a",
            f"http://user:pw@{own}/a",
        ),
        *(
            f"http://user:pw@{other}/a",
            f"http://a@b@{other}/a",
            f"http://{own}:{other_port}/a",
            f"http://{own}.{other}/a",
        ),
        *(f"http://{own}.example.invalid/a", f"http://{host}.example.invalid:{port}/a", f"http://{host}.:{port}/a"),
        *(f"http://{other_host}:{port}/a", f"http://{host}:{other_port}/a", f"http://{host}/a", f"http://{host}:/a"),
        *(
            f"http://{host}:0{port}/a",
            f"http://{host}:+{port}/a",
            f"http://{host}: {port}/a",
            f"http://{host}:{port}x/a",
        ),
        *(f"http://{host}:{int(port) + 65536}/a", f"http://{host}:-1/a", f"http://{host}:\u0661/a"),
        *(f"http://2130706433:{port}/a", f"http://0x7f000001:{port}/a", f"http://0x7f.0.0.1:{port}/a"),
        *(f"http://0177.0.0.1:{port}/a", f"http://127.1:{port}/a", f"http://127.0.0.01:{port}/a", f"http://0:{port}/a"),
        *(
            f"http://[::1]:{port}/a",
            f"http://[::ffff:127.0.0.1]:{port}/a",
            f"http://[::1%25lo]:{port}/a",
            "http://[::1/a",
        ),
        *(
            f"http://\uff11\uff12\uff17.0.0.1:{port}/a",
            f"http://127\u30020\u30020\u30021:{port}/a",
            f"http://l\u043ecalhost:{port}/a",
        ),
        *(f"http://localhost:{port}/a", f"http://LOCALHOST:{port}/a", f"http://\u2460\u2461\u2466.0.0.1:{port}/a"),
        *(
            f" http://{other}/a",
            f"\thttp://{other}/a",
            f"\nhttp://{other}/a",
            f"ht\ntp://{other}/a",
            f"http:\t//{other}/a",
        ),
        *(f"http://{other}\n/a", f"http://\n{other}/a", f"\x00http://{other}/a", f"http://{other}\x00.{own}/a"),
        *(
            f"http://{own}\x00@{other}/a",
            f"http://{other}\r\nHost: {own}/a",
            f"\u200bhttp://{other}/a",
            f"http://\u200b{other}/a",
        ),
        *(f"http://{own}/../../{other}/a", f"http://{own}//{other}/a", f"http://{own}/a?next=http://{other}/a"),
        *(
            f"http://{own}/%0d%0aHost:%20{other}",
            f"/a\r\nHost: {other}\r\n",
            f"?//{other}/a",
            f"#//{other}/a",
            f"@{other}/a",
        ),
        *(
            f":{port}@{other}/a",
            f".{other}/a",
            f"a@{other}/a",
            "file:///etc/passwd",
            "data:text/plain,x",
            "javascript:x",
        ),
        *(
            "unix:/tmp/x",
            f"http+unix://{other}/a",
            f"blob:http://{other}/a",
            f"view-source:http://{other}/a",
            "http://",
            "",
            ":",
        ),
        *(f"HTTP://{own}/a", f"http://{own}/a", f"http://{own}", "/a", "a", "../a", "./a", "a/../../../a"),
    ]
