"""A document's file, fetched from the service that holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import NotFound
from debitoor_provider.ui.jobs import opened_job
from debitoor_provider.ui.spooled import pieces, spooled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from debitoor_provider.sync.accounts.settings import Account
    from debitoor_provider.sync.ledger import Entry
    from debitoor_provider.sync.steps.direction import Side


def fetch(entry: Entry, account: Account, side: Side) -> tuple[str, Iterator[bytes]]:
    """Fetch a document's file whole, and return its name and its pieces.

    :raises NotFound: when the service does not have it
    :raises ServiceError: when the service does not give it
    """
    body = spooled()
    try:
        if side == "target" and not entry.target_id:
            raise NotFound(Message("target_record_unknown"))
        with opened_job(entry.account, account) as job:
            if entry.direction != job.direction.name:
                raise NotFound(Message("direction_changed"))
            name = job.direction.file_name(entry, side)
            job.direction.download(entry, side, body)
    except BaseException:
        body.close()
        raise
    return name, pieces(body)
