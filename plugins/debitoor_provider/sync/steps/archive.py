"""The archive step: what was verified in Debitoor is archived in GetMyInvoices, and nothing else."""

from __future__ import annotations

import logging
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from debitoor_provider.services.http.errors import RejectError, RetryError
from debitoor_provider.sync.batches import chunks
from debitoor_provider.sync.steps.parallel import each, postponed

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.sync.accounts.settings import ExportAccount
    from debitoor_provider.sync.ledger import Entry, Ledger

log = logging.getLogger(__name__)

_TOGETHER = 25
"""Documents that the ledger hears of at once; those of a run that is killed before are archived twice."""
_MEND = "It is in the books all the same. Archive it in GetMyInvoices by hand."


def archive(
    entries: Sequence[Entry],
    *,
    account: ExportAccount,
    ledger: Ledger,
    getmyinvoices: GetMyInvoicesClient,
    run_id: str,
    ending: threading.Event | None = None,
) -> int:
    """Archive documents at their source. Archiving twice does no harm.

    :param entries: moved documents, verified
    :param ending: set by whoever tells the process to end: then no further document begins
    :return: how many are archived now
    :raises StopError: when a person has to mend something first
    :raises RetryError: when some are left that may be archived later
    """
    archived: list[int] = []
    done: deque[Entry] = deque()

    def archive_one(entry: Entry) -> None:
        try:
            getmyinvoices.archive(int(entry.source_id))
        except RejectError as error:  # locked, or deleted meanwhile: nothing that another attempt would change
            log.warning("Document %s cannot be archived: %s", entry.source_id, error)
            ledger.steps.not_archived(entry, run_id, error.message, _MEND)
        else:
            done.append(entry)
            if len(done) >= _TOGETHER:
                write_down()

    def write_down() -> None:
        some: list[Entry] = []
        with suppress(IndexError):  # as soon as there are no more; other threads may take some of them
            while True:
                some.append(done.popleft())
        if some:
            archived.append(len(ledger.steps.archived(some, run_id)))

    failures: list[RetryError] = []
    for some in chunks(entries):
        try:
            came_of_it = each(some, archive_one, parallel=account.parallel, ending=ending)
        finally:
            write_down()
        del some  # before the next ones are read
        failures += came_of_it.failures
        if came_of_it.given_up:
            break
    if failures:
        raise postponed(failures, len(entries), "archived")
    return sum(archived)
