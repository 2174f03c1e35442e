"""What may have happened to an account before a preview: actions of people, runs, and time."""

from __future__ import annotations

import itertools
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from debitoor_provider.services.errors import RetryError, ServiceError, StopError
from debitoor_provider.sync.ledger import ATTENTION, DONE, OPEN, State
from debitoor_provider.sync.steps.lookalikes import lookalike_keys
from debitoor_provider.sync.window import RunKind, Window, manual
from tests.sync.invoice.writers import Group, cii, in_pdf, stated
from tests.sync.stage import pdf
from tests.sync.steps.past_events import BARE, CALLS, EXPORTS, FIGURES, IMPORTS, MISTAKEN, TROUBLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from debitoor_provider.sync.accounts.settings import Account
    from tests.sync.stage import Stage

_numbers = itertools.count(1)


class Past:
    """An account whose past is played event by event."""

    def __init__(self, stage: Stage, direction: str) -> None:
        self.stage, self.direction = stage, direction
        self.sources: list[str] = []
        stage.company.switch(marks_reported=False)  # approvals, tags and archiving do not count as changes

    def account(self, number: int) -> Account:
        stage = self.stage
        return (
            stage.exports(**[*EXPORTS, MISTAKEN][number])
            if self.direction == "export"
            else stage.imports(**IMPORTS[number])
        )

    def play(self, event: tuple[Any, ...]) -> None:
        name, *details = event
        getattr(self, name)(*details)

    def window(self, kind: str, pick: int) -> tuple[RunKind, Window | None]:
        """Generate the window of the previewed run."""
        start, end = date(2026, 2, 1), date(2026, 2, 28)
        match kind:
            case "manual":
                return RunKind.MANUAL, None
            case "period":
                return RunKind.MANUAL, manual(start, end, ())
            case "named":
                return RunKind.MANUAL, manual(None, None, tuple(self.sources[pick % len(self.sources) :][:2]))
            case "backfill":
                return RunKind.BACKFILL, Window(RunKind.BACKFILL, start=start, end=end)
        return RunKind.SCHEDULED, None

    def execute(self, account: Account, kind: RunKind, window: Window | None) -> Exception | None:
        """Execute a whole run; return what ended it."""
        self.stage.kind = kind
        try:
            self.stage.plan(account, window)
            self.stage.finish(account)
        except (StopError, RetryError) as error:
            return error
        finally:
            self.stage.kind = RunKind.SCHEDULED
        return None

    # Runs and time

    def run(self, settings: int) -> None:
        self.execute(self.account(settings), RunKind.SCHEDULED, None)

    def troubled_run(self, settings: int, pick: int, trouble: str) -> None:
        company = self.stage.company
        operations = CALLS[self.direction]
        options = {"times": 1, **TROUBLES[trouble]}
        self.stage.sandbox.fault(operation=operations[pick % len(operations)], company=company, **options)
        with suppress(ServiceError):
            self.run(settings)
        self.stage.sandbox.clear_faults()

    def plan(self, settings: int) -> None:
        with suppress(StopError, RetryError):
            self.stage.plan(self.account(settings))

    def plan_and_name(self, settings: int) -> None:
        self.plan(settings)
        self.stage.name(self.account(settings))

    def time_passes(self, minutes: int) -> None:
        self.stage.clock.pass_by(minutes=minutes)

    def ledger_is_lost(self) -> None:
        self.stage.ledger.close()
        self.stage.open_ledger(f"ledger{next(_numbers)}")

    def person(self, pick: int, decision: str) -> None:
        documents = self.stage.ledger.documents
        states = {"retry": {*ATTENTION, State.IGNORED}, "if_missing": DONE, "new_record": DONE}.get(decision, OPEN)
        entries = [entry for entry in documents.entries("acme", self.direction) if entry.state in states]
        if not entries:
            return
        chosen = [entries[pick % len(entries)]]
        if decision == "choose":
            held = [entry for entry in entries if entry.reason_code == "invoice_contradicts"]
            if held:
                documents.choose(held[:1], ("invoice", "record")[pick % 2], "user:anna")
        elif decision == "distinguish":
            for entry in documents.entries("acme", self.direction):
                if (keys := lookalike_keys(entry)) and entry.state in {*ATTENTION, *DONE}:
                    documents.distinguish([entry], keys, "user:anna")
        elif decision in {"if_missing", "new_record"}:
            documents.retry(chosen, "user:anna", if_missing=True, new_record=decision == "new_record")
        else:
            getattr(documents, decision)(chosen, "user:anna")

    def correct(self, pick: int, words: str) -> None:
        documents = self.stage.ledger.documents
        entries = [one for one in documents.entries("acme", self.direction) if one.state in {*ATTENTION, *OPEN}]
        if entries:
            documents.correct([entries[pick % len(entries)]], words, "user:anna", detail={})

    # Documents of GetMyInvoices

    def document(
        self, figures: int, currency: str, tags: list[str], approved: bool | None, day: str, lacks: Sequence[str] = ()
    ) -> None:
        workflow = None if approved is None else {"is_completed": approved}
        number = len(self.sources)
        sums = {"gross": Decimal("119.01")} if number % 4 == 3 else {}  # which prove nothing
        group = Group(Decimal(19), Decimal(100), Decimal(19))
        proving = in_pdf(cii(stated(group, number=f"R-{number // 2}", **sums)))
        self.sources.append(
            self.stage.document(
                proving if number % 2 else None,
                currency=currency, tags=tags, workflow=workflow,
                **{"document_date": day, "document_number": f"R-{number // 2}"} | FIGURES[figures]
                | {name: BARE[name] for name in lacks},
            )
        )  # fmt: skip

    def odd_file(self, name: str) -> None:
        self.sources.append(self.stage.document(pdf(11_500_000) if name == "large.pdf" else None, name))

    def edit(self, pick: int, what: str, how: int) -> None:
        changes: dict[str, Any] = {
            "figures": FIGURES[how % len(FIGURES)],
            "number": {"document_number": f"R-{how}"},
            "tags": {"tags": ["books"] if how % 2 else []},
            "note": {"note": f"note {how}"},
            "type": {"document_type": "RECEIPT" if how % 2 else "INCOMING_INVOICE"},
            "date": {"document_date": "2026-02-10" if how % 2 else "2026-01-10"},
        }[what]
        self._edit(pick, **changes)

    def approve(self, pick: int, completed: bool) -> None:
        self._edit(pick, workflow={"is_completed": completed})

    def archive(self, pick: int, archived: bool) -> None:
        self._edit(pick, archived=archived)

    def delete(self, pick: int) -> None:
        there = self.stage.company.documents()
        if there:
            self.stage.company.delete_document(there[pick % len(there)]["uid"])

    def _edit(self, pick: int, **changes: Any) -> None:
        there = self.stage.company.documents()
        if there:
            self.stage.company.edit_document(there[pick % len(there)]["uid"], **changes)

    def edit_expense(self, pick: int) -> None:
        there = self.stage.company.expenses()
        if there:
            self.stage.company.edit_entity(there[pick % len(there)]["id"], totalGrossAmount=77.77)

    def delete_expense(self, pick: int) -> None:
        there = self.stage.company.expenses()
        if there:
            self.stage.company.delete_entity(there[pick % len(there)]["id"])

    def book_twice(self, pick: int) -> None:
        """Book an expense once more, as a network that delivers a request twice."""
        there = self.stage.company.expenses()
        if there:
            one = there[pick % len(there)]
            lines = [{name: line[name] for name in ("taxRate", "grossAmount", "description")} for line in one["lines"]]
            names = ("date", "supplierName", "supplierCountry")
            self.stage.company.add_expense(lines=lines, **{name: one[name] for name in names})

    def book_by_hand(self, figures: int, day: str, pick: int) -> None:
        line = {"taxRate": 19, "grossAmount": float(FIGURES[figures]["gross_amount"]), "description": f"paper R-{pick}"}
        self.stage.company.add_expense(date=day, supplierName="Paper Ltd", supplierCountry="DE", lines=[line])

    # Sales documents of Debitoor

    def sale(self, kind: Any, day: str) -> None:
        self.sources.append(self.stage.company.add_invoice(kind=kind, date=day)["id"])

    def edit_sale(self, pick: int, gross: str) -> None:
        if sales := self._sales():
            self.stage.company.edit_entity(sales[pick % len(sales)], totalGrossAmount=float(gross))

    def delete_sale(self, pick: int) -> None:
        if sales := self._sales():
            self.stage.company.delete_entity(sales[pick % len(sales)])

    def _sales(self) -> list[str]:
        company = self.stage.company
        return [row["id"] for row in [*company.invoices(), *company.credit_notes()]]

    def upload_by_hand(self, pick: int) -> None:
        company = self.stage.company
        if sales := [*company.invoices(), *company.credit_notes()]:
            sale = sales[pick % len(sales)]
            self.stage.document(
                document_type="SALES_INVOICE",
                document_number=sale["number"],
                document_date=sale["date"],
                gross_amount=str(sale["totalGrossAmount"]),
            )

    def delete_copy(self, pick: int) -> None:
        self.delete(pick)
