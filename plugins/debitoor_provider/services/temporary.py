"""What happens when this machine's disk of temporary files is full or fails."""

from __future__ import annotations

from tempfile import gettempdir

from debitoor_provider.messages import Message, reason_of
from debitoor_provider.services.errors import RetryError


def disk_failure(error: OSError) -> RetryError:
    """Return the error of a run that cannot keep its temporary files; it is tried again once there is room.

    :param error: what the system reported
    """
    return RetryError(Message("temporary_files_unusable", folder=gettempdir(), reason=reason_of(error)))
