"""Take a file from a service: nothing of it is written before it is known to be what its name says."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, BinaryIO

from debitoor_provider.services.errors import FileRefused

if TYPE_CHECKING:
    from collections.abc import Iterable

PDF_MAGIC = b"%PDF-"


def write_checked(pieces: Iterable[bytes], into: BinaryIO, *, largest: int | None = None, pdf: bool = False) -> int:
    """Write the pieces of a file.

    :param largest: bytes that are accepted
    :param pdf: whether it has to start like a PDF
    :return: number of bytes written
    :raises FileRefused: for an empty, too large or wrong file; of a too large one the beginning was written
    """
    rest = iter(pieces)
    head = b""
    for piece in rest:
        head += piece
        if len(head) >= len(PDF_MAGIC):
            break
    if pdf and head and not head.startswith(PDF_MAGIC):
        raise FileRefused("The file is not a PDF, though its name says so.")
    written = 0
    for piece in chain((head,), rest):
        written += len(piece)
        check_size(written, largest)
        into.write(piece)
    if not written:
        raise FileRefused("The file is empty.")
    return written


def check_size(size: int, largest: int | None) -> None:
    """Refuse a file that is larger than allowed.

    :raises FileRefused: when it is
    """
    if largest is not None and size > largest:
        raise too_large(largest)


def too_large(largest: int) -> FileRefused:
    """Make the error of a file that is larger than allowed."""
    return FileRefused(
        f"The file is larger than the {largest / 1024 / 1024:.0f} MiB allowed.",
        remedy="Make the file smaller, or raise the limit in the connection.",
    )
