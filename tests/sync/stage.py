"""A company at the sandbox, a ledger and the clients: what a run needs, in words that read like sentences."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from debitoor_provider.services.debitoor.client import DebitoorClient
from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
from debitoor_provider.services.http.clock import ServiceClock
from debitoor_provider.services.http.retry import Backoff
from debitoor_provider.sync.accounts.settings import ExportAccount, ImportAccount
from debitoor_provider.sync.directions import row_of
from debitoor_provider.sync.ledger import Entry, Ledger, Pending
from debitoor_provider.sync.steps.archive import archive
from debitoor_provider.sync.steps.job import Job
from debitoor_provider.sync.steps.plan import Plan, plan
from debitoor_provider.sync.steps.preview import preview
from debitoor_provider.sync.steps.preview_result import Preview
from debitoor_provider.sync.steps.rebuild import rebuild
from debitoor_provider.sync.steps.rename import rename
from debitoor_provider.sync.steps.transfer import transfer
from debitoor_provider.sync.window import RunKind, Window

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin
    from debitoor_provider.sync.accounts.settings import Account

_numbers = itertools.count(1)
_CONNECTIONS = {"getmyinvoices": "gmi", "debitoor": "debitoor"}


def pdf(size: int = 0) -> bytes:
    """Return a file with unique bytes.

    :param size: bytes; as small as can be when 0
    """
    start, end = b"%%PDF-1.4\n%% file %d\n" % next(_numbers), b"%%EOF\n"
    return start + b"%" * (size - len(start) - len(end)) + end


class Clock:
    """The machine's time plus what a test adds to it; the sandbox's clock follows."""

    def __init__(self, sandbox: SandboxAdmin) -> None:
        self._sandbox = sandbox
        self.passed = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.passed

    def pass_by(self, **span: float) -> None:
        self.passed += timedelta(**span)
        self._sandbox.advance(timedelta(**span).total_seconds())


class Stage:
    """One sync account of a company.

    :param empty_ledger: a file to copy, since recreating the tables takes longer
    :param account_id: its id in the ledger
    """

    kind = RunKind.SCHEDULED
    run_id = ""

    def __init__(
        self,
        sandbox: SandboxAdmin,
        company: CompanyAdmin,
        folder: Path,
        empty_ledger: Path,
        clock: Clock,
        account_id: str = "acme",
    ) -> None:
        self.sandbox, self.company, self.clock = sandbox, company, clock
        self.account_id = account_id
        self.folder, self._empty_ledger = folder, empty_ledger
        self.naps: list[float] = []
        self.options: dict[str, str] = {}  # of Airflow's [debitoor] section
        self.open_ledger("ledger")
        self.connect()

    def connect(self, **options: Any) -> None:
        """Log in to both services, with the company's present credentials.

        :param options: further settings of both clients, such as ``read_timeout``
        """
        backoff = Backoff(sleep=self.naps.append, clock=lambda: self.clock().timestamp() + sum(self.naps))
        common: dict[str, Any] = {"allow_http": True, "backoff": backoff, "proxy": "", **options}
        company, sandbox = self.company, self.sandbox
        self.gmi = GetMyInvoicesClient(
            api_key=company.gmi_api_key, account_id=company.gmi_account_id, base_url=sandbox.gmi_url, **common
        )
        self.debitoor = DebitoorClient(token=company.debitoor_token or "", base_url=sandbox.debitoor_url, **common)

    def open_ledger(self, name: str) -> None:
        """Use another ledger; the one before is lost."""
        self.ledger_file = self.folder / f"{name}.db"
        if not self.ledger_file.exists():
            shutil.copyfile(self._empty_ledger, self.ledger_file)
        self.ledger = Ledger.open(f"sqlite:///{self.ledger_file}", now=self.clock)

    def share_ledger_of(self, other: Stage) -> None:
        """Use the ledger of another stage from here on."""
        self.ledger.close()
        self.folder, self.ledger_file, self.ledger = other.folder, other.ledger_file, other.ledger

    def back_up_ledger(self, name: str) -> None:
        """Copy the ledger while it is in use; :meth:`open_ledger` puts the copy in its place."""
        copy = self.folder / f"{name}.db"
        copy.unlink(missing_ok=True)
        with closing(sqlite3.connect(self.ledger_file)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)

    def close(self) -> None:
        self.gmi.close()
        self.debitoor.close()
        self.ledger.close()

    # What people set

    def exports(self, **settings: Any) -> ExportAccount:
        """Return the settings of an account that exports."""
        common = {"type": "export", "name": "Acme", "debitoor_id": self.company.debitoor_email}
        return ExportAccount.model_validate({**common, "connections": _CONNECTIONS, **settings})

    def imports(self, **settings: Any) -> ImportAccount:
        """Return the settings of an account that imports."""
        common = {"type": "import", "name": "Acme", "debitoor_id": self.company.debitoor_email}
        return ImportAccount.model_validate({**common, "connections": _CONNECTIONS, **settings})

    # What people do

    def document(self, content: bytes | None = None, filename: str = "scan.pdf", **fields: Any) -> str:
        """Add a domestic invoice over 119.00 EUR to GetMyInvoices, unless ``fields`` say otherwise; return its id."""
        usual = {
            "supplier": "Paper Ltd",
            "supplier_country": "DE",
            "document_type": "INCOMING_INVOICE",
            "document_number": f"R-{next(_numbers)}",
            "document_date": "2026-01-31",
            "net_amount": "100.00",
            "gross_amount": "119.00",
            "tax_rates": ["19"],
            "currency": "EUR",
        }
        return str(self.company.add_document(pdf() if content is None else content, filename, **{**usual, **fields}))

    def documents(self, count: int, **fields: Any) -> list[str]:
        return [self.document(**fields) for _ in range(count)]

    # Steps and runs

    def job(self, account: Account, kind: RunKind | None = None, *, run_id: str = "") -> Job:
        """Return what a step of the current run works with."""
        services = {"getmyinvoices": self.gmi, "debitoor": self.debitoor}
        for client in (self.gmi, self.debitoor):
            client.transport._clock = ServiceClock()  # as if reopened, which each step does
        direction = row_of(account).open(account, services.__getitem__, self.options)
        return Job(
            self.account_id,
            account,
            direction,
            self.ledger,
            run_id or self.run_id,
            kind or self.kind,
            now=self.clock,
        )

    def plan(self, account: Account, window: Window | None = None, kind: RunKind | None = None) -> Plan:
        self.run_id = f"{self.account_id}/{next(_numbers)}"
        return plan(self.job(account, kind), window)

    def name(self, account: Account) -> int:
        return rename(self.job(account))

    def send(self, account: Account) -> None:
        transfer(self.job(account))

    def archive(self, account: Account) -> int:
        return archive(self.job(account))

    def due(self, account: Account) -> Pending:
        return self.job(account).due()

    def export(self, account: ExportAccount | None = None, window: Window | None = None) -> Plan:
        """Execute a whole run: plan, rename, export, archive."""
        account = account or self.exports()
        plan = self.plan(account, window)
        self.finish(account)
        return plan

    def finish(self, account: Account | None = None) -> None:
        """Execute the steps after the plan; also as Airflow does when it tries again."""
        account = account or self.exports()
        self.name(account)
        self.send(account)
        if account.archives:
            self.archive(account)

    def plan_import(self, account: ImportAccount, window: Window | None = None) -> Plan:
        return self.plan(account, window)

    def import_(self, account: ImportAccount | None = None, window: Window | None = None) -> Plan:
        """Execute a whole run: plan, import."""
        account = account or self.imports()
        plan = self.plan(account, window)
        self.finish(account)
        return plan

    def finish_import(self, account: ImportAccount | None = None) -> None:
        self.finish(account or self.imports())

    def preview(
        self, account: Account | None = None, window: Window | None = None, limit: int | None = None
    ) -> list[Preview]:
        return preview(self.job(account or self.exports(), run_id="preview"), window, limit).documents

    def preview_import(self, account: ImportAccount | None = None, window: Window | None = None) -> list[Preview]:
        return self.preview(account or self.imports(), window)

    def rebuild(self, account: Account | None = None) -> Any:
        return rebuild(self.job(account or self.exports(), run_id="rebuild"))

    def rebuild_import(self) -> Any:
        return self.rebuild(self.imports())

    # The results

    def entry(self, source_id: str, direction: Any = "export") -> Entry:
        return self.ledger.documents.known(self.account_id, direction, [source_id])[source_id]

    def states(self, direction: Any = "export") -> dict[str, str]:
        """Return the state of each document, with its reason where there is one."""
        entries = self.ledger.documents.entries(self.account_id, direction, order="listed")
        return {e.source_id: f"{e.state} {e.reason_code}".strip() for e in entries}

    def booked(self) -> dict[str, Decimal]:
        """Return the gross amount of each expense, by the marker of its document."""
        found = {}
        for expense in self.company.expenses():
            marker = expense["lines"][0]["description"].rpartition("[GMI ")[2].removesuffix("]")
            assert marker not in found, f"document {marker} is booked twice"
            found[marker] = Decimal(expense["totalGrossAmount"])
        return found

    def archived(self) -> set[str]:
        return {str(row["uid"]) for row in self.company.documents() if row["isArchived"]}

    def fault(self, effect: str, operation: str, **options: Any) -> int:
        """Let something go wrong at a service, for this company alone."""
        return self.sandbox.fault(effect, operation=operation, company=self.company, **options)

    def watch(self) -> Watch:
        """Look at the calls from here on, as the services saw them."""
        return Watch(self.sandbox, self.company)


class Watch:
    """The referee's log of one company since a moment."""

    def __init__(self, sandbox: SandboxAdmin, company: CompanyAdmin) -> None:
        self._sandbox, self._company = sandbox, company
        self._since = sandbox.last_seq()

    @property
    def calls(self) -> Counter[str]:
        """How often each operation was called."""
        return Counter(row["operation"] for row in self._rows())

    @property
    def writes(self) -> list[str]:
        return [row["operation"] for row in self._rows() if row["method"] != "GET"]

    @property
    def created(self) -> Counter[str]:
        """What has come into being at the services."""
        rows: Iterable[dict[str, Any]] = self._sandbox.effects(since=self._since, company=self._company)
        return Counter(row["object"] for row in rows if row["kind"] == "created" and row["service"] != "admin")

    def _rows(self) -> list[dict[str, Any]]:
        return self._sandbox.calls(since=self._since, company=self._company)
