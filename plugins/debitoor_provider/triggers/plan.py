"""A scheduled run is planned in the triggerer: when nothing is to be done, it ends there and takes no worker."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseTrigger, TaskSkippedEvent, TriggerEvent

from debitoor_provider.hooks.kept import KEPT
from debitoor_provider.runs.dag_files import require_single
from debitoor_provider.runs.form import to_switch
from debitoor_provider.runs.jobs import account_of, kept_hook
from debitoor_provider.runs.scheduled import open_scheduled
from debitoor_provider.runs.windows import kind_of
from debitoor_provider.services.errors import Misconfigured, ServiceError, StopError
from debitoor_provider.sync.accounts.settings import digest
from debitoor_provider.sync.directions import row_of
from debitoor_provider.sync.ledger import LedgerError, Verdict
from debitoor_provider.sync.window import RunKind
from debitoor_provider.triggers.threads import one_at_a_time
from debitoor_provider.triggers.together import plan_together

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from airflow.sdk import Context

    from debitoor_provider.hooks.base import ServiceHook
    from debitoor_provider.runs.plan import Planned


class PlanTrigger(BaseTrigger):
    """Plan a scheduled run as the plan's operator does.

    When nothing is to be done, the run is reported on and the task is skipped, and with it all that follows. In any
    other case the task continues on a worker: with the plan that was made, or to make it there itself. It is made there
    for a run that a person or a backfill started, for one that has to list everything, and after an error, which is
    then reported and retried, as in every task.

    :param account: id of the sync account
    :param folder: folder of the account's file; by default the configured one
    :param digest: of the settings in the DAG's version: where the file here says something else, a worker plans
    :param period_from: as in the operator; whatever is asked for is looked for on a worker
    :param period_to: as in the operator
    :param document_ids: as in the operator
    :param preview: as in the operator
    """

    def __init__(
        self,
        account: str,
        period_from: str = "",
        period_to: str = "",
        document_ids: str = "",
        preview: bool | str = False,
        folder: str = "",
        digest: str = "",
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Airflow's has no annotations
        self.account = account
        self.period_from = period_from
        self.period_to = period_to
        self.document_ids = document_ids
        self.preview = preview
        self.folder = folder
        self.digest = digest
        self._connections: dict[str, type[ServiceHook[Any]]] = {}

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return how to make it again."""
        names = ("account", "period_from", "period_to", "document_ids", "preview", "folder", "digest")
        return f"{type(self).__module__}.{type(self).__qualname__}", {name: getattr(self, name) for name in names}

    def _moves(self) -> bool:
        """Return whether it is no preview; what says neither is for the worker to refuse."""
        with suppress(Misconfigured):
            return not to_switch("preview", self.preview)
        return False

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Return one event: the task is skipped, or continues on a worker.

        The worker is handed the plan's summary, why the run stops as ``stopped``, or ``None``.
        """
        task_instance: Any = self.task_instance
        context: Context = task_instance.get_template_context()
        plan: Planned | None = None
        # An empty list of documents is for the worker to refuse.
        asked = self.period_from or self.period_to or self.document_ids != ""
        if not asked and self._moves() and kind_of(context) is RunKind.SCHEDULED:
            try:
                plan = await self._plan(context)
            except (ServiceError, LedgerError) as error:
                reason = error.located if isinstance(error, StopError) and await self._stays(error) else None
                KEPT.forget(*self._connections)  # they may have been changed since, or are corrected next
                if reason:
                    self.log.warning("The run stops: %s", error)
                    yield TriggerEvent({Verdict.STOPPED.value: reason.as_json()})
                    return
                self.log.warning("The run is planned on a worker: %s", error)
        # Documents are moved on a worker: a task that ends here with success emits no event of its assets, and lets the
        # DAG processor parse its file again (Airflow 3.3.2, BaseTaskEndEvent).
        if plan is None or plan.has_work:
            yield TriggerEvent(plan and plan.summary)
        else:
            self.log.info("Nothing to do: %s", plan.summary)
            yield TaskSkippedEvent(xcoms={"return_value": plan.summary})

    async def _plan(self, context: Context) -> Planned | None:
        """Plan in a thread, together with the others that ask the source with the same key."""
        account = account_of(self.account, None, self.folder)
        if self.folder:
            await one_at_a_time(self.folder, partial(require_single, self.account, Path(self.folder)))
        if self.digest and digest(account) != self.digest:
            self.log.info("The account's file here is of another version, so the run is planned on a worker.")
            return None
        hooks = row_of(account).hooks.items()
        self._connections = {account.connection_of(service): resolve_name(hook) for service, hook in hooks}
        connection = account.connection_of(row_of(account).source)
        scheduled = await one_at_a_time(connection, partial(open_scheduled, self.account, account, context, kept_hook))
        return await plan_together(scheduled)

    async def _stays(self, error: StopError) -> bool:
        """Return whether a worker would ask the service with what it has refused; makes no call of it."""
        for conn_id, hook in self._connections.items():
            if hook.hook_name == error.service:
                return await one_at_a_time(conn_id, partial(KEPT.is_current, conn_id, hook.get_connection))
        return False
