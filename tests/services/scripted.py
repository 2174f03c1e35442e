"""A local HTTP service that answers by a script and remembers what it was asked."""

from __future__ import annotations

import json
import socket
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

CANARY = "k3y-CANARY-0123456789"


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """One answer; ``missing`` bytes are announced but not sent, ``hang_up`` closes without any answer."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    missing: int = 0
    hang_up: bool = False


Script = Reply | Callable[[Asked], Reply]

HANG_UP = Reply(hang_up=True)
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\n%%EOF\n"


def pdf(content: bytes = PDF, **headers: str) -> Reply:
    return Reply(content, headers={"Content-Type": "application/pdf", **headers})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


class ScriptedService:
    """Answers each path by its script; the last reply of a script is repeated."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._every: Reply | None = None
        self._scripts: dict[tuple[str, str], list[Script]] = defaultdict(list)
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def on(self, method: str, path: str, *replies: Script) -> None:
        """Set the answers to a path, in their order."""
        self._scripts[method, path] = list(replies)

    def answer_all(self, reply: Reply) -> None:
        """Set the answer to every request that has no script."""
        self._every = reply

    def calls(self, method: str, path: str) -> list[Asked]:
        """Return the requests that came for a path."""
        return [asked for asked in self.asked if (asked.method, asked.path) == (method, path)]

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _next(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
            script = self._scripts.get((asked.method, asked.path))
            if not script:
                return self._every or Reply({"code": 404, "message": "not scripted"}, status=404)
            reply = script.pop(0) if len(script) > 1 else script[0]
        return reply if isinstance(reply, Reply) else reply(asked)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # head and body leave together

            def answer(self) -> None:
                address = urlsplit(self.path)
                length = int(self.headers.get("Content-Length", 0))
                asked = Asked(
                    self.command, address.path, parse_qs(address.query), dict(self.headers), self.rfile.read(length)
                )
                self._write(service._next(asked))

            do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - names of http.server

            def _write(self, reply: Reply) -> None:
                if reply.hang_up:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                raw = isinstance(reply.body, bytes)
                body = reply.body if raw else json.dumps(reply.body).encode()
                headers = {"Content-Type": "text/plain" if raw else "application/json; charset=utf-8", **reply.headers}
                self.send_response(reply.status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body) + reply.missing))
                self.end_headers()
                self.wfile.write(body)
                self.wfile.flush()
                if reply.missing:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                """Suppress the log."""

        return Handler


@pytest.fixture
def service() -> Iterator[ScriptedService]:
    """Run a service until the test ends."""
    scripted = ScriptedService()
    yield scripted
    scripted.stop()
