"""The states of a document, and the only ways from one to the next.

The table :data:`STEPS` is the whole truth: each step is also the kind of the event it leaves behind. The store puts a
step's origins into the ``WHERE`` of its update, so that an illegal transition cannot happen in any race.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from debitoor_provider.sync.ledger.errors import IllegalTransition

if TYPE_CHECKING:
    from collections.abc import Mapping

DirectionName = str
"""Name of a direction, as in the account file's ``type``."""


class State(StrEnum):
    """Where a document is on its way."""

    WAITING = "waiting"  # may come in later automatically: an approval, a tag
    PLANNED = "planned"  # to be moved
    SENDING = "sending"  # the intent is written; the target may have it
    MOVED = "moved"  # verified at the target
    ARCHIVED = "archived"  # moved, and archived at the source
    HELD = "held"  # a rule wants a person's decision
    REJECTED = "rejected"  # cannot go as it is
    IGNORED = "ignored"  # a person said: never
    GONE = "gone"  # left the source or the filter before it was sent


class EventKind(StrEnum):
    """A step of a document; the kind of an event."""

    LISTED = "listed"
    GONE = "gone"
    NAMED = "named"
    INTENT = "intent"
    FILE_UPLOADED = "file_uploaded"
    UNCLEAR = "unclear"
    POSTPONED = "postponed"
    MOVED = "moved"
    ARCHIVED = "archived"
    NOT_ARCHIVED = "not_archived"
    WAITS = "waits"
    HELD = "held"
    REJECTED = "rejected"
    RETRIED = "retried"
    CORRECTED = "corrected"
    SENT_AGAIN = "sent_again"
    IGNORED = "ignored"
    MARKED_MOVED = "marked_moved"
    DOUBLED = "doubled"
    DISTINCT = "distinct"
    BOOKED = "booked"
    REBUILT = "rebuilt"
    ADOPTED = "adopted"


OPEN = frozenset({State.WAITING, State.PLANNED, State.HELD, State.REJECTED})
"""Not sent, and possibly to be sent."""
DUE = frozenset({State.PLANNED, State.SENDING})
"""A run has something to do: send it, or settle its outcome."""
ATTENTION = frozenset({State.HELD, State.REJECTED})
"""A person has something to do."""
DONE = frozenset({State.MOVED, State.ARCHIVED})
"""At the target."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One way of getting on.

    :param origins: states it may start from
    :param targets: states it may end in
    :param leased: whether only the holder of the document's lease may take it
    :param creates: whether it may be the first step of a document
    :param keeps: whether the state stays what it is
    """

    origins: frozenset[State]
    targets: frozenset[State]
    leased: bool = False
    creates: bool = False
    keeps: bool = False

    @property
    def target(self) -> State:
        """The state it ends in, for a step that has only one."""
        (state,) = self.targets
        return state


def _to(state: State, *origins: State) -> Transition:
    return Transition(frozenset(origins), frozenset({state}))


def _leased(state: State, *origins: State) -> Transition:
    return Transition(frozenset(origins), frozenset({state}), leased=True)


STEPS: Mapping[EventKind, Transition] = {
    # the plan
    EventKind.LISTED: Transition(OPEN | {State.GONE}, OPEN, creates=True),
    EventKind.GONE: _to(State.GONE, *OPEN),
    EventKind.NAMED: _to(State.PLANNED, State.PLANNED),  # a name that is given later is noted in the state of then
    # a run that holds the lease; an intent may be repeated after a look at the target found nothing
    EventKind.INTENT: _leased(State.SENDING, *DUE),
    EventKind.FILE_UPLOADED: _leased(State.SENDING, State.SENDING),
    EventKind.UNCLEAR: _leased(State.SENDING, State.SENDING),
    EventKind.POSTPONED: _leased(State.PLANNED, *DUE),
    EventKind.MOVED: _leased(State.MOVED, *DUE),
    EventKind.WAITS: _leased(State.WAITING, State.PLANNED),
    EventKind.HELD: _leased(State.HELD, *DUE),
    EventKind.REJECTED: _leased(State.REJECTED, *DUE),
    # archiving twice does no harm, so it needs no lease
    EventKind.ARCHIVED: _to(State.ARCHIVED, State.MOVED),
    EventKind.NOT_ARCHIVED: _to(State.MOVED, State.MOVED),
    # a person; never while the outcome of a send is open
    EventKind.RETRIED: _to(State.PLANNED, *ATTENTION, State.IGNORED),
    EventKind.CORRECTED: _to(State.PLANNED, *OPEN),
    EventKind.SENT_AGAIN: _to(State.PLANNED, *DONE),
    EventKind.IGNORED: _to(State.IGNORED, *OPEN),
    EventKind.MARKED_MOVED: _to(State.MOVED, *OPEN, State.IGNORED),
    EventKind.DISTINCT: Transition(DONE, DONE, keeps=True),
    # the target's draft has been booked; no lease, since nothing is written there
    EventKind.BOOKED: Transition(DONE, DONE, keeps=True),
    # another account's result for the same document and target, when the plan would take the document
    EventKind.ADOPTED: Transition(frozenset({State.WAITING, State.GONE}), DONE | {State.IGNORED}, creates=True),
    # the target has two records of it; no lease, since nothing is written there
    EventKind.DOUBLED: _to(State.HELD, *DONE),
    # what the target has, it has; a person may have ignored it nevertheless
    EventKind.REBUILT: Transition(
        frozenset(State) - {State.ARCHIVED, State.IGNORED}, frozenset({State.MOVED}), creates=True
    ),
}


def origins(kind: EventKind) -> frozenset[State]:
    """Return the states from which a step is possible."""
    return STEPS[kind].origins


def is_legal(kind: EventKind, origin: State | None, target: State) -> bool:
    """Return whether a step may lead from one state to another; ``origin=None`` is a document not yet known."""
    step = STEPS[kind]
    if step.keeps and origin is not target:
        return False
    return target in step.targets and (step.creates if origin is None else origin in step.origins)


def require_legal(kind: EventKind, origin: State | None, target: State) -> None:
    """Raise :class:`IllegalTransition` unless :func:`is_legal`."""
    if not is_legal(kind, origin, target):
        raise IllegalTransition(f"A document that is {origin or 'unknown'} cannot become {target} by {kind!s}.")
