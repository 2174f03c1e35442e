"""What the clients of both services have in common: a transport that is closed at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from datetime import timedelta

    from debitoor_provider.services.http.transport import Transport


class BaseClient:
    """A client that makes its calls through a transport, and is a context manager."""

    transport: Transport

    @property
    def clock_offset(self) -> timedelta | None:
        """How far the service's clock is ahead of ours (negative: behind); ``None`` before the first answer."""
        return self.transport.clock_offset

    def close(self) -> None:
        """Close all connections."""
        self.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
