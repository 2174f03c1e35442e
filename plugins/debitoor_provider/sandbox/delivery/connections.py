"""The connections of the server: what a fault of the transport writes to or ends, past what ASGI has messages for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    import asyncio

_open: dict[tuple[Any, Any], asyncio.Transport] = {}


class TrackedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP, whose open connections :func:`transport_of` knows."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # narrower, as uvicorn has it
        """Remember the connection by its two ends."""
        super().connection_made(transport)
        self._ends = transport.get_extra_info("sockname")[:2], transport.get_extra_info("peername")[:2]
        _open[self._ends] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        _open.pop(self._ends, None)
        super().connection_lost(exc)


def transport_of(scope: Any) -> asyncio.Transport:
    """Return the connection of a request that was just read; a client may end it at any time later.

    :param scope: the request's, as ASGI has it
    """
    return _open[tuple(scope["server"]), tuple(scope["client"])]
