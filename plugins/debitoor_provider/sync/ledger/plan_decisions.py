"""What a listed document means for what the ledger has of it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from debitoor_provider.sync.ledger.results import Outcome
from debitoor_provider.sync.ledger.states import ATTENTION, DONE, State
from debitoor_provider.sync.marks import BOOKED_TWICE

if TYPE_CHECKING:
    from debitoor_provider.messages import Message
    from debitoor_provider.sync.ledger.entries import Entry, PlannedDocument


class KnownBefore(NamedTuple):
    """The columns of a document by which a plan decides."""

    id: int
    source_id: str
    state: State
    fingerprint: str
    settings_fingerprint: str
    message: Message | None
    exchange_key: str
    reason_code: str
    was_there: bool


def takes_over(document: PlannedDocument, before: KnownBefore | None, other: Entry) -> bool:
    """Return whether another account's result counts for an account.

    What was sent counts for the account that would send it now, not for one whose filter leaves it out. What a person
    ignored counts where it has not been seen before.
    """
    return document.state is State.PLANNED if other.state in DONE else before is None


def decide(before: KnownBefore | None, document: PlannedDocument, settings_fingerprint: str) -> Outcome:
    """Return what a listed document means for the known one.

    A held or rejected document returns only when its record or the settings have changed since: otherwise each run
    would reject it again for the same reason. One that the target has twice stays held whatever has changed. No filter
    makes a document wait of which the target had a record: first a run asks the target, or a person decides.
    """
    if before is None:
        return Outcome.NEW
    if before.state in DONE:
        return Outcome.DONE
    if before.state is State.IGNORED:
        return Outcome.IGNORED
    if before.state is State.SENDING:
        return Outcome.SENDING
    has_changed = (before.fingerprint, before.settings_fingerprint) != (document.fingerprint, settings_fingerprint)
    if before.state is State.GONE:
        return Outcome.RETURNED
    if before.was_there and document.state is State.WAITING:
        return Outcome.UNCHANGED
    if before.state in ATTENTION:
        if not has_changed or before.reason_code == BOOKED_TWICE:
            return Outcome.UNCHANGED
        return Outcome.REFRESHED if document.state in ATTENTION else Outcome.RETURNED
    is_same = (before.state, before.message) == (document.state, document.message)
    return Outcome.UNCHANGED if is_same and not has_changed else Outcome.REFRESHED
