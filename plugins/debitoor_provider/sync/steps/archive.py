"""The archive step: what was verified at the target is archived at the source, and nothing else."""

from __future__ import annotations

import logging
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import RejectError
from debitoor_provider.sync.ledger import IllegalTransition
from debitoor_provider.sync.steps.limits import require_few_archived
from debitoor_provider.sync.steps.parallel import each, postponed

if TYPE_CHECKING:
    from debitoor_provider.sync.ledger import Entry
    from debitoor_provider.sync.steps.job import Job

log = logging.getLogger(__name__)

_TOGETHER = 12
"""Documents entered into the ledger at once; those of a run that is killed before are archived twice.

Few, since SQLite keeps in memory what would undo a statement, in that of each thread which makes one.
"""


def archive(job: Job) -> int:
    """Archive at the source what was verified at the target and is not archived yet. Archiving twice does no harm.

    :return: how many are archived now
    :raises StopError: when a person has to correct something first
    :raises LimitExceeded: when there are more than the account allows, before any is archived
    :raises RetryError: when some are left that may be archived later
    """
    entries = job.ledger.documents.to_archive(job.account_id, job.direction.name)
    require_few_archived(job, len(entries))
    archived: list[int] = []
    done: deque[Entry] = deque()

    def archive_one(entry: Entry) -> None:
        try:
            job.direction.archive(entry.source_id)
        except RejectError as error:  # locked, or deleted in the meantime: nothing that another attempt would change
            log.warning("Document %s cannot be archived: %s", entry.source_id, error)
            with suppress(IllegalTransition):  # it is held meanwhile, e.g. by a check
                job.ledger.steps.not_archived(entry, job.run_id, Message("not_archived", reason=error.message))
        else:
            done.append(entry)
            if len(done) >= _TOGETHER:
                write_down()

    def write_down() -> None:
        some: list[Entry] = []
        with suppress(IndexError):  # as soon as there are no more; other threads may take some of them
            while len(some) < _TOGETHER:
                some.append(done.popleft())
        if some:
            archived.append(len(job.ledger.steps.archived(some, job.run_id)))

    try:
        result = each(entries, archive_one, parallel=job.account.parallel, ending=job.ending)
    finally:
        while done:
            write_down()
    if result.failures:
        raise postponed(result.failures, len(entries), "archived")
    return sum(archived)
