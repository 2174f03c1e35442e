"""Whether the DAG of an account is paused; pause it, also before Airflow has read its file for the first time."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa
from airflow.models.dag import DagModel
from airflow.models.dagbundle import DagBundleModel
from airflow.utils.session import create_session

from debitoor_provider.runs.bundles import is_of_account
from debitoor_provider.ui.refusals import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session


def is_active(dag_id: str) -> bool:
    """Return whether Airflow knows a DAG, and it is not paused."""
    with create_session() as session:
        row = session.get(DagModel, dag_id)
        return row is not None and not row.is_paused


@contextmanager
def paused(dag_id: str) -> Iterator[None]:
    """Pause a DAG while the account's file is written, and leave it so; if the file is not written, it is as before.

    A DAG that Airflow has not read yet gets its row now, which shows nowhere as long as it is stale: Airflow keeps
    ``is_paused`` of a row that is there, and takes it from its configuration otherwise.

    :raises RequestRefused: 503 when Airflow has no bundle of DAG files yet
    """
    with create_session() as session:
        row = session.get(DagModel, dag_id)
        before = row.is_paused if row else None
        if row:
            row.is_paused = True
        else:
            known = {"bundle_name": _bundle(session), "is_paused": True, "is_stale": True}
            session.add(DagModel(dag_id=dag_id, **known))
    try:
        yield
    except BaseException:
        _restore(dag_id, before)
        raise


def _bundle(session: Session) -> str:
    """Return the bundle of the other accounts, or any: the row gets its own when Airflow reads the file."""
    others = sa.select(DagModel.bundle_name).where(is_of_account())
    bundles = sa.select(DagBundleModel.name).where(DagBundleModel.active.is_(True)).order_by(DagBundleModel.name)
    found = session.scalar(others.limit(1)) or session.scalar(bundles.limit(1))
    if found is None:
        raise RequestRefused("airflow_read_no_dags", status=503)
    return found


def _restore(dag_id: str, before: bool | None) -> None:
    with create_session() as session:
        row = session.get(DagModel, dag_id)
        if row is None:
            return
        if before is not None:
            row.is_paused = before
        elif row.is_stale:
            session.delete(row)
