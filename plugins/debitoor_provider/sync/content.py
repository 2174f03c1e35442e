"""A document's file on its way: in memory while it is small, on disk when it is not, hashed once."""

from __future__ import annotations

import errno
import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, cast

from debitoor_provider.services.http.files import PDF_MAGIC
from debitoor_provider.services.temporary import disk_failure
from debitoor_provider.sync.obstacle import rejected

if TYPE_CHECKING:
    from collections.abc import Iterator

_IN_MEMORY = 1 << 20  # bytes; above that a file goes through the disk
_PIECE = 1 << 16  # bytes
_DISK_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS}


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of one file.

    :param body: positioned at the start
    :param size: bytes
    :param sha256: hex digest
    """

    body: BinaryIO
    size: int
    sha256: str


@contextmanager
def spool() -> Iterator[BinaryIO]:
    """Open a temporary file that lives in memory until it grows.

    :raises RetryError: when the disk of temporary files is full or fails
    """
    try:
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as body:
            yield cast("BinaryIO", body)
    except OSError as error:
        if error.errno not in _DISK_ERRORS:
            raise
        raise disk_failure(error) from error


def seal(body: BinaryIO, filename: str) -> Content:
    """Check and hash what was written into a spool.

    :param filename: the document's name at its source; a name that ends in ``.pdf`` promises a PDF
    :raises Obstacle: when the file is empty or not what its name says
    """
    size = body.tell()
    if not size:
        raise rejected("empty_file")
    body.seek(0)
    if PurePosixPath(filename.lower()).suffix == ".pdf" and body.read(len(PDF_MAGIC)) != PDF_MAGIC:
        raise rejected("not_a_pdf")
    body.seek(0)
    digest = hashlib.sha256()
    while piece := body.read(_PIECE):  # hashlib.file_digest has a buffer of 256 kB made and cleared for each file
        digest.update(piece)
    body.seek(0)
    return Content(body, size, digest.hexdigest())
