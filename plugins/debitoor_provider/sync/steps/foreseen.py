"""Documents on their way through a plan that writes nothing, and what they may be duplicates of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from debitoor_provider.sync.ledger import ATTENTION, OPEN, Entry, Outcome, PlannedDocument, State
from debitoor_provider.sync.steps.known import GIVEN_UP, Known
from debitoor_provider.sync.steps.lookalikes import Lookalikes
from debitoor_provider.sync.steps.recorded import Recorded
from debitoor_provider.sync.steps.repeated_records import require_single
from debitoor_provider.sync.steps.turns import SharedJudgement

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from debitoor_provider.sync.ledger import Described
    from debitoor_provider.sync.steps.drafts import Drafts
    from debitoor_provider.sync.steps.job import Job
    from debitoor_provider.sync.steps.left_out import LeftOut


@dataclass(slots=True)
class ForeseenDocument:
    """A document on its way through the plan.

    :param entry: what the ledger has
    :param decisions: what a person has decided about it, as far as the plan would leave it
    :param is_due: whether the run would try to move it
    :param is_shown: whether the preview shows it
    :param name: that its copy would be uploaded with
    :param former_name: that its copy keeps if it is there already
    :param known: what the ledger would have of it after the plan, as others may repeat it
    """

    record: Any
    planned: PlannedDocument
    left_out: LeftOut | None = None
    entry: Entry | None = None
    outcome: Outcome | None = None
    decisions: str = ""
    is_due: bool = False
    is_listed: bool = True
    is_shown: bool = False
    name: str = field(default="")
    former_name: str = field(default="")
    known: Known | None = None

    @property
    def goes_although_archived(self) -> bool:
        """Whether a person wants it sent again; see :attr:`.Entry.goes_although_archived`."""
        return self.entry is not None and self.entry.goes_although_archived


def decisions_of(job: Job, row: ForeseenDocument) -> str:
    """Return what a person has decided about a listed document; whose figures count, for that record only."""
    entry = row.entry
    if entry is None:
        return ""
    is_same = (entry.fingerprint, entry.settings_fingerprint) == (row.planned.fingerprint, job.settings_fingerprint)
    is_kept = is_same or row.outcome not in {Outcome.REFRESHED, Outcome.RETURNED}
    return entry.decisions if is_kept else entry.corrections


def is_due(row: ForeseenDocument, *, is_named: bool) -> bool:
    """Return whether the row would be planned, or sending, when the plan has been entered."""
    entry = row.entry
    if entry is not None and (entry.state is State.SENDING or _is_looked_for(entry, row.left_out, is_named=is_named)):
        return True
    if row.outcome in {None, Outcome.DONE, Outcome.IGNORED} or row.planned.state is not State.PLANNED:
        return False
    if row.outcome is Outcome.UNCHANGED and entry is not None and entry.state in ATTENTION:
        return is_named
    return True


def _is_looked_for(entry: Entry, left_out: LeftOut | None, *, is_named: bool) -> bool:
    """Return whether a run would ask the target for a document that was there, whether or not the rules take it."""
    is_planned = entry.state is State.PLANNED or (entry.state in ATTENTION and is_named)
    is_dropped = left_out is not None and not left_out.waits
    return entry.was_there and (is_planned or (entry.state is State.WAITING and is_dropped))


def not_listed(
    job: Job, listed: Collection[str], gone: Collection[str], named: Collection[str], *, is_full: bool
) -> Iterator[ForeseenDocument]:
    """Yield the rows of documents that the run would try to move although no list has them.

    :param gone: documents that do not exist any more
    :param named: documents that a person named
    :param is_full: whether everything was listed
    """
    documents = job.ledger.documents
    for entry in documents.known(job.account_id, job.direction.name, gone).values():
        if _is_looked_for(entry, job.direction.deleted, is_named=entry.source_id in named):
            yield left_behind(job, entry)
    waiting = documents.waiting(job.account_id) if is_full else []
    due = [] if job.is_chosen else [*job.due(), *(entry for entry in waiting if entry.was_there)]
    for entry in due:
        is_listed = entry.source_id in listed or entry.source_id in gone
        if not is_listed and (entry.was_there or not would_be_gone(entry, is_full=is_full)):
            yield left_behind(job, entry)


def would_be_gone(entry: Entry, *, is_full: bool) -> bool:
    """Return whether the plan would let go a document that its list does not have."""
    return is_full and entry.state in OPEN and entry.archived_at is None


def left_behind(job: Job, entry: Entry) -> ForeseenDocument:
    """Return the row of a document that an earlier run planned and did not move."""
    record = job.direction.load(entry.snapshot)
    planned = job.direction.planned(record)
    return ForeseenDocument(record, planned, entry=entry, decisions=entry.decisions, is_due=True, is_listed=False)


def is_kept(job: Job, row: ForeseenDocument, drafts: Drafts[Any]) -> bool:
    """Return whether the target has a document that this account has sent before: then no rule drops it.

    :raises Obstacle: when there are more records than a person wanted
    """
    entry = row.entry
    if entry is None or not (entry.was_there or entry.state is State.SENDING):
        return False
    there = drafts.copies_of(row.record)
    if not entry.wants_new_record:
        require_single(job.ledger, entry, there)
    return bool(there)


def lookalikes_of(
    job: Job, rows: Sequence[ForeseenDocument], due: Sequence[ForeseenDocument], leaves: Callable[[Entry], bool]
) -> Lookalikes:
    """Return what the due documents may be duplicates of, once the plan has entered all rows.

    :param due: in the order in which a run begins them, see :func:`in_order`
    :param leaves: whether the plan would let another document of the account go
    """
    asked = [row.known for row in due if row.known]
    ids = {row.planned.source_id for row in rows}
    own = (job.account_id, job.direction.name)

    def find(*described: Described) -> list[Known]:
        return [
            Known.of(entry, job.run_id)
            for entry in job.ledger.documents.alike(described)
            if (entry.account, entry.direction) != own or not (entry.source_id in ids or leaves(entry))
        ]

    listed = {row.planned.source_id: row.known for row in rows if row.known}
    recorded = cache(
        lambda: Recorded.near(job.direction.target_records_near, {one.described.document_date for one in asked})
    )

    def stays(entry: Entry) -> bool:
        return entry.state not in GIVEN_UP and not leaves(entry)

    def is_known(source_ids: frozenset[str]) -> bool:
        entries = job.ledger.documents.known(*own, source_ids - ids) if source_ids else {}
        there = [Known.of(entry, job.run_id) for entry in entries.values() if stays(entry)]
        there += [listed[id_] for id_ in source_ids & listed.keys()]
        return any(one.stands_for_record for one in there)

    known = [*find(*(one.described for one in asked)), *listed.values()]
    judged = SharedJudgement()
    first = judged.begin(one.key for one in asked)
    return Lookalikes(job, known, recorded, is_known, judged, first, find)


def in_order(job: Job, rows: Sequence[ForeseenDocument]) -> list[ForeseenDocument]:
    """Return rows in the order in which a run begins them, with what the ledger would have of them after the plan."""
    for place, row in enumerate(rows):
        row.known = _known(job, row, place)
    return sorted((row for row in rows if row.is_due), key=_turn)


def _turn(row: ForeseenDocument) -> tuple[Any, ...]:
    known = row.known
    day = known.described.document_date if known else None
    return day is None, day or date.min, known.order if known else ()


def _known(job: Job, row: ForeseenDocument, place: int) -> Known | None:
    """Return what the ledger would have of a row after the plan; ``None`` for one that would be gone or ignored."""
    entry = row.entry
    if row.left_out and not row.left_out.waits:
        return None
    if entry is None:
        return Known((1, place), row.planned, job.account_id)
    is_entered = row.outcome in {Outcome.NEW, Outcome.REFRESHED, Outcome.RETURNED}
    if entry.state in GIVEN_UP and not is_entered:
        return None
    known = Known.of(entry, job.run_id, row.planned if is_entered else None)
    return replace(known, is_decided=bool(row.decisions))
