"""More than one record of a document at the target: held, unless a person wanted so many (design section 5)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import DONE, EventKind, IllegalTransition, State
from debitoor_provider.sync.obstacle import Obstacle, ObstacleKind
from debitoor_provider.sync.steps.copies import only_several

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from debitoor_provider.sync.ledger import Entry, Event, Ledger
    from debitoor_provider.sync.steps.copies import Copies, Copy
    from debitoor_provider.sync.steps.job import Job

log = logging.getLogger(__name__)

_EARLIER = "earlier_records"
_BEGINNINGS = {EventKind.SENT_AGAIN, EventKind.MOVED, EventKind.MARKED_MOVED, EventKind.REBUILT}
"""After these, whether a person wants one more record is open again."""


def booked_twice(copies: Sequence[Copy]) -> Message:
    """Return that the target has several records of one document, and what to do."""
    ordered = sorted(copies, key=lambda copy: (copy.number or copy.id, copy.id))
    records = [copy.named() for copy in ordered]
    return Message("booked_twice", count=len(copies), records=records, keep=_to_keep(ordered))


def _to_keep(copies: Sequence[Copy]) -> Message | None:
    """Return which of several records to keep: the only one with a file; ``None`` when any of them will do."""
    with_file = [copy for copy in copies if copy.has_file]
    if len(with_file) != 1:
        return None
    [kept] = with_file
    is_alone = sum(copy.number == kept.number for copy in copies) == 1
    return Message("keep_with_file", record=kept.number if kept.number and is_alone else kept.id)


def found_before(entry: Entry) -> dict[str, Any]:
    """Return what the history says of a copy at the target: that it was found, unless an open attempt had sent it."""
    return {} if entry.state is State.SENDING else {"found": True}


def require_single(ledger: Ledger, entry: Entry, copies: Sequence[Copy]) -> None:
    """Make sure that the target has no more records of a document than a person wanted.

    :raises Obstacle: when it has
    """
    if len(copies) > 1 and not _accepted(ledger, entry, copies):
        raise Obstacle(ObstacleKind.HELD, booked_twice(copies), _detail(copies))


def hold_repeated(job: Job, copies: Copies) -> None:
    """Hold moved documents with more records at the target than a person wanted, no matter who created them.

    Those that are still under way are left to the run that moves them, which looks at the target itself.
    """
    several = only_several(copies)
    if not several:
        return
    for source_id, entry in job.ledger.documents.known(job.account_id, job.direction.name, several).items():
        hold_if_repeated(job, entry, several[source_id])


def hold_if_repeated(job: Job, entry: Entry, copies: Sequence[Copy]) -> Message | None:
    """Hold a moved document of which the target has more records than a person wanted; return why, if it is held."""
    if len(copies) < 2 or entry.state not in DONE or _accepted(job.ledger, entry, copies):
        return None
    message = booked_twice(copies)
    try:
        job.ledger.steps.doubled(entry, job.run_id, message, detail=_detail(copies), actor=job.actor)
    except IllegalTransition as error:
        log.info("Document %s changed meanwhile: %s", entry.source_id, error)
        return None
    log.warning("Document %s is held: %s", entry.source_id, message)
    return message


def earlier_records(entry: Entry, there: Iterable[Copy]) -> dict[str, Any]:
    """Return, for an announcement, the ids of the records next to which a person wants another one.

    :param there: the records that carry the document's marker, for the case that the ledger does not know the id
    """
    if not entry.wants_new_record:
        return {}
    return {_EARLIER: [entry.target_id] if entry.target_id else sorted(copy.id for copy in there)}


def is_other(entry: Entry, history: Iterable[Event]) -> Callable[[str], bool]:
    """Return a function that says whether a record is new: none of those next to which a person wants another one."""
    earlier = {entry.target_id, *(id_ for ids in _earlier_of_each_wish(history) for id_ in ids or ())}
    return lambda id_: id_ not in earlier


def _earlier_of_each_wish(history: Iterable[Event]) -> list[Sequence[str] | None]:
    """Return the ids of the records that were there each time a person wanted one more.

    They are those before the first attempt; a later one may see what that brought. ``None``: they were not noted, since
    an earlier version sent the document or a rebuild found the new record.
    """
    found: list[Sequence[str] | None] = []
    is_wanted = False
    for event in history:
        if is_wanted and event.kind in {EventKind.INTENT, EventKind.REBUILT}:
            found.append(event.detail.get(_EARLIER))
            is_wanted = False
        elif event.kind in _BEGINNINGS:
            is_wanted = bool(event.detail.get("anew"))
    return found


def _accepted(ledger: Ledger, entry: Entry, copies: Sequence[Copy]) -> bool:
    """Return whether a person wanted so many records, or knew of them and marked the document as there."""
    history, ids = ledger.documents.history(entry), {copy.id for copy in copies}
    marked = [place for place, event in enumerate(history) if event.kind == EventKind.MARKED_MOVED]
    reported = {id_ for event in history[: marked[-1]] for id_ in event.detail.get("copies", ())} if marked else set()
    if ids <= reported:
        return True
    wanted = _earlier_of_each_wish(history[marked[-1] :] if reported else history)
    # Of several records without an id in the ledger, it is not known which one the person meant.
    known = reported | {each[0] for each in wanted if each and len(each) == 1}
    own = {entry.target_id} - known - {None} if entry.state in DONE else set()
    unknown, spare = ids - known, wanted.count(None)
    if own and not spare:
        return unknown <= own
    return len(unknown) <= (max(spare, bool(wanted)) if reported else 1 + spare)


def _detail(copies: Sequence[Copy]) -> dict[str, Any]:
    return {"copies": [copy.id for copy in copies]}
