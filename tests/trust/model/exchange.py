"""The product as the state machine drives it: one export and one import of a company, with one ledger."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from debitoor_provider.sync.steps.plan import plan
from debitoor_provider.sync.window import RunKind, Window
from tests.sync.stage import Stage
from tests.trust.model.reference import Copy

if TYPE_CHECKING:
    from debitoor_provider.sandbox.client import SandboxAdmin
    from debitoor_provider.sync.accounts.settings import Account

Direction = Literal["export", "import"]


class Clocks:
    """The services' clock, which stands still within a step, and ours, which may differ from it."""

    def __init__(self, sandbox: SandboxAdmin, service: datetime) -> None:
        self._sandbox = sandbox
        self._sent: datetime | None = None
        self.service = service
        self.skew = timedelta()

    def __call__(self) -> datetime:
        return self.service + self.skew

    def send(self) -> None:
        """Set the services' clock, when it has moved."""
        if self._sent != self.service:
            self._sandbox.set_clock(self.service, frozen=True)
            self._sent = self.service


class ModelledStage(Stage):
    """Both accounts of a company; a run is planned, and finished then or later."""

    def plan_run(self, account: Account, run_id: str, kind: RunKind, window: Window | None) -> None:
        """Execute the first step of a run."""
        self.run_id, self.kind = run_id, kind
        plan(self.job(account), window)

    def finish_run(self, account: Account, run_id: str, kind: RunKind) -> None:
        """Execute the other steps; also when Airflow tries them again."""
        self.run_id, self.kind = run_id, kind
        self.finish(account)

    def reconnect(self) -> None:
        """Connect again, as the next task does in another process."""
        self.gmi.close()
        self.debitoor.close()
        self.connect()

    def states_of(self, direction: Direction) -> dict[str, tuple[str, str]]:
        """Return state and reason of each document in the ledger, in the model's terms."""
        entries = self.ledger.documents.entries(self.account_id, direction, order="listed")
        return {
            entry.source_id: (_ATTENTION.get(entry.state, str(entry.state)), entry.reason_code) for entry in entries
        }

    def delete_copy(self, direction: Direction, id_: str) -> None:
        """Delete the target's copies of a document, as a person does."""
        if direction == "export":
            marker = f"[GMI {id_}]"
            [expense] = [row for row in self.company.expenses() if row["lines"][0]["description"].endswith(marker)]
            self.company.delete_entity(expense["id"])
        else:
            [copy] = [row for row in self.company.documents() if row["note"].endswith(f"[Debitoor {id_}]")]
            self.company.delete_document(copy["uid"])

    def at_target(self, direction: Direction) -> dict[str, list[Copy]]:
        """Return what the target holds, by the marker of its document at the source."""
        return self._expenses() if direction == "export" else self._documents()

    def _expenses(self) -> dict[str, list[Copy]]:
        files = {file["id"]: file for file in self.company.files()}
        found: dict[str, list[Copy]] = {}
        for expense in self.company.expenses():
            uid = expense["lines"][0]["description"].rpartition("[GMI ")[2].removesuffix("]")
            file = files[expense["fileId"]]
            copy = Copy(Decimal(expense["totalGrossAmount"]), expense["date"], file["sha256"], stem=file["fileName"])
            found.setdefault(uid, []).append(copy)
        return found

    def _documents(self) -> dict[str, list[Copy]]:
        found: dict[str, list[Copy]] = {}
        for row in self.company.documents():
            if row["note"].endswith("]") and "[Debitoor " in row["note"]:
                id_ = row["note"].rpartition("[Debitoor ")[2].removesuffix("]")
                fields = (row["documentDate"], row["sha256"], row["documentNumber"], row["documentType"])
                found.setdefault(id_, []).append(Copy(Decimal(row["grossAmount"]), *fields))
        return found


def requested(kind: RunKind, start: str | None, end: str | None, ids: tuple[str, ...]) -> Window:
    """Return a window that a person or a backfill asked for."""
    return Window(kind, start=_day(start), end=_day(end), document_ids=ids)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


_ATTENTION = {"held": "attention", "rejected": "attention"}
