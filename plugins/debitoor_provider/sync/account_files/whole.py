"""Files that are written whole or not at all: a reader of the folder never finds half of one."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK}


def replace_file(path: Path, content: bytes) -> None:
    """Put a whole file in the place of another, if there is one; a reader finds the old or the new one."""
    with _draft(path, content) as draft:
        draft.replace(path)


def add_file(path: Path, content: bytes) -> None:
    """Write a whole new file.

    :raises FileExistsError: when it is there already
    """
    with _draft(path, content) as draft:
        try:
            path.hardlink_to(draft)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            path.touch(
                0o644, exist_ok=False
            )  # a file system without links: until then it is an empty file, which is reported as such
            try:
                draft.replace(path)
            except BaseException:
                path.unlink(missing_ok=True)
                raise


@contextmanager
def _draft(path: Path, content: bytes) -> Iterator[Path]:
    draft = path.with_name(f".{secrets.token_hex(8)}.tmp")  # hidden files are no accounts
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    try:
        with os.fdopen(os.open(draft, flags, 0o644), "wb") as file:
            if path.exists():
                os.fchmod(file.fileno(), path.stat().st_mode & 0o777)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)
