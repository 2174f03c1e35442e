"""A mail server on this machine that keeps what it is given."""

from __future__ import annotations

import socketserver
import threading
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import EmailMessage


class Mailbox:
    """Takes mail for everybody, or refuses it.

    :param refuses: answer to each sender instead, e.g. ``550 no``
    """

    def __init__(self, refuses: str = "") -> None:
        self.mails: list[EmailMessage] = []
        self.receivers: list[list[str]] = []
        self.refuses = refuses
        self._server = _Server(("127.0.0.1", 0), _Conversation)
        self._server.box = self
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    box: Mailbox


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self._say("220 here")
        receivers: list[str] = []
        while line := self.rfile.readline():
            command = line.decode().strip()
            verb = command.upper()
            if verb.startswith("MAIL") and self.server.box.refuses:
                self._say(self.server.box.refuses)
            elif verb.startswith("RCPT"):
                receivers.append(command.partition(":")[2].strip("<>"))
                self._say("250 ok")
            elif verb == "DATA":
                self._say("354 go on")
                self.server.box.mails.append(message_from_bytes(self._content(), policy=policy.default))
                self.server.box.receivers.append(receivers)
                self._say("250 kept")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _content(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())
