"""From when on a run has its time: a reference for Airflow's deadlines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from airflow.sdk.definitions.deadline import BaseDeadlineReference

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class RunMade(BaseDeadlineReference):
    """The moment at which a run was made.

    ``DAGRUN_QUEUED_AT`` is the same moment, but with it Airflow 3.3 answers 500 to whoever clears a task of a run whose
    deadline has not passed: it takes the interval for a number of seconds, and has stored it in another form.
    """

    def _evaluate_with(self, *, session: Session) -> datetime:
        """Return the moment; Airflow asks as it makes the run."""
        return datetime.now(UTC)
