"""What one step works with: the account, the ledger, the run and both services, opened when they are needed."""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowNotFoundException

from debitoor_provider.configuration import accounts_folder, ledger_url
from debitoor_provider.runs.windows import is_patient, kind_of
from debitoor_provider.services.http.errors import Misconfigured
from debitoor_provider.sync.accounts.files import find_account
from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX
from debitoor_provider.sync.counting import count_export, count_import
from debitoor_provider.sync.ledger import Ledger
from debitoor_provider.sync.steps.plan import Plan, choose_window, due, plan_export, plan_import, unnamed
from debitoor_provider.sync.steps.preview import Look, preview_export, preview_import

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from airflow.sdk import Context

    from debitoor_provider.hooks.base import C, ServiceHook
    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.sync.accounts.settings import Account, ExportAccount, ImportAccount
    from debitoor_provider.sync.ledger import Pending
    from debitoor_provider.sync.window import RunKind, Window


@dataclass
class Exchange:
    """One account at work.

    :param account_id: under which the ledger keeps its documents
    :param run_id: the run's id in the ledger, unique over all DAGs and accounts
    :param patient: whether others need not wait for it
    :param ending: set when Airflow tells the task to end
    """

    account_id: str
    account: Account
    ledger: Ledger
    run_id: str
    patient: bool = False
    ending: threading.Event = field(default_factory=threading.Event, repr=False)
    _open: ExitStack = field(default_factory=ExitStack, repr=False)

    @cached_property
    def getmyinvoices(self) -> GetMyInvoicesClient:
        """The client of the account's GetMyInvoices connection."""
        # Airflow's HTTP hook takes a quarter of a second to import, which steps without HTTP need not pay.
        from debitoor_provider.hooks.getmyinvoices import GetMyInvoicesHook

        return self._client(GetMyInvoicesHook, self.account.connections.getmyinvoices)

    @cached_property
    def debitoor(self) -> DebitoorClient:
        """The client of the account's Debitoor connection."""
        from debitoor_provider.hooks.debitoor import DebitoorHook

        return self._client(DebitoorHook, self.account.connections.debitoor)

    @property
    def export_account(self) -> ExportAccount:
        """The settings, of an account that exports.

        :raises Misconfigured: when it imports
        """
        if self.account.type != "export":
            raise Misconfigured(f"The account {self.account_id} imports.", operation="export")
        return self.account

    @property
    def import_account(self) -> ImportAccount:
        """The settings, of an account that imports.

        :raises Misconfigured: when it exports
        """
        if self.account.type != "import":
            raise Misconfigured(f"The account {self.account_id} exports.", operation="import")
        return self.account

    def window(self, requested: Window | None, kind: RunKind) -> Window:
        """Settle what a run asks its source for."""
        return choose_window(
            requested,
            account=self.account,
            account_id=self.account_id,
            ledger=self.ledger,
            now=datetime.now(UTC),
            kind=kind,
        )

    def plan(self, window: Window | None, kind: RunKind) -> Plan:
        """Plan a run of the account in its direction."""
        if self.account.type == "export":
            return plan_export(
                window,
                account=self.account,
                account_id=self.account_id,
                ledger=self.ledger,
                getmyinvoices=self.getmyinvoices,
                run_id=self.run_id,
                kind=kind,
            )
        return plan_import(
            window,
            account=self.account,
            account_id=self.account_id,
            ledger=self.ledger,
            debitoor=self.debitoor,
            run_id=self.run_id,
            kind=kind,
        )

    def preview(self, window: Window | None, kind: RunKind, now: datetime, limit: int | None = None) -> Look:
        """Tell what a run would do; nothing is written anywhere."""
        common: dict[str, Any] = {
            "account_id": self.account_id,
            "ledger": self.ledger,
            "debitoor": self.debitoor,
            "kind": kind,
            "now": now,
            "limit": limit,
        }
        if self.account.type == "export":
            return preview_export(window, account=self.account, getmyinvoices=self.getmyinvoices, **common)
        return preview_import(window, account=self.account, **common)

    def count_open(self, start: date, end: date) -> int:
        """Tell how many documents of a period are still to be moved."""
        common: dict[str, Any] = {"account_id": self.account_id, "ledger": self.ledger}
        if self.account.type == "export":
            return count_export(start, end, account=self.account, getmyinvoices=self.getmyinvoices, **common)
        return count_import(start, end, account=self.account, debitoor=self.debitoor, **common)

    def due(self, context: Context) -> Pending:
        """Tell what the run is to move."""
        return due(self.ledger, self.account_id, self.account, self.run_id, kind_of(context))

    def unnamed(self, context: Context) -> Pending:
        """Tell what the run is to give a name."""
        return unnamed(self.ledger, self.account_id, self.account, self.run_id, kind_of(context))

    def close(self) -> None:
        """Give back the connections."""
        self._open.close()

    def _hook(self, hook: type[ServiceHook[C]], connection_id: str) -> ServiceHook[C]:
        """Make the hook of a connection."""
        return hook(connection_id)

    def _client(self, hook: type[ServiceHook[C]], connection_id: str) -> C:
        """Open a hook until :meth:`close`.

        :raises Misconfigured: when its connection is not there
        """
        try:
            opened = self._open.enter_context(self._hook(hook, connection_id))
            opened.patient = self.patient
            return opened.client
        except AirflowNotFoundException:
            raise Misconfigured(
                f"Airflow has no connection {connection_id}.",
                operation=f"open account {self.account_id}",
                remedy="Add it (Admin, Connections), or correct the account's connections.",
            ) from None


@contextmanager
def open_exchange(account_id: str, settings: Account | None, context: Context) -> Iterator[Exchange]:
    """Open what a step works with.

    :raises Misconfigured: when the account's settings cannot be used
    """
    exchange = Exchange(
        account_id,
        account_of(account_id, settings),
        Ledger.open(ledger_url()),
        run_id_of(context, account_id),
        patient=is_patient(context),
    )
    try:
        yield exchange
    finally:
        exchange.close()


def account_of(account_id: str, settings: Account | None, folder: str = "") -> Account:
    """Return the settings of an account, from what an operator was given or from the account's file.

    :param folder: folder of the file; by default the configured one
    :raises Misconfigured: naming file, line, field and remedy of every problem
    """
    if settings is not None:
        return settings
    file = find_account(Path(folder) if folder else accounts_folder(), account_id)
    if file.account is None or file.problems:
        raise Misconfigured("\n".join(map(str, file.problems)), operation=f"read account {account_id}")
    return file.account


def run_id_of(context: Context, account_id: str) -> str:
    """Name a run in the ledger: ``<dag id>/<run id>``, and ``#<account>`` in a DAG that may serve several accounts."""
    dag_run = context["dag_run"]
    is_its_own = dag_run.dag_id == DAG_ID_PREFIX + account_id
    return f"{dag_run.dag_id}/{dag_run.run_id}" + ("" if is_its_own else f"#{account_id}")
