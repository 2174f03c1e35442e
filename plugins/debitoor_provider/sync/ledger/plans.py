"""The part ``ledger.plans``: a plan is recorded in one transaction, together with the watermark."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from debitoor_provider.sync.batches import chunks
from debitoor_provider.sync.ledger.database.engine import upsert
from debitoor_provider.sync.ledger.database.tables import documents, events, watermarks
from debitoor_provider.sync.ledger.database.triggers import merge_slots
from debitoor_provider.sync.ledger.entries import DECIDED, require_key
from debitoor_provider.sync.ledger.events import RUN
from debitoor_provider.sync.ledger.filters import ORDERS, conditions
from debitoor_provider.sync.ledger.pending import Pending
from debitoor_provider.sync.ledger.plan_writer import PlanWriter
from debitoor_provider.sync.ledger.states import ATTENTION, EventKind, State
from debitoor_provider.sync.ledger.transitions import advance_all

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.engine import Connection

    from debitoor_provider.sync.ledger.database.clock import Clock
    from debitoor_provider.sync.ledger.database.engine import Database
    from debitoor_provider.sync.ledger.entries import Entry, PlannedDocument
    from debitoor_provider.sync.ledger.results import PlanResult
    from debitoor_provider.sync.ledger.states import DirectionName

    Marks = tuple[datetime | None, datetime | None]


class Plans:
    """Records plans, and returns the documents that they leave to be done."""

    def __init__(self, database: Callable[[], Database], clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def enter(
        self,
        account: str,
        direction: DirectionName,
        run_id: str,
        plan: Iterable[PlannedDocument],
        *,
        watermark: datetime | None = None,
        not_after: datetime | None = None,
        full: bool = False,
        gone: Iterable[str] = (),
        settings_fingerprint: str = "",
        dry_run: bool = False,
        same_target: bool = False,
        tried_again: Iterable[Entry] = (),
    ) -> PlanResult:
        """Record a complete plan and move the watermark, both or neither.

        :param plan: the listed documents; of one that is listed twice the first counts
        :param watermark: the time up to which the source was listed; ``None`` keeps the watermark (backfills, manual
            runs)
        :param not_after: a recorded watermark later than this lies in the future, and may be moved back
        :param full: whether the plan lists everything that the account's settings let through; what is missing is gone
        :param gone: source ids known to have left the source or the filter
        :param settings_fingerprint: of the account's settings; when it changes, rejected and held documents return
        :param dry_run: write nothing, only return what would happen
        :param same_target: what was sent under another name of the target counts as sent to it
        :param tried_again: held and rejected documents that are planned again first, as far as they still are
        :raises TargetChanged: when there is such, unless ``same_target``
        """
        require_key("account", account)
        at = self._clock.now()
        with self._database().read() if dry_run else self._database().write() as connection:
            writer = PlanWriter(
                connection,
                account,
                direction,
                run_id,
                settings_fingerprint,
                at,
                write=not dry_run,
                same_target=same_target,
            )
            marks = (None, None) if dry_run else _lock_watermark(connection, account, direction)
            if not dry_run:
                undecided, values = _still_undecided(connection, tried_again), {**DECIDED, "attempts": 0}
                advance_all(connection, EventKind.RETRIED, undecided, values, at=at, actor=f"{RUN}:{run_id}", detail={})
            result = writer.enter(plan)
            listed = result.outcomes
            gone = [source_id for source_id in gone if source_id not in listed]
            left = writer.leave(gone=gone, listed=listed if full else None)
            if not dry_run and (watermark or full):
                known = [_believed(mark, not_after) for mark in marks]
                new = _later(known[0], watermark), _later(known[1], (watermark or at) if full else None)
                _move_watermark(connection, account, direction, new, settings_fingerprint)
            if not dry_run:
                merge_slots(connection, account)
        return replace(result, gone=left)

    def pending(
        self,
        account: str,
        direction: DirectionName,
        states: Collection[State],
        *,
        planned_by: str | None = None,
        unchanged_since: int | None = None,
    ) -> Pending:
        """Return the documents of an account in some states, older ones first.

        :param planned_by: only those that this run planned
        :param unchanged_since: only those that have not changed since then, see :meth:`last_change`
        """
        where = conditions(account=account, direction=direction, states=states, planned_by=planned_by)
        if unchanged_since is not None:
            is_change = events.c.id > unchanged_since, events.c.kind != str(EventKind.NAMED)
            where = [*where, ~sa.exists().where(events.c.document_id == documents.c.id, *is_change)]
        date = sa.func.coalesce(ORDERS["date"], sa.null())  # these are few: sorted, rather than read along an index
        return self._chosen(sa.select(documents.c.id).where(*where).order_by(date.asc().nulls_last(), documents.c.id))

    def last_change(self) -> int:
        """Return the number of the last change of a document.

        Changes that begin later have greater ones, whatever clocks say. One that another process has begun and not
        committed yet may have a smaller one.
        """
        with self._database().read() as connection:
            return connection.scalar(sa.select(sa.func.max(events.c.id))) or 0

    def unnamed(self, account: str, direction: DirectionName, *, planned_by: str | None = None) -> Pending:
        """Return the planned documents of an account without a file name, by ascending source id."""
        where = conditions(account=account, direction=direction, states=[State.PLANNED], planned_by=planned_by)
        order = sa.func.length(documents.c.source_id), documents.c.source_id
        return self._chosen(sa.select(documents.c.id).where(*where, documents.c.target_name.is_(None)).order_by(*order))

    def _chosen(self, query: Select[int]) -> Pending:
        with self._database().read() as connection:
            return Pending(self._database, list(connection.scalars(query)))


def _still_undecided(connection: Connection, entries: Iterable[Entry]) -> list[Entry]:
    """Return those that no person and no other run has decided about meanwhile; they stay so in this transaction."""
    held = documents.c.state.in_(sorted(ATTENTION))
    found: set[int] = set()
    by_id = {entry.id: entry for entry in entries}
    for chunk in chunks(sorted(by_id)):
        query = sa.select(documents.c.id).where(documents.c.id.in_(chunk), held).order_by(documents.c.id)
        found.update(connection.scalars(query.with_for_update()))
    return [entry for id_, entry in by_id.items() if id_ in found]


def _lock_watermark(connection: Connection, account: str, direction: DirectionName) -> Marks:
    """Make other plans of the account wait until the transaction ends; return its watermark and last full listing."""
    insert = upsert(connection, watermarks).values(account=account, direction=direction, settings_fingerprint="")
    row = connection.execute(
        insert.on_conflict_do_update(index_elements=["account", "direction"], set_={"account": account}).returning(
            watermarks.c.listed_at, watermarks.c.full_listed_at
        )
    ).one()
    return row.listed_at, row.full_listed_at


def _move_watermark(
    connection: Connection, account: str, direction: DirectionName, marks: Marks, settings_fingerprint: str
) -> None:
    listed_at, full_listed_at = marks
    connection.execute(
        watermarks.update()
        .where(watermarks.c.account == account, watermarks.c.direction == direction)
        .values(listed_at=listed_at, full_listed_at=full_listed_at, settings_fingerprint=settings_fingerprint)
    )


def _believed(mark: datetime | None, not_after: datetime | None) -> datetime | None:
    """Return a recorded watermark unless it lies in the future."""
    return None if mark and not_after and mark > not_after else mark


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    """Return the later time: a run may end after one that started later, which must not move the watermark back."""
    return max((moment for moment in (one, other) if moment is not None), default=None)
