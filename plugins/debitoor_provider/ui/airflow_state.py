"""What Airflow knows of the accounts: their DAGs, and the last run of each."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import sqlalchemy as sa
from airflow.models.dag import DagModel
from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from airflow.utils.session import create_session
from airflow.utils.state import TaskInstanceState

from debitoor_provider.runs.postponed import is_ahead
from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX
from debitoor_provider.sync.window import RunKind

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

_REACH = 1_000
"""Ids below the newest that are looked at again: a run may be written before one with a lower id."""
_CHUNK = 500
_LONG_CHUNK = 10_000
"""Of what stands in the text of a statement."""
_KINDS = {kind.value for kind in RunKind}


FAILED = "failed"
"""Airflow's state of a run that failed, or that a person ended."""


@dataclass(frozen=True, slots=True)
class Dag:
    """The DAG of an account, as Airflow knows it.

    :param next_run: when its next scheduled run begins
    """

    is_paused: bool
    next_run: datetime | None


@dataclass(frozen=True, slots=True)
class LastRun:
    """The run of a DAG that was made last.

    :param state: Airflow's word: ``queued``, ``running``, ``success`` or ``failed``
    """

    id: int
    dag_id: str
    run_id: str
    state: str
    kind: str
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.state not in {"running", "queued"}


def trigger_of(run_type: str) -> str:
    """Return what started a run: the schedule, a backfill, or else a user or a program."""
    return run_type if run_type in _KINDS else RunKind.MANUAL.value


_Key = TypeVar("_Key", bound="Hashable")
_Row = TypeVar("_Row")


class _CachedRows(Generic[_Key, _Row]):
    """Rows of Airflow's database; only those that Airflow has changed are read again.

    :param read: reads rows by their keys
    """

    def __init__(self, read: Callable[[Session, list[_Key]], dict[_Key, _Row]]) -> None:
        self._read = read
        self._seen: list[tuple[Any, ...]] = []
        self._rows: dict[_Key, _Row] = {}

    def now(self, session: Session, seen: list[tuple[Any, ...]]) -> Mapping[_Key, _Row]:
        """Return the rows as they are now; the same object while none has changed.

        :param seen: each row's key, with values that change whenever the row does
        """
        if seen != self._seen:
            same = {row[0] for row in set(seen).intersection(self._seen)}
            kept = {key: self._rows[key] for key in same if key in self._rows}
            self._rows = kept | self._read(session, [row[0] for row in seen if row[0] not in kept])
            self._seen = seen
        return self._rows


class KnownDags:
    """The DAGs of accounts."""

    def __init__(self) -> None:
        self._kept = _CachedRows(_read_dags)
        self._lock = threading.Lock()

    def now(self, session: Session) -> Mapping[str, Dag]:
        """Return those that Airflow knows now, by their ids."""
        after = sa.cast(DagModel.next_dagrun_create_after, sa.String)  # a text, of which no time is made
        wanted = _is_ours(DagModel.dag_id), DagModel.is_stale.is_(False)
        statement = sa.select(DagModel.dag_id, DagModel.is_paused, after).where(*wanted)
        with self._lock:
            return self._kept.now(session, _plain_rows(session, statement))


class LastRuns:
    """The last run of each account's DAG, found without reading all runs.

    Runs are numbered in the order in which they are created, so only those newer than the newest one seen are read.
    """

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._newest: int | None = None
        self._near = 0
        self._kept = _CachedRows(_read_runs)
        self._runs: Mapping[int, LastRun] | None = None
        self._last: Mapping[str, LastRun] = {}
        self._lock = threading.Lock()

    def now(self, session: Session) -> Mapping[str, LastRun]:
        """Return the last runs as they are now, by DAG id; the same object while none has changed."""
        with self._lock:
            self._find(session)
            runs = self._kept.now(session, _seen_runs(session, self._ids.values()))
            if runs is self._runs:
                return self._last
            of = {id_: run.dag_id for id_, run in runs.items()}
            deleted = [dag_id for dag_id, id_ in self._ids.items() if of.get(id_) != dag_id]
            if deleted:  # and another may have got its number
                self._ids = {dag_id: id_ for dag_id, id_ in self._ids.items() if of.get(id_) == dag_id}
                self._ids |= _last_ids(session, DagRun.dag_id.in_(deleted))
                self._ids |= _ids_above(session, (self._newest or 0) - _REACH)
                runs = self._kept.now(session, _seen_runs(session, self._ids.values()))
            self._runs, self._last = runs, {run.dag_id: run for run in runs.values()}
            return self._last

    def _find(self, session: Session) -> None:
        """Find the ids of the last runs."""
        reach = (self._newest or 0) - _REACH
        newest, near = session.execute(
            sa.select(sa.func.max(DagRun.id), sa.select(sa.func.count()).where(DagRun.id > reach).scalar_subquery())
        ).one()
        newest = newest or 0
        if self._newest is None or newest < self._newest:  # not asked yet, or runs were deleted
            self._ids = _last_ids(session)
        elif (newest, near) != (self._newest, self._near):
            self._ids |= _ids_above(session, reach)
        self._newest, self._near = newest, near


def waiting_runs(session: Session) -> set[tuple[str, str]]:
    """Return the runs of accounts of which a task waits for a person's answer, by DAG id and run id."""
    columns = (TaskInstance.dag_id, TaskInstance.run_id)
    wanted = TaskInstance.state == TaskInstanceState.AWAITING_INPUT, _is_ours(TaskInstance.dag_id)
    return {(dag_id, run_id) for dag_id, run_id in session.execute(sa.select(*columns).where(*wanted))}


def ended_unbegun(session: Session, runs: Iterable[LastRun]) -> list[LastRun]:
    """Return those failed runs of which no task was ever scheduled: a person ended them while they waited."""
    by_id = {run.id: run for run in runs}
    return [
        by_id[id_]
        for chunk in _chunks(by_id)
        for id_ in session.scalars(sa.select(DagRun.id).where(DagRun.id.in_(chunk), _is_unbegun()))
    ]


def begun_before(session: Session, runs: Iterable[LastRun], now: datetime) -> dict[str, LastRun]:
    """Return by DAG id the last run, up to each of these, that neither waits for its time nor ended while it did."""
    waits = sa.and_(DagRun.state.in_(("running", "queued")), is_ahead(now))
    begun = sa.select(DagRun.id).where(~_is_unbegun(), ~sa.func.coalesce(waits, sa.false()))
    newest = begun.order_by(DagRun.id.desc()).limit(1)
    ids = [session.scalar(newest.where(DagRun.dag_id == run.dag_id, DagRun.id <= run.id)) for run in runs]
    found = _read_runs(session, [id_ for id_ in ids if id_ is not None])
    return {run.dag_id: run for run in found.values()}


def _is_unbegun() -> sa.ColumnElement[bool]:
    of_run = TaskInstance.dag_id == DagRun.dag_id, TaskInstance.run_id == DagRun.run_id
    has_begun = sa.exists().where(*of_run, TaskInstance.try_number > 0)
    return sa.and_(DagRun.state == FAILED, sa.exists().where(*of_run), ~has_begun)


def states_of(runs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return Airflow's state of runs by DAG id and run id; those that were deleted are left out."""
    wanted = list(runs)
    if not wanted:
        return {}
    columns = (DagRun.dag_id, DagRun.run_id, DagRun.state)
    with create_session() as session:
        rows = session.execute(sa.select(*columns).where(sa.tuple_(DagRun.dag_id, DagRun.run_id).in_(wanted)))
        return {(dag_id, run_id): str(state) for dag_id, run_id, state in rows}


def _ids_above(session: Session, id_: int) -> dict[str, int]:
    """Find the newest run of each DAG that has a new one; by nothing but the ids, which is what the index holds."""
    rows = session.execute(sa.select(DagRun.dag_id, DagRun.id).where(DagRun.id > id_).order_by(DagRun.id))
    return {dag_id: run_id for dag_id, run_id in rows if dag_id.startswith(DAG_ID_PREFIX)}


def _last_ids(session: Session, *where: sa.ColumnElement[bool]) -> dict[str, int]:
    statement = (
        sa.select(DagRun.dag_id, sa.func.max(DagRun.id)).where(_is_ours(DagRun.dag_id), *where).group_by(DagRun.dag_id)
    )
    return {dag_id: id_ for dag_id, id_ in session.execute(statement)}  # noqa: C416 (a row is no pair for mypy)


def _seen_runs(session: Session, ids: Iterable[int]) -> list[tuple[Any, ...]]:
    """Return the key of each run, with values that change whenever Airflow writes the run."""
    return [row for statement in _looks(tuple(ids)) for row in _plain_rows(session, statement)]


@lru_cache(maxsize=1)
def _looks(ids: tuple[int, ...]) -> list[sa.Select[Any]]:
    """Return the statements that look at runs, with the ids in their text: many parameters take longer."""
    texts = (f"dag_run.id IN ({', '.join(map(str, chunk))})" for chunk in _chunks(ids, _LONG_CHUNK))
    columns = (DagRun.id, sa.cast(DagRun.updated_at, sa.String), DagRun.state)
    return [sa.select(*columns).where(sa.text(text)) for text in texts]


def _plain_rows(session: Session, statement: sa.Select[*tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return rows as the driver has them, to be compared: quicker than SQLAlchemy's rows and types."""
    with session.connection().execute(statement) as result:
        return list(result.cursor.fetchall()) if result.cursor else []


def _read_dags(session: Session, dag_ids: Iterable[str]) -> dict[str, Dag]:
    columns = (DagModel.dag_id, DagModel.is_paused, DagModel.next_dagrun_create_after)
    return {
        dag_id: Dag(is_paused, after)
        for chunk in _chunks(dag_ids)
        for dag_id, is_paused, after in session.execute(sa.select(*columns).where(DagModel.dag_id.in_(chunk)))
    }


def _read_runs(session: Session, ids: Iterable[int]) -> dict[int, LastRun]:
    columns = (DagRun.id, DagRun.dag_id, DagRun.run_id, DagRun.state, DagRun.run_type, DagRun.start_date)
    return {
        id_: LastRun(id_, dag_id, run_id, str(state), trigger_of(run_type), started, ended)
        for chunk in _chunks(ids)
        for id_, dag_id, run_id, state, run_type, started, ended in session.execute(
            sa.select(*columns, DagRun.end_date).where(DagRun.id.in_(chunk))
        )
    }


def _chunks(keys: Iterable[_Key], size: int = _CHUNK) -> list[list[_Key]]:
    wanted = list(keys)
    return [wanted[start : start + size] for start in range(0, len(wanted), size)]


def _is_ours(dag_id: Any) -> sa.ColumnElement[bool]:
    """Compare by order, which an index can answer."""
    last = DAG_ID_PREFIX[:-1] + chr(ord(DAG_ID_PREFIX[-1]) + 1)
    return sa.and_(dag_id >= DAG_ID_PREFIX, dag_id < last)


known_dags = KnownDags()
last_runs = LastRuns()
