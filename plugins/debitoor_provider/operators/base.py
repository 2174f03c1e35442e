"""What the steps of a sync have in common: Airflow's context in, one step of :mod:`debitoor_provider.sync` out."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.sdk import BaseOperator

from debitoor_provider.links.synchronisation import SynchronisationLink
from debitoor_provider.services.http.errors import ServiceError, StopError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context

    from debitoor_provider.sync.accounts.settings import Account
    from debitoor_provider.sync.steps.job import Job


class SyncOperator(BaseOperator):
    """One step of a sync account, for all documents of the run.

    :param account: id of the sync account, under which the ledger keeps its documents
    :param settings: the account's settings; without them its file in the accounts folder is read
    """

    template_fields: Sequence[str] = ("account",)
    direction: ClassVar[str | None] = None
    """The direction of the accounts that the step is for; ``None``: of all."""
    archives: ClassVar[bool] = False
    """Whether the step is only for accounts whose source has an archive."""
    operator_extra_links = (SynchronisationLink(),)
    ui_color = "#e6f1fb"

    def __init__(self, *, account: str, settings: Account | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.account = account
        self.settings = settings
        self._job: Job | None = None

    def execute(self, context: Context) -> dict[str, Any]:
        """Run the step; returns a small summary, never a document.

        :raises StopError: when a person has to correct something first
        :raises RetryError: when documents are left that may go later
        :raises AirflowRescheduleException: when the run is patient and its turn is over
        """
        from debitoor_provider.policies.turns import in_turns
        from debitoor_provider.runs.jobs import open_job
        from debitoor_provider.sync.ledger import LedgerError
        from debitoor_provider.sync.steps.report import STOPPED

        with open_job(self.account, self.settings, context) as job:
            self._job = job
            try:
                self._require_direction(job)
                with in_turns(job):
                    return self.step(job, context)
            except ServiceError as error:
                verdict = STOPPED if isinstance(error, StopError) else ""
                with suppress(LedgerError):  # what went wrong first is what counts
                    job.ledger.runs.note_error(job.run_id, str(error), error.remedy, verdict)
                raise

    def on_kill(self) -> None:
        """Begin no further document; Airflow gives those under way a few seconds before it ends the process."""
        if self._job:
            self._job.ending.set()

    def _require_direction(self, job: Job) -> None:
        from debitoor_provider.messages import Message
        from debitoor_provider.services.http.errors import Misconfigured
        from debitoor_provider.sync.directions import row_of

        row = row_of(job.account)
        if self.direction not in (None, job.direction.name) or (self.archives and not row.archives):
            message = Message("wrong_direction", account=job.account_id, direction=row.title)
            raise Misconfigured(message, operation="open_account")

    def step(self, job: Job, context: Context) -> dict[str, Any]:
        """Do the step's work."""
        raise NotImplementedError
