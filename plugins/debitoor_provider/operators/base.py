"""What the steps of a sync have in common: Airflow's context in, one step of :mod:`debitoor_provider.sync` out."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from debitoor_provider.links.synchronisation import SynchronisationLink
from debitoor_provider.services.http.errors import ServiceError, StopError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context

    from debitoor_provider.runs.exchange import Exchange
    from debitoor_provider.sync.accounts.settings import Account


class SyncOperator(BaseOperator):
    """One step of a sync account, for all documents of the run.

    :param account: id of the sync account, under which the ledger keeps its documents
    :param settings: the account's settings; without them its file in the accounts folder is read
    """

    template_fields: Sequence[str] = ("account",)
    operator_extra_links = (SynchronisationLink(),)
    ui_color = "#e6f1fb"

    def __init__(self, *, account: str, settings: Account | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.account = account
        self.settings = settings
        self._exchange: Exchange | None = None

    def execute(self, context: Context) -> dict[str, Any]:
        """Run the step; returns a small summary, never a document.

        :raises StopError: when a person has to mend something first
        :raises RetryError: when documents are left that may go later
        :raises AirflowRescheduleException: when the run is patient and its turn is over
        """
        from debitoor_provider.policies.turns import in_turns
        from debitoor_provider.runs.exchange import open_exchange
        from debitoor_provider.sync.ledger import LedgerError
        from debitoor_provider.sync.steps.report import STOPPED

        with open_exchange(self.account, self.settings, context) as exchange:
            self._exchange = exchange
            try:
                with in_turns(exchange):
                    return self.step(exchange, context)
            except ServiceError as error:
                verdict = STOPPED if isinstance(error, StopError) else ""
                with suppress(LedgerError):  # what went wrong first is what counts
                    exchange.ledger.runs.note_error(exchange.run_id, str(error), error.remedy, verdict)
                raise

    def on_kill(self) -> None:
        """Begin no further document; Airflow gives those under way a few seconds before it ends the process."""
        if self._exchange:
            self._exchange.ending.set()

    def step(self, exchange: Exchange, context: Context) -> dict[str, Any]:
        """Do the step's work."""
        raise NotImplementedError
