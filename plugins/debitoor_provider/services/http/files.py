"""Take a file from a service: nothing of it is written before it is known to be what its name says."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, BinaryIO

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import BadAnswer, FileRefused

if TYPE_CHECKING:
    from collections.abc import Iterable

PDF_MAGIC = b"%PDF-"
_PDF_END = b"%%EOF"
_LAST = 1024  # bytes, among which readers of PDF look for its end


def write_checked(
    pieces: Iterable[bytes],
    into: BinaryIO,
    *,
    largest: int | None = None,
    pdf: bool = False,
    whole: bool = False,
    known_end: bool = True,
) -> int:
    """Write the pieces of a file.

    :param largest: bytes that are accepted
    :param pdf: whether it has to start like a PDF
    :param whole: whether it has to end like one too
    :param known_end: whether the answer itself shows that it is complete; otherwise only the end of a PDF does
    :return: number of bytes written
    :raises FileRefused: for an empty, too large or wrong file; of a too large one the beginning was written
    :raises BadAnswer: for one that broke off, or may have
    """
    rest = iter(pieces)
    head = b""
    for piece in rest:
        head += piece
        if len(head) >= len(PDF_MAGIC):
            break
    if pdf and head and not head.startswith(PDF_MAGIC):
        raise FileRefused(Message("file_not_pdf"))
    written, last = 0, b""
    needs_mark = whole or not known_end
    for piece in chain((head,), rest):
        written += len(piece)
        check_size(written, largest)
        into.write(piece)
        if needs_mark:
            last = (last + piece)[-_LAST:]
    if not written and known_end:
        raise FileRefused(Message("file_empty"))
    if needs_mark and _PDF_END not in last:
        raise BadAnswer(Message("file_cut"))
    return written


def check_size(size: int, largest: int | None) -> None:
    """Refuse a file that is larger than allowed.

    :raises FileRefused: when it is
    """
    if largest is not None and size > largest:
        raise too_large(largest)


def check_upload(size: int, largest: int, service: str, operation: str) -> None:
    """Refuse to send a file that is empty, or larger than a service takes.

    :raises FileRefused: naming the service
    """
    if not size:
        raise FileRefused(Message("file_empty"), service=service, operation=operation)
    if size > largest:
        raise FileRefused(_too_large(largest), service=service, operation=operation)


def too_large(largest: int) -> FileRefused:
    """Make the error of a file that is larger than allowed."""
    return FileRefused(_too_large(largest))


def _too_large(largest: int) -> Message:
    return Message("file_too_large", megabytes=f"{largest / 1024 / 1024:.0f}")
