"""A document turns out not to go when it is about to be moved."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from debitoor_provider.sync.ledger import State

if TYPE_CHECKING:
    from debitoor_provider.sync.ledger import Entry, Ledger
    from debitoor_provider.sync.steps.left_out import LeftOut

log = logging.getLogger(__name__)


def leave(ledger: Ledger, entry: Entry, left_out: LeftOut) -> None:
    """Remove a document that the target does not have from a run: it waits, or is no concern of the account."""
    if entry.was_there:
        entry = ledger.steps.not_there(entry)
    if entry.state is State.SENDING:
        entry = ledger.steps.postpone(entry, left_out.message)
    if left_out.waits:
        ledger.steps.wait(entry, left_out.message)
    else:
        ledger.plans.enter(entry.account, entry.direction, entry.run_id, [], gone=[entry.source_id])
    log.info("Document %s is not sent now: %s", entry.source_id, left_out.reason)
