"""The archive step: what was verified in Debitoor is archived in GetMyInvoices, and nothing else."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from debitoor_provider.services.errors import RejectError, RetryError
from debitoor_provider.sync.ledger import Kind, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.sync.accounts.settings import ExportAccount
    from debitoor_provider.sync.ledger import Entry, Ledger

log = logging.getLogger(__name__)


def to_archive(ledger: Ledger, account_id: str) -> list[Entry]:
    """Find what a run verified at the target and the source did not archive yet.

    Not what a person called there, nor what a rebuild found: their files were not compared.
    """
    moved = ledger.entries(account_id, "export", states={State.MOVED}, order="listed")
    return [entry for entry in moved if entry.file_sha256 and entry.reason_code != Kind.NOT_ARCHIVED]


def archive(
    entries: Sequence[Entry],
    *,
    account: ExportAccount,
    ledger: Ledger,
    getmyinvoices: GetMyInvoicesClient,
    run_id: str,
) -> int:
    """Archive documents at their source. Archiving twice does no harm.

    :param entries: moved documents, verified
    :return: how many are archived now
    :raises StopError: when a person has to mend something first
    :raises RetryError: when some are left that may be archived later
    """
    failures: list[RetryError] = []
    archived = 0

    def archive_one(entry: Entry) -> bool:
        try:
            getmyinvoices.archive(int(entry.source_id))
        except RejectError as error:  # locked, or deleted meanwhile: nothing that another attempt would change
            log.warning("Document %s cannot be archived: %s", entry.source_id, error)
            ledger.not_archived(entry, run_id, error.message)
            return False
        except RetryError as error:
            failures.append(error)
            return False
        ledger.archived(entry, run_id)
        return True

    with ThreadPoolExecutor(max_workers=account.parallel, thread_name_prefix="archive") as pool:
        futures = [pool.submit(archive_one, entry) for entry in entries]
        try:
            archived = sum(future.result() for future in futures)
        finally:
            for future in futures:
                future.cancel()
    if failures:
        raise RetryError(
            f"{len(failures)} of {len(entries)} documents could not be archived yet. {failures[0].message}",
            retry_after=max((failure.retry_after or 0 for failure in failures), default=0) or None,
            service=failures[0].service,
            operation=failures[0].operation,
        )
    return archived
