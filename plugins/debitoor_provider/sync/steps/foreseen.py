"""Documents on their way through a plan that writes nothing, and what they may be duplicates of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from debitoor_provider.sync.ledger import Entry, Outcome, PlannedDocument
from debitoor_provider.sync.steps.known import GIVEN_UP, Known
from debitoor_provider.sync.steps.lookalikes import Lookalikes
from debitoor_provider.sync.steps.recorded import Recorded
from debitoor_provider.sync.steps.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from debitoor_provider.sync.ledger import Described
    from debitoor_provider.sync.steps.direction import LeftOut
    from debitoor_provider.sync.steps.job import Job


@dataclass(slots=True)
class ForeseenDocument:
    """A document on its way through the plan.

    :param entry: what the ledger has
    :param decisions: what a person has decided about it, as far as the plan would leave it
    :param is_due: whether the run would try to move it
    :param is_shown: whether the preview shows it
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
    known: Known | None = None


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
    recorded = cache(lambda: Recorded.near(job.direction.recorded, {one.described.document_date for one in asked}))

    def stays(entry: Entry) -> bool:
        return entry.state not in GIVEN_UP and not leaves(entry)

    def is_known(source_ids: frozenset[str]) -> bool:
        entries = job.ledger.documents.known(*own, source_ids - ids) if source_ids else {}
        there = [Known.of(entry, job.run_id) for entry in entries.values() if stays(entry)]
        there += [listed[id_] for id_ in source_ids & listed.keys()]
        return any(one.stands_for_record for one in there)

    known = [*find(*(one.described for one in asked)), *listed.values()]
    return Lookalikes(job, known, recorded, is_known, Turns(one.key for one in asked), find)


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
