"""The check of an account: what source, target and ledger say of a period."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowFailException

from debitoor_provider.operators.base import SyncOperator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context

    from debitoor_provider.sync.steps.job import Job

_SHOWN = 200  # differences in the log


class DebitoorCheckOperator(SyncOperator):
    """Compare what source, target and ledger have for a period, and write counts, sums and differences into the log.

    Nothing is written to either service. Returns the counts, and the sums for each month and tax rate.

    :param period_from: first document date, ``YYYY-MM-DD``, inclusive; empty: open
    :param period_to: last document date, ``YYYY-MM-DD``, inclusive; empty: open
    :param fail_on_difference: fail the task when source and target are not the same
    """

    template_fields: Sequence[str] = (*SyncOperator.template_fields, "period_from", "period_to")
    reports = True
    is_of_a_run = False
    reads = ("source", "target")

    def __init__(
        self, *, period_from: str = "", period_to: str = "", fail_on_difference: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if type(fail_on_difference) is not bool:
            raise ValueError(f"fail_on_difference is True or False, and not {fail_on_difference!r}.")
        self.period_from = period_from
        self.period_to = period_to
        self.fail_on_difference = fail_on_difference

    def step(self, job: Job, context: Context) -> dict[str, Any]:
        """Check the period.

        :raises AirflowFailException: when source and target are not the same
        """
        from debitoor_provider.runs.check import counts_text, documents_table, sums_table
        from debitoor_provider.runs.tables import to_text
        from debitoor_provider.runs.windows import to_period
        from debitoor_provider.sync.check.check import check

        start, end = to_period(period_from=self.period_from, period_to=self.period_to)
        with check(job, start, end) as found:
            self.log.info("Checked: %s\n%s", counts_text(found), to_text(sums_table(found.sums)))
            if found.differs:
                self.log.warning("\n%s", to_text(documents_table(islice(found.differences(), _SHOWN))))
                if self.fail_on_difference:
                    raise AirflowFailException(f"Source and target are not the same: {counts_text(found)}.")
            return found.as_summary()
