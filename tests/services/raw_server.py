"""A server for one kind of broken answer: it sends bytes as they are, at its own pace."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress


class RawServer:
    """Answers every connection with the next of its answers; the last one is repeated."""

    def __init__(
        self,
        *answers: bytes | Iterable[bytes],
        pause: float = 0.0,
        reads: bool = True,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.answers = list(answers)
        self.requests = 0
        self._pause = pause
        self._reads = reads
        self._tls = tls
        self._closing = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(0.05)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._thread.join()
        self._listening.close()

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listening.accept()
            except TimeoutError:
                continue
            connection.settimeout(1)
            with suppress(OSError), self._wrapped(connection) as wrapped:
                self._answer(wrapped)

    def _wrapped(self, connection: socket.socket) -> socket.socket:
        return self._tls.wrap_socket(connection, server_side=True) if self._tls else connection

    def _answer(self, connection: socket.socket) -> None:
        self.requests += 1
        try:
            if self._reads:
                self._read(connection)
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            for piece in [answer] if isinstance(answer, bytes) else answer:
                if self._closing.is_set():
                    return
                connection.sendall(piece)
                time.sleep(self._pause)
        except OSError:
            return

    @staticmethod
    def _read(connection: socket.socket) -> None:
        received = b""
        while b"\r\n\r\n" not in received:
            received += connection.recv(65536)
        head, _, body = received.partition(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        while len(body) < length:
            body += connection.recv(65536)


@contextmanager
def raw_server(
    *answers: bytes | Iterable[bytes], pause: float = 0.0, reads: bool = True, tls: ssl.SSLContext | None = None
) -> Iterator[RawServer]:
    server = RawServer(*answers, pause=pause, reads=reads, tls=tls)
    try:
        yield server
    finally:
        server.close()


def dripping(text: bytes = b"", byte: bytes = b"x") -> Iterator[bytes]:
    """Yield a beginning, then one byte at a time without an end."""
    if text:
        yield text
    while True:
        yield byte
