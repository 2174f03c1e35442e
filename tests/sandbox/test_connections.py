from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from debitoor_provider.sandbox.delivery.connections import transport_of
from debitoor_provider.sandbox.server import running

if TYPE_CHECKING:
    from pathlib import Path


def known(scope: dict[str, Any]) -> bool:
    try:
        return not transport_of(scope).is_closing()
    except KeyError:
        return False


def test_a_connection_is_known_as_long_as_it_is_open(tmp_path: Path):
    with running(tmp_path, thread=True) as admin:
        address = urlsplit(admin.gmi_url)
        with socket.create_connection((address.hostname, address.port), timeout=10) as client:
            scope = {"server": client.getpeername(), "client": client.getsockname()}
            client.sendall(b"GET / HTTP/1.1\r\nHost: sandbox\r\n\r\n")
            assert client.recv(1) == b"H"
            assert known(scope)
        deadline = time.monotonic() + 10
        while known(scope) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not known(scope)
