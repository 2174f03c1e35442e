"""What Airflow knows of the accounts: their DAGs, and the last run of each."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from airflow.models.dag import DagModel
from airflow.models.dagrun import DagRun
from airflow.utils.session import create_session

from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX
from debitoor_provider.sync.window import RunKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

_REACH = 1_000
"""Ids below the newest that are looked at again: a run may be written before one with a lower id."""
_CHUNK = 500
_KINDS = {kind.value for kind in RunKind}


@dataclass(frozen=True, slots=True)
class Dag:
    """The DAG of an account, as Airflow has it.

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


def known_dags() -> dict[str, Dag]:
    """Give the DAGs of accounts that Airflow knows, by their ids."""
    columns = (DagModel.dag_id, DagModel.is_paused, DagModel.next_dagrun_create_after)
    statement = sa.select(*columns).where(_is_ours(DagModel.dag_id), DagModel.is_stale.is_(False))
    with create_session() as session:
        rows = session.connection().execute(statement)
        return {dag_id: Dag(bool(paused), after) for dag_id, paused, after in rows}


def kind_of(run_type: str) -> str:
    """Tell why a run runs; what neither the schedule nor a backfill began, somebody or something else did."""
    return run_type if run_type in _KINDS else RunKind.MANUAL.value


class LastRuns:
    """The last run of each account's DAG, found without looking at all runs there ever were.

    Runs are numbered as they are made. So only those are looked for that are newer than the newest one seen. Of those
    that are known, the ones that Airflow has written again since are read.
    """

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._newest: int | None = None
        self._read: dict[int, tuple[object, LastRun]] = {}
        self._lock = threading.Lock()

    def now(self) -> dict[str, LastRun]:
        """Give the last runs as they are now, by DAG id."""
        with self._lock, create_session() as session:
            newest = session.scalar(sa.select(sa.func.max(DagRun.id))) or 0
            if self._newest is None or newest < self._newest:  # not asked yet, or runs were deleted
                self._ids = _last_ids(session)
            else:
                self._ids |= _ids_above(session, self._newest - _REACH)
            self._newest = newest
            runs = self._runs(session)
            deleted = [dag_id for dag_id in self._ids if dag_id not in runs]
            if deleted:
                self._ids = {dag_id: run.id for dag_id, run in runs.items()}
                self._ids |= _last_ids(session, DagRun.dag_id.in_(deleted))
                runs = self._runs(session)
            return runs

    def _runs(self, session: Session) -> dict[str, LastRun]:
        stamps = _stamps(session, self._ids.values())
        self._read = {id_: read for id_, read in self._read.items() if stamps.get(id_) == read[0]}
        read = _read(session, stamps.keys() - self._read.keys())
        self._read |= {run.id: (stamps[run.id], run) for run in read}
        return {run.dag_id: run for _, run in self._read.values()}


last_runs = LastRuns()


def _ids_above(session: Session, id_: int) -> dict[str, int]:
    """Find the newest run of each DAG that has a new one; by nothing but the ids, which is what the index holds."""
    rows = session.execute(sa.select(DagRun.dag_id, DagRun.id).where(DagRun.id > id_).order_by(DagRun.id))
    return {dag_id: run_id for dag_id, run_id in rows if dag_id.startswith(DAG_ID_PREFIX)}


def _last_ids(session: Session, *where: sa.ColumnElement[bool]) -> dict[str, int]:
    statement = (
        sa.select(DagRun.dag_id, sa.func.max(DagRun.id)).where(_is_ours(DagRun.dag_id), *where).group_by(DagRun.dag_id)
    )
    return {dag_id: id_ for dag_id, id_ in session.execute(statement)}  # noqa: C416 (a row is no pair for mypy)


def _stamps(session: Session, ids: Iterable[int]) -> dict[int, object]:
    """Tell of runs what differs as soon as Airflow has written them again, without a look at what that is."""
    columns = (DagRun.id, sa.type_coerce(DagRun.updated_at, sa.String), sa.type_coerce(DagRun.state, sa.String))
    found: dict[int, object] = {}
    for chunk in _chunks(ids):
        rows = session.connection().execute(sa.select(*columns).where(DagRun.id.in_(chunk)))
        found |= {id_: (updated_at, state) for id_, updated_at, state in rows}
    return found


def _read(session: Session, ids: Iterable[int]) -> list[LastRun]:
    columns = (DagRun.id, DagRun.dag_id, DagRun.run_id, DagRun.state, DagRun.run_type, DagRun.start_date)
    return [
        LastRun(id_, dag_id, run_id, str(state), kind_of(run_type), started, ended)
        for chunk in _chunks(ids)
        for id_, dag_id, run_id, state, run_type, started, ended in session.execute(
            sa.select(*columns, DagRun.end_date).where(DagRun.id.in_(chunk))
        )
    ]


def _chunks(ids: Iterable[int]) -> list[list[int]]:
    wanted = sorted(ids)
    return [wanted[start : start + _CHUNK] for start in range(0, len(wanted), _CHUNK)]


def _is_ours(dag_id: Any) -> sa.ColumnElement[bool]:
    """Compare by order, which an index can answer."""
    last = DAG_ID_PREFIX[:-1] + chr(ord(DAG_ID_PREFIX[-1]) + 1)
    return sa.and_(dag_id >= DAG_ID_PREFIX, dag_id < last)
