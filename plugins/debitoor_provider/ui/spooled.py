"""A response that is complete before its first byte is sent: in memory while it is small, on disk when it is not."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

_IN_MEMORY = 1 << 20  # bytes
_PIECE = 1 << 16  # bytes


def spooled() -> BinaryIO:
    """Open a temporary file, which :func:`pieces` closes."""
    return cast("BinaryIO", SpooledTemporaryFile(max_size=_IN_MEMORY))


def pieces(body: BinaryIO) -> Iterator[bytes]:
    """Yield what was written, and close the file."""
    with body:
        body.seek(0)
        while piece := body.read(_PIECE):
            yield piece
