"""What the operating system reports, in the reader's language: its own sentences are English."""

from __future__ import annotations

import errno

from debitoor_provider.messages.message import Message

_CODES = {
    errno.EACCES: "os_no_permission",
    errno.EEXIST: "os_exists",
    errno.EISDIR: "os_is_folder",
    errno.ENAMETOOLONG: "os_name_long",
    errno.ENOENT: "os_missing",
    errno.ENOSPC: "os_full",
    errno.ENOTDIR: "os_no_folder",
    errno.EPERM: "os_no_permission",
    errno.EROFS: "os_read_only",
}


def reason_of(error: OSError) -> Message | str:
    """Return why the system refused something, in a few words; rare errors keep the system's own text."""
    code = _CODES.get(error.errno or 0)
    return Message(code) if code else error.strerror or type(error).__name__
