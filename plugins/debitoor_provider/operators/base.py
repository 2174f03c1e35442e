"""What the steps of a sync have in common: Airflow's context in, one step of :mod:`debitoor_provider.sync` out."""

from __future__ import annotations

import inspect
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from debitoor_provider.links.synchronisation import SynchronisationLink
from debitoor_provider.policies.retry import ServiceRetryPolicy, final, is_permanent
from debitoor_provider.services.errors import ServiceError, StopError
from debitoor_provider.sync.accounts.ids import is_account_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from airflow.providers.openlineage.extractors import OperatorLineage
    from airflow.sdk import BaseOperatorLink, Context

    from debitoor_provider.runs.lineage import Lineage
    from debitoor_provider.sync.accounts.settings import Account
    from debitoor_provider.sync.ledger import Run
    from debitoor_provider.sync.steps.direction import Side
    from debitoor_provider.sync.steps.job import Job


class SyncOperator(BaseOperator):
    """One step of a sync account, for all documents of the run.

    An error that a person has to correct fails the task at once, whatever ``retries`` says; after any other one the
    next attempt waits as long as the service asked, at most an hour.

    A step whose run has no other step before it plans the run itself where it needs a plan, and reports on the run; the
    last step also when it fails for good.

    The account's settings are those of its file in the accounts folder, or what the operator is given: in ``settings``,
    or as arguments named as in an account file (``rename="{company}"``, ``filter={"tags": {"any": ["books"]}}``), which
    are checked while the DAG is read. The operators of one account have to be given the same.

    :param account: id of the sync account, under which the ledger keeps its documents
    :param settings: the account's settings, as an object or as the content of an account file
    :param getmyinvoices_conn_id: connection of an account without a file, by default ``getmyinvoices_default``
    :param debitoor_conn_id: connection of an account without a file, by default ``debitoor_default``
    """

    template_fields: Sequence[str] = ("account",)
    direction: ClassVar[str | None] = None
    """The direction of the accounts that the step is for; ``None``: of all."""
    archives: ClassVar[bool] = False
    """Whether the step is only for accounts whose source has an archive."""
    needs_plan: ClassVar[bool] = False
    """Whether the step works on the documents that the run has planned."""
    reports: ClassVar[bool] = False
    """Whether the step enters the run and its result into the ledger itself."""
    is_of_a_run: ClassVar[bool] = True
    """Whether the step is a part of a run of its account, between its plan and its report."""
    reads: ClassVar[tuple[Side, ...]] = ()
    """Where the step reads documents, for lineage."""
    writes: ClassVar[tuple[Side, ...]] = ()
    """Where the step writes documents, for lineage."""
    operator_extra_links: tuple[BaseOperatorLink, ...] = (SynchronisationLink(),)
    ui_color = "#e6f1fb"

    def __init__(
        self,
        *,
        account: str,
        settings: Account | Mapping[str, Any] | None = None,
        getmyinvoices_conn_id: str | None = None,
        debitoor_conn_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        own = arguments_of(type(self))
        others = [] if own.issuperset(kwargs) else [name for name in kwargs if name not in own]
        given = {name: kwargs.pop(name) for name in others if not name.startswith("_")}
        super().__init__(**kwargs)
        if self.retry_policy is None:
            self.retry_policy = ServiceRetryPolicy()
        self.account = account
        connections = {"getmyinvoices": getmyinvoices_conn_id, "debitoor": debitoor_conn_id}
        self.settings = self._settings(
            settings, given, {name: id_ for name, id_ in connections.items() if id_ is not None}
        )
        self._job: Job | None = None
        self.lineage: Lineage | None = None

    def _settings(
        self, settings: Account | Mapping[str, Any] | None, given: dict[str, Any], connections: dict[str, str]
    ) -> Account | None:
        """Return the settings that the operator was given; ``None`` when the account's file is to be read.

        :raises ArgumentError: naming an argument that cannot be used, and what was probably meant
        """
        is_named = not isinstance(self.account, str) or "{" in self.account or is_account_id(self.account)
        if not given and not connections and settings is None and is_named:
            return None
        from debitoor_provider.runs import arguments
        from debitoor_provider.sync.accounts.settings import Account

        if not is_named:
            raise arguments.no_account_id(self.account)
        arguments.require_known(type(self).__name__, given, arguments_of(type(self)))
        if isinstance(settings, Account):
            arguments.require_beside([*given, *(f"{service}_conn_id" for service in connections)])
            arguments.require_direction(type(self).__name__, settings.type, self.direction, archives=self.archives)
            return settings
        arguments.require_settings(settings)
        direction = self.direction or (arguments.only_archiving_direction() if self.archives else None)
        name = self.account if isinstance(self.account, str) and "{" not in self.account else self.task_id
        merged = {**(settings or {}), **given}
        arguments.require_direction(type(self).__name__, merged.get("type"), self.direction, archives=self.archives)
        return arguments.account_of_arguments(name, merged, connections, direction)

    @property
    def is_in_dag(self) -> bool:
        """Whether the task is in a DAG."""
        return bool(self.has_dag())  # type: ignore[no-untyped-call]  # Airflow's has no annotations

    def execute(self, context: Context) -> dict[str, Any]:
        """Run the step; returns a small summary, never a document.

        :raises StopError: when a person has to correct something first; also an ``AirflowFailException``
        :raises RetryError: when documents are left that may go later
        :raises AirflowRescheduleException: when the step's time slice is over
        """
        return self._in_job(context, self.step)

    def _in_job(self, context: Context, step: Callable[[Job, Context], dict[str, Any]]) -> dict[str, Any]:
        """Open what the step works with, and do its work or what is left of it."""
        from debitoor_provider.runs.jobs import open_job, require_its_own

        try:
            if self.settings is not None:
                require_its_own(self.account, self.settings, context)
            with open_job(self.account, self.settings, context, follows=not self.reports) as job:
                self._job = job
                return self._run(job, context, step)
        except Exception as error:
            if is_permanent(error):
                self._fail(error, context)
            raise

    def _run(self, job: Job, context: Context, step: Callable[[Job, Context], dict[str, Any]]) -> dict[str, Any]:
        from debitoor_provider.policies.time_slices import in_time_slices
        from debitoor_provider.runs.lineage import lineage_of
        from debitoor_provider.sync.ledger import DRY_RUN, LedgerError, Verdict

        try:
            self.require_direction(job)
            self.lineage = lineage_of(job, self.reads, self.writes)
            with in_time_slices(job):
                run = None if self.reports else job.ledger.runs.get(job.run_id)
                is_first = not self.reports and self._is_first(run)
                if is_first:
                    self._begin(job, context)
                elif run is not None and run.kind == DRY_RUN:
                    self.log.info("The run is a dry run, so nothing is done here.")
                    return {}
                summary = step(job, context)
            if not self.reports and (is_first or self.is_in_dag) and not self._is_followed():
                self._conclude(job)
            return summary
        except ServiceError as error:
            verdict = Verdict.STOPPED if isinstance(error, StopError) else ""
            with suppress(LedgerError):  # what went wrong first is what counts
                job.ledger.runs.note_error(job.run_id, error.located, verdict)
                if self._is_the_end(error, context) and job.ledger.runs.get(job.run_id):
                    from debitoor_provider.runs.report import conclude

                    conclude(job, [self.task_id])
            raise

    def on_kill(self) -> None:
        """Begin no further document; Airflow gives those under way a few seconds before it ends the process."""
        if self._job:
            self._job.ending.set()

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> OperatorLineage | None:
        """Return what the step read and wrote, for OpenLineage's provider; also after a failure."""
        from debitoor_provider.runs.lineage import to_openlineage

        return self.lineage and to_openlineage(self.lineage)

    def _fail(self, error: Exception, context: Context) -> NoReturn:
        from debitoor_provider.runs.metrics import count_failure

        count_failure(context, type(self).__name__)
        raise final(error) from error.__cause__

    def require_direction(self, job: Job) -> None:
        """Check that the step is one for the account.

        :raises Misconfigured: when it is for accounts of another direction
        """
        from debitoor_provider.messages import Message
        from debitoor_provider.services.errors import Misconfigured
        from debitoor_provider.sync.directions import row_of

        row = row_of(job.account)
        if self.direction not in (None, job.direction.name) or (self.archives and not row.archives):
            message = Message("wrong_direction", account=job.account_id, direction=row.title)
            raise Misconfigured(message, operation="open_account")

    def _is_first(self, run: Run | None) -> bool:
        """Return whether no other step of the run was before this one, by the ledger or by the DAG.

        :param run: as the ledger has it; ``None`` before its first step
        """
        return run is None or (self.is_in_dag and not self.own_steps(upstream=True))

    def _begin(self, job: Job, context: Context) -> None:
        """Enter the run into the ledger, and plan it where the step needs a plan."""
        from debitoor_provider.runs.form import require_read
        from debitoor_provider.runs.plan import make_plan
        from debitoor_provider.runs.windows import requested_window
        from debitoor_provider.sync.ledger import Run

        job.ledger.runs.start(Run(job.run_id, job.account_id, job.direction.name, job.kind.value))
        if self.needs_plan:
            require_read(getattr(context["dag_run"], "conf", None), ())
            plan = make_plan(job, requested_window(context, job.account, "", "", ""))
            self.log.info("Planned: %s", plan.summary)

    def _conclude(self, job: Job) -> None:
        """Report on the run.

        :raises AirflowFailException: when the run's verdict is that it failed
        """
        from debitoor_provider.runs.report import conclude
        from debitoor_provider.sync.ledger import Verdict

        result = conclude(job)
        if result.verdict != Verdict.SUCCESS:
            raise AirflowFailException(str(result.message))

    def _is_the_end(self, error: ServiceError, context: Context) -> bool:
        """Return whether the run ends with this error: no step comes after this one, and there is no further try."""
        if not self.is_in_dag or self._is_followed():
            return False
        ti: Any = context["ti"]
        return is_permanent(error) or getattr(ti, "try_number", 0) > getattr(ti, "max_tries", 0)

    def _is_followed(self) -> bool:
        """Return whether a step of the account's run comes after this one in its DAG."""
        return bool(self.own_steps(upstream=False))

    def own_steps(self, *, upstream: bool) -> list[str]:
        """Return the ids of the tasks before this one, or of those after it, that are steps of its account's run."""
        if not self.is_in_dag:
            return []
        return sorted(task.task_id for task in self.get_flat_relatives(upstream=upstream) if self._is_own_step(task))

    def _is_own_step(self, task: Any) -> bool:
        """Return whether a task, mapped or not, is a step of a run of the account, as far as is known before it runs.

        Which account a template or a mapped task has is not: it may be this one.
        """
        kind = getattr(task, "operator_class", type(task))
        if not issubclass(kind, SyncOperator) or not kind.is_of_a_run:
            return False
        account = task.partial_kwargs.get("account") if hasattr(task, "partial_kwargs") else task.account
        is_known = isinstance(account, str) and "{" not in account
        return not is_known or account == self.account

    def step(self, job: Job, context: Context) -> dict[str, Any]:
        """Do the step's work."""
        raise NotImplementedError

    def ahead(self, job: Job, context: Context) -> dict[str, Any] | None:
        """Do the step's work in the task of the plan; ``None`` to leave it to a task of its own."""
        return self.step(job, context)


@cache
def arguments_of(operator: type[BaseOperator]) -> frozenset[str]:
    """Return the names of the arguments that an operator has, its bases' included; others are settings."""
    inits = [kind.__init__ for kind in operator.__mro__ if issubclass(kind, BaseOperator)]
    return frozenset(name for init in inits for name in inspect.signature(init).parameters) - {"self", "kwargs"}
