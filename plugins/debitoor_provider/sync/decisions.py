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
    by_questions: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries:
        by_questions.setdefault(tuple(DIRECTIONS[entry.direction].questions(entry, figures)), []).append(entry)
    return [
        changed
        for questions, some in by_questions.items()
        for changed in ledger.documents.choose(some, figures, actor, reason, questions=questions)
    ]


def distinguish(ledger: Ledger, entries: Iterable[Entry], actor: str, reason: str) -> list[Entry]:
    """Record that documents are no duplicates of those that they look like; return all that were changed.

    What is said of one of two holds for the other: a document of the account that looks like nothing but one of these
    is settled with it.
    """
    changed: dict[int, Entry] = {}
    for entry in entries:
        if entry.id in changed:  # with one before it
            continue
        try:
            for one in ledger.documents.distinguish([entry], lookalike_keys(entry), actor, reason):
                changed[one.id] = one
        except IllegalTransition:  # a run was faster
            continue
        others = ledger.documents.known(entry.account, entry.direction, lookalikes_of_account(entry))
        for other in others.values():
            if other.state in _MARKED and lookalike_keys(other) == [key_of(entry)]:
                for one in ledger.documents.distinguish([other], [key_of(entry)], actor, reason):
                    changed[one.id] = one
    return list(changed.values())
