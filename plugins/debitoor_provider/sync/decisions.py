"""What a person decides about documents, where the decision concerns more than the state of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.sync.directions import DIRECTIONS
from debitoor_provider.sync.ledger import DONE, IllegalTransition, State
from debitoor_provider.sync.steps.known import key_of
from debitoor_provider.sync.steps.lookalikes import lookalike_keys, lookalikes_of_account

if TYPE_CHECKING:
    from collections.abc import Iterable

    from debitoor_provider.sync.ledger import Entry, Ledger

_MARKED = frozenset({State.HELD, *DONE})


def choose(ledger: Ledger, figures: str, entries: Iterable[Entry], actor: str, reason: str) -> list[Entry]:
    """Plan documents again with the figures of the e-invoice or of the record; return those that were changed.

    :param figures: ``invoice`` or ``record``
    :param entries: documents with a question that may be answered so, see :meth:`.DirectionRow.questions`
    :raises IllegalTransition: when no document's state allows it
    """
    return ledger.documents.choose(
        entries, figures, actor, reason, questions=lambda entry: DIRECTIONS[entry.direction].questions(entry, figures)
    )


def distinguish(ledger: Ledger, entries: Iterable[Entry], actor: str, reason: str) -> list[Entry]:
    """Record that documents are no duplicates of those that they look like; return all that were changed.

    What is said of one of two holds for the other: a document of the account that looks like nothing but one of these
    is settled with it.
    """
    changed: dict[int, Entry] = {}
    for entry in entries:
        if entry.id in changed:  # with one before it
            continue
        said = _distinguish(ledger, entry, lookalike_keys(entry), actor, reason)
        if not said:
            continue
        changed |= said
        others = ledger.documents.known(entry.account, entry.direction, lookalikes_of_account(entry))
        for other in others.values():
            if other.state in _MARKED and lookalike_keys(other) == [key_of(entry)]:
                changed |= _distinguish(ledger, other, [key_of(entry)], actor, reason)
    return list(changed.values())


def _distinguish(ledger: Ledger, entry: Entry, keys: Iterable[str], actor: str, reason: str) -> dict[int, Entry]:
    try:
        return {one.id: one for one in ledger.documents.distinguish([entry], keys, actor, reason)}
    except IllegalTransition:  # a run was faster
        return {}
