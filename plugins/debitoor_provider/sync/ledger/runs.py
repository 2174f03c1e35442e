"""The part ``ledger.runs``: runs, what they came to, and how far each account's source was listed."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from debitoor_provider.sync.batches import chunks
from debitoor_provider.sync.ledger.database.engine import upsert
from debitoor_provider.sync.ledger.database.tables import documents, events, runs, watermarks
from debitoor_provider.sync.ledger.errors import LedgerError
from debitoor_provider.sync.ledger.events import was_found
from debitoor_provider.sync.ledger.run_records import WENT_THROUGH, Run, Watermark
from debitoor_provider.sync.ledger.states import DONE, DUE, EventKind, State
from debitoor_provider.sync.ledger.sums import read_run_sums

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import date, datetime
    from decimal import Decimal

    from debitoor_provider.messages import Message
    from debitoor_provider.sync.ledger.database.clock import Clock
    from debitoor_provider.sync.ledger.database.engine import Database
    from debitoor_provider.sync.ledger.states import DirectionName
    from debitoor_provider.sync.ledger.sums import RunSums

_RUN = [runs.c[field.name] for field in dataclasses.fields(Run)]
_WATERMARK = [watermarks.c[field.name] for field in dataclasses.fields(Watermark)]
_RESULTS = {
    EventKind.MOVED: "moved",
    EventKind.ARCHIVED: "archived",
    EventKind.NOT_ARCHIVED: "not archived",
    EventKind.HELD: "held",
    EventKind.DOUBLED: "held",
    EventKind.REJECTED: "rejected",
    EventKind.WAITS: "waiting",
}


_IS_PLANNED = runs.c.window["kind"].as_string().is_not(None)
_LISTED = sa.and_(
    runs.c.kind != "dry_run",
    sa.or_(
        sa.func.coalesce(runs.c.window["full"].as_boolean(), sa.false()),
        runs.c.window["updated_since"].as_string().is_not(None),
        # One that failed before it had a plan would have done so.
        sa.and_(~_IS_PLANNED, runs.c.kind != "backfill", runs.c.verdict.not_in(WENT_THROUGH)),
    ),
)
"""What is true of runs that listed whatever was new, see :func:`debitoor_provider.sync.window.was_chosen`."""


class Runs:
    """Records runs and reads them."""

    def __init__(self, database: Callable[[], Database], clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def start(self, run: Run) -> None:
        """Record the start of a run; one that is known starts anew: its task is retried, or it was cleared."""
        values: dict[str, Any] = {
            "kind": run.kind,
            "window": dict(run.window),
            "finished_at": None,
            "counts": {},
            "verdict": "",
            "message": None,
        }
        at = run.started_at or self._clock.now()
        first = {"id": run.id, "account": run.account, "direction": run.direction, "started_at": at}
        with self._database().write() as connection:
            connection.execute(
                upsert(connection, runs)
                .values(first | values)
                .on_conflict_do_update(index_elements=["id"], set_=values)
            )

    def finish(self, run_id: str, *, counts: Mapping[str, Any], verdict: str, message: Message | None = None) -> None:
        """Record the result of a run.

        :param message: why it failed
        :raises LedgerError: for a run that was not started
        """
        values = {"finished_at": self._clock.now(), "counts": dict(counts), "verdict": verdict, "message": message}
        with self._database().write() as connection:
            if not connection.execute(runs.update().where(runs.c.id == run_id).values(values)).rowcount:
                raise LedgerError(f"There is no run {run_id} in the ledger.")

    def note_window(self, run_id: str, window: Mapping[str, Any]) -> None:
        """Record what a run asked for, once it is known for sure, with what there is to warn of."""
        with self._database().write() as connection:
            connection.execute(runs.update().where(runs.c.id == run_id).values(window=dict(window)))

    def warn(self, run_id: str, message: Message) -> None:
        """Add something that a user should look into although the run continued."""
        self._note(run_id, "warnings", message)

    def note_answer(self, run_id: str, message: Message) -> None:
        """Add what a person answered when the run asked whether it may exceed a limit; the same only once."""
        self._note(run_id, "answers", message)

    def _note(self, run_id: str, name: str, message: Message) -> None:
        noted = message.as_json()
        with self._database().write() as connection:
            # Locked, so that of two notes at once none is lost.
            window = connection.scalar(sa.select(runs.c.window).where(runs.c.id == run_id).with_for_update())
            if window is not None and noted not in window.get(name, ()):
                window = {**window, name: [*window.get(name, ()), noted]}
                connection.execute(runs.update().where(runs.c.id == run_id).values(window=window))

    def note_error(self, run_id: str, message: Message, verdict: str = "") -> None:
        """Record why a step of a run failed, for the run's report; a run that was not started is left out.

        :param verdict: the run's verdict if the step stays failed, when that is known already
        """
        values = {"message": message, "verdict": verdict}
        with self._database().write() as connection:
            connection.execute(runs.update().where(runs.c.id == run_id).values(values))

    def get(self, run_id: str) -> Run | None:
        """Return a run, ``None`` when it is not known."""
        return self.known([run_id]).get(run_id)

    def known(self, run_ids: Iterable[str]) -> dict[str, Run]:
        """Return the known ones of these runs, by id."""
        found: dict[str, Run] = {}
        with self._database().read() as connection:
            for chunk in chunks(sorted(set(run_ids))):
                rows = connection.execute(sa.select(*_RUN).where(runs.c.id.in_(chunk))).all()
                found |= {run.id: run for run in (Run(*row) for row in rows)}
        return found

    def latest(
        self, account: str | None = None, limit: int = 50, *, accounts: Collection[str] | None = None
    ) -> list[Run]:
        """Return the latest runs, of one account or of any of several, newest first."""
        query = sa.select(*_RUN).order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(limit)
        if account is not None:
            query = query.where(runs.c.account == account)
        if accounts is not None:
            query = query.where(runs.c.account.in_(sorted(accounts)))
        with self._database().read() as connection:
            return [Run(*row) for row in connection.execute(query)]

    def elsewhere(self, accounts: Collection[str]) -> set[str]:
        """Return those of some accounts whose last run was one of another DAG than their own: they need no file."""
        found: set[str] = set()
        ends_with_it = sa.func.substr(runs.c.id, sa.func.length(runs.c.id) - sa.func.length(runs.c.account))
        with self._database().read() as connection:
            for chunk in chunks(sorted(accounts)):
                query = _last_of(chunk, runs.c.account).where(ends_with_it == "#" + runs.c.account)
                found.update(connection.scalars(query))
        return found

    def last(self, accounts: Collection[str]) -> dict[str, Run]:
        """Return the last run of each of some accounts; those without one are left out."""
        found: dict[str, Run] = {}
        with self._database().read() as connection:
            for chunk in chunks(sorted(accounts)):
                rows = connection.execute(_last_of(chunk, *_RUN).order_by(runs.c.id)).all()
                found |= {run.account: run for run in (Run(*row) for row in rows)}
        return found

    def last_with_verdict(self, account: str, verdicts: Collection[str] | None = None) -> Run | None:
        """Return the account's latest run, dry runs aside, that has a verdict, or one of these verdicts."""
        is_wanted = runs.c.verdict != "" if verdicts is None else runs.c.verdict.in_(sorted(verdicts))
        query = (
            sa.select(*_RUN)
            .where(runs.c.account == account, runs.c.kind != "dry_run", is_wanted)
            .order_by(runs.c.started_at.desc(), runs.c.id.desc())
            .limit(1)
        )
        with self._database().read() as connection:
            row = connection.execute(query).first()
        return None if row is None else Run(*row)

    def last_listed(self, accounts: Collection[str], verdicts: Collection[str] | None = None) -> dict[str, Run]:
        """Return the last run of each of these accounts that listed whatever was new; those without one are left out.

        A run for a chosen period or chosen documents says nothing of all others.

        :param verdicts: only of those with one of these verdicts; ``None``: with any verdict
        """
        is_wanted = runs.c.verdict != "" if verdicts is None else runs.c.verdict.in_(sorted(verdicts))
        found: dict[str, Run] = {}
        with self._database().read() as connection:
            for chunk in chunks(sorted(accounts)):
                query = _last_of(chunk, *_RUN, where=(_LISTED, is_wanted)).order_by(runs.c.id)
                found |= {run.account: run for run in (Run(*row) for row in connection.execute(query))}
        return found

    def representative(self, account: str) -> Run | None:
        """Return the run that tells how an account is: the last one that has a verdict, dry runs aside.

        If that one went through, and was for a chosen period or chosen documents, it is the last one that listed
        whatever was new, if there is one.
        """
        last = self.last_with_verdict(account)
        if last is None or last.verdict not in WENT_THROUGH:
            return last
        return self.last_listed([account]).get(account, last)

    def last_finished(self, accounts: Collection[str]) -> dict[str, datetime]:
        """Return when the last run of each of these accounts ended that listed whatever was new.

        Accounts without one are left out.
        """
        found: dict[str, datetime] = {}
        ended = sa.func.max(runs.c.finished_at)
        with self._database().read() as connection:
            for chunk in chunks(sorted(accounts)):
                where = runs.c.account.in_(chunk), _LISTED, runs.c.finished_at.is_not(None)
                found |= dict(
                    connection.execute(sa.select(runs.c.account, ended).where(*where).group_by(runs.c.account)).all()
                )
        return found

    def counts(self, run_id: str) -> dict[str, int]:
        """Return how many documents the run moved, archived, held, rejected or made wait, and that are still so.

        Those that it found at the target are ``already_there``, and not moved.
        """
        is_still_so = sa.or_(
            documents.c.state == events.c.to_state,
            sa.and_(events.c.to_state == State.MOVED, documents.c.state == State.ARCHIVED),
        )
        each = (
            sa.select(events.c.kind, sa.func.min(sa.case((was_found(), 1), else_=0)).label("is_found"))
            .join(documents, documents.c.id == events.c.document_id)
            .where(events.c.run_id == run_id, events.c.kind.in_([str(kind) for kind in _RESULTS]), is_still_so)
            .group_by(events.c.kind, events.c.document_id)
            .subquery()
        )
        query = sa.select(each.c.kind, each.c.is_found, sa.func.count()).group_by(each.c.kind, each.c.is_found)
        with self._database().read() as connection:
            found = {(kind, bool(is_found)): number for kind, is_found, number in connection.execute(query)}
        counts: Counter[str] = Counter()
        for kind, name in _RESULTS.items():
            there = found.get((str(kind), True), 0)
            counts[name] += found.get((str(kind), False), 0)
            counts["already_there" if kind is EventKind.MOVED else name] += there
        return dict(+counts)

    def amounts_moved(self, run_id: str) -> list[tuple[Decimal | None, str, date | None]]:
        """Return amount, currency and date of the documents that a run has moved or found there, as they were sent."""
        # Not by ``moved_by``: the run that archives a document is in it afterwards.
        by_run = sa.select(events.c.document_id).where(events.c.run_id == run_id, events.c.kind == str(EventKind.MOVED))
        columns = "booked_gross", "booked_currency", "gross_amount", "currency", "document_date"
        query = sa.select(*(documents.c[name] for name in columns)).where(
            documents.c.id.in_(by_run), documents.c.state.in_(sorted(DONE))
        )
        with self._database().read() as connection:
            return [
                (stated, currency, day) if booked is None else (booked, booked_currency, day)
                for booked, booked_currency, stated, currency, day in connection.execute(query)
            ]

    def sums(self, run_id: str) -> RunSums:
        """Return what the documents come to that the run moved."""
        with self._database().read() as connection:
            return read_run_sums(connection, run_id)

    def finished_documents(self, run_ids: Iterable[str]) -> dict[str, int]:
        """Return how many documents each of these runs has finished with, successfully or not."""
        query = (
            sa.select(documents.c.moved_by, sa.func.count())
            .where(documents.c.moved_by.in_(sorted(run_ids)), documents.c.state.not_in(sorted(DUE)))
            .group_by(documents.c.moved_by)
        )
        with self._database().read() as connection:
            return {run_id: number for run_id, number in connection.execute(query)}  # noqa: C416 (mypy: a row is no pair)

    def watermark(self, account: str, direction: DirectionName) -> Watermark:
        """Return how far the account's source was listed."""
        query = sa.select(*_WATERMARK).where(watermarks.c.account == account, watermarks.c.direction == direction)
        with self._database().read() as connection:
            row = connection.execute(query).first()
        return Watermark(account, direction) if row is None else Watermark(*row)


def _last_of(
    accounts: Collection[str], *columns: sa.ColumnElement[Any], where: Collection[sa.ColumnElement[bool]] = ()
) -> sa.Select[Any]:
    """Return what asks for columns of the runs of some accounts that began last."""
    last = (
        sa.select(runs.c.account, sa.func.max(runs.c.started_at).label("at"))
        .where(runs.c.account.in_(accounts), *where)
        .group_by(runs.c.account)
        .subquery()
    )
    is_last = sa.and_(runs.c.account == last.c.account, runs.c.started_at == last.c.at)
    return sa.select(*columns).join(last, is_last).where(*where)
