"""What happens when this machine's disk of temporary files is full or fails."""

from __future__ import annotations

import os
from tempfile import gettempdir

from debitoor_provider.messages import Message
from debitoor_provider.services.http.errors import RetryError


def disk_failure(error: OSError) -> RetryError:
    """Return the error of a run that cannot keep its temporary files; it is tried again once there is room.

    :param error: what the system reported
    """
    reason = os.strerror(error.errno) if error.errno else type(error).__name__
    return RetryError(Message("temporary_files_unusable", folder=gettempdir(), reason=reason))
