"""The first step: what is to be moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import DownstreamTasksSkipped

from debitoor_provider.operators.base import SyncOperator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context

    from debitoor_provider.operators.exchange import Exchange


class DebitoorPlanOperator(SyncOperator):
    """Ask the source what is new, choose by the account's settings, and write down what is to be moved.

    Without a period, documents or a backfill's data interval, everything new or changed since the last complete plan
    is asked for. When nothing is to be done, the following steps are skipped; a report with its own trigger rule runs.

    :param period_from: first document date, ``YYYY-MM-DD``, inclusive; empty: open
    :param period_to: last document date, ``YYYY-MM-DD``, inclusive; empty: open
    :param document_ids: only these documents, by their ids at the source, separated by commas
    :param dry_run: ``True``, or a text that says so: show names, figures and targets in the log and move nothing
    """

    template_fields: Sequence[str] = (
        *SyncOperator.template_fields,
        "period_from",
        "period_to",
        "document_ids",
        "dry_run",
    )

    def __init__(
        self,
        *,
        period_from: str = "",
        period_to: str = "",
        document_ids: str = "",
        dry_run: bool | str = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.period_from = period_from
        self.period_to = period_to
        self.document_ids = document_ids
        self.dry_run = dry_run

    def step(self, exchange: Exchange, context: Context) -> dict[str, Any]:
        """Plan the run."""
        from debitoor_provider.operators.windows import kind_of, requested_window
        from debitoor_provider.sync.archiving import to_archive

        window = requested_window(
            context, exchange.account.timezone, self.period_from, self.period_to, self.document_ids
        )
        kind = kind_of(context)
        if str(self.dry_run).strip().lower() in {"true", "1", "yes"}:
            from debitoor_provider.operators.dry_run import show

            summary = show(exchange, window, kind, self.log)
            due: Sequence[object] = ()
        else:
            plan = exchange.plan(window, kind)
            due = plan.due
            if exchange.account.type == "export" and exchange.account.archive_after_transfer:
                due = [*due, *to_archive(exchange.ledger, exchange.account_id)]
            summary = {
                "due": len(plan.due),
                "new": plan.new,
                "already there": plan.done,
                "waiting": plan.waiting,
                "left out": plan.left_out,
            }
            self.log.info("Planned: %s", summary)
        if not due:
            self._skip_the_rest(context, summary)
        return summary

    def _skip_the_rest(self, context: Context, summary: dict[str, Any]) -> None:
        """Skip the steps that would find nothing to do; those that run in any case are left alone."""
        rest = [task.task_id for task in self.get_flat_relatives(upstream=False) if task.trigger_rule == "all_success"]
        if rest:
            context["ti"].xcom_push("return_value", summary)
            raise DownstreamTasksSkipped(tasks=rest)
