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
    :param preview: ``True``, or a text that says so: show names, figures and targets in the log and move nothing
    """

    template_fields: Sequence[str] = (
        *SyncOperator.template_fields,
        "period_from",
        "period_to",
        "document_ids",
        "preview",
    )

    def __init__(
        self,
        *,
        period_from: str = "",
        period_to: str = "",
        document_ids: str = "",
        preview: bool | str = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.period_from = period_from
        self.period_to = period_to
        self.document_ids = document_ids
        self.preview = preview

    def step(self, exchange: Exchange, context: Context) -> dict[str, Any]:
        """Plan the run."""
        from debitoor_provider.operators.windows import kind_of, requested_window
        from debitoor_provider.sync.archiving import to_archive
        from debitoor_provider.sync.ledger import Run

        kind = kind_of(context)
        exchange.ledger.start_run(Run(exchange.run_id, exchange.account_id, exchange.account.type, kind.value))
        window = requested_window(context, exchange.account, self.period_from, self.period_to, self.document_ids)
        if str(self.preview).strip().lower() in {"true", "1", "yes"}:
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
                "already_there": plan.done,
                "waiting": plan.waiting,
                "left_out": plan.left_out,
            }
            self.log.info("Planned: %s", summary)
        if not due:
            self._skip_the_rest(context, summary)
        return summary

    def _skip_the_rest(self, context: Context, summary: dict[str, Any]) -> None:
        """Skip the steps that would find nothing to do; a task that runs in any case, and what follows it, is left.

        One of several mapped plans skips nothing: the steps after it may be those of the other accounts too.
        """
        if getattr(context["ti"], "map_index", -1) >= 0:
            return
        rest: dict[str, None] = {}
        ahead = list(self.downstream_list) if self.has_dag() else []  # type: ignore[no-untyped-call]
        while ahead:
            task = ahead.pop()
            if task.trigger_rule == "all_success" and task.task_id not in rest:
                rest[task.task_id] = None
                ahead += task.downstream_list
        if rest:
            context["ti"].xcom_push("return_value", summary)
            raise DownstreamTasksSkipped(tasks=sorted(rest))  # type: ignore[no-untyped-call]
