"""Take a file from a service: nothing of it is written before it is known to be what its name says."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, BinaryIO

from debitoor_provider.services.http.errors import BadAnswer, FileRefused

if TYPE_CHECKING:
    from collections.abc import Iterable

PDF_MAGIC = b"%PDF-"
_PDF_END = b"%%EOF"
_LAST = 1024  # bytes, among which readers of PDF look for its end


def write_checked(
    pieces: Iterable[bytes], into: BinaryIO, *, largest: int | None = None, pdf: bool = False, whole: bool = False
) -> int:
    """Write the pieces of a file.

    :param largest: bytes that are accepted
    :param pdf: whether it has to start like a PDF
    :param whole: whether it has to end like one too, which tells a file that broke off where nothing tells its size
    :return: number of bytes written
    :raises FileRefused: for an empty, too large or wrong file; of a too large one the beginning was written
    :raises BadAnswer: for one that broke off
    """
    rest = iter(pieces)
    head = b""
    for piece in rest:
        head += piece
        if len(head) >= len(PDF_MAGIC):
            break
    if pdf and head and not head.startswith(PDF_MAGIC):
        raise FileRefused("The file is not a PDF, though its name says so.")
    written, last = 0, b""
    for piece in chain((head,), rest):
        written += len(piece)
        check_size(written, largest)
        into.write(piece)
        if whole:
            last = (last + piece)[-_LAST:]
    if not written:
        raise FileRefused("The file is empty.")
    if whole and _PDF_END not in last:
        raise BadAnswer("The file broke off before its end.")
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
