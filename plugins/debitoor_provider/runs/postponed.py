"""Runs that Airflow lets begin only in the future, because of their logical date or their time *run after*.

Until then, such a run counts as an active one, so that Airflow makes no scheduled run of its account.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from debitoor_provider.messages import Message

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from debitoor_provider.sync.accounts.settings import Account


class Postponed(NamedTuple):
    """A run that waits for its time.

    :param until: when it begins, unless it is ended first
    """

    run_id: str
    until: datetime

    def message(self, account: Account) -> Message:
        """Return what waits, until when in the account's time zone, and how to end it."""
        local = self.until.astimezone(ZoneInfo(account.timezone))
        return Message("run_postponed", run=self.run_id, until=f"{local:%Y-%m-%d %H:%M %Z}")


def is_ahead(now: datetime) -> sa.ColumnElement[bool]:
    """Compare a run's time with now."""
    from airflow.models.dagrun import DagRun

    return sa.or_(DagRun.logical_date > now, DagRun.run_after > now)


def postponed_runs(session: Session, now: datetime) -> dict[str, Postponed]:
    """Return the run of each DAG that waits for its time; of several the one that waits longest."""
    from airflow.models.dagrun import DagRun

    columns = (DagRun.dag_id, DagRun.run_id, DagRun.logical_date, DagRun.run_after)
    found: dict[str, Postponed] = {}
    for state in ("running", "queued"):  # one by one and in the text: so the index of each state is used
        of_state = DagRun.state == sa.literal(state, literal_execute=True)
        for dag_id, run_id, date, after in session.execute(sa.select(*columns).where(of_state, is_ahead(now))):
            run = Postponed(run_id, max(date, after) if date else after)
            found[dag_id] = max(found.get(dag_id, run), run, key=lambda one: one.until)
    return found
