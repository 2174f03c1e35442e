"""Connections that are refused: for chosen calls nothing listens."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter

from debitoor_provider.sandbox.debitoor.operations import OPERATIONS as DEBITOOR
from debitoor_provider.sandbox.gmi.operations import OPERATIONS as GMI
from debitoor_provider.sandbox.router import Router

if TYPE_CHECKING:
    import requests

_ROUTER = Router((*GMI, *DEBITOOR))


class Refusing(HTTPAdapter):
    """Send chosen calls to a port without a listener.

    :param operation: name of the calls
    :param hits: called with the number of these calls so far, this one included; return whether to refuse it
    """

    def __init__(self, operation: str, hits: Callable[[int], bool]) -> None:
        super().__init__()
        self.applied = 0
        self._operation, self._hits, self._seen = operation, hits, 0
        self._bound = socket.socket()
        self._bound.bind(("127.0.0.1", 0))  # and never listen

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        called = _ROUTER.match(request.method or "", parts.path).operation
        if called is not None and called.name == self._operation:
            self._seen += 1
            if self._hits(self._seen):
                self.applied += 1
                request.url = parts._replace(netloc=f"127.0.0.1:{self._bound.getsockname()[1]}").geturl()
        return super().send(request, *args, **kwargs)

    def close(self) -> None:
        super().close()
        self._bound.close()
