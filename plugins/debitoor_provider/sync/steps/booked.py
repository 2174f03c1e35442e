"""Drafts at the target that a person has booked since: their documents are not marked any more."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from debitoor_provider.sync.ledger import DONE, IllegalTransition
from debitoor_provider.sync.marks import UNBOOKED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from debitoor_provider.sync.ledger import Entry
    from debitoor_provider.sync.steps.copies import Copies
    from debitoor_provider.sync.steps.job import Job

log = logging.getLogger(__name__)


def note_all_booked(job: Job, copies: Copies) -> None:
    """Take the mark off those documents whose record has a number now.

    :param copies: the records that were read, by the documents' ids
    """
    if not job.ledger.documents.count(job.account_id, job.direction.name, mark=UNBOOKED):
        return
    booked = {source_id: found for source_id, found in copies.items() if any(one.number for one in found)}
    for source_id, entry in job.ledger.documents.known(job.account_id, job.direction.name, booked).items():
        note_booked(job, entry, {one.id: one.number for one in booked[source_id]})


def note_booked(job: Job, entry: Entry, numbers: Mapping[str, str]) -> None:
    """Take the mark off a document whose record has a number now.

    :param numbers: of records at the target, by their ids; empty for those without one
    """
    number = numbers.get(entry.target_id or "")
    if not number or entry.mark_code != UNBOOKED or entry.state not in DONE:
        return
    try:
        job.ledger.steps.booked(entry, job.run_id, number, actor=job.actor)
    except IllegalTransition as error:
        log.info("Document %s changed meanwhile: %s", entry.source_id, error)
