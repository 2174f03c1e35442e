"""What people do in both services while time passes, as steps of the state machine; each changes service and model."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from tests.sync.stage import pdf
from tests.trust.model.choices import AMOUNTS, APPROVALS, DAYS, KINDS, NAMES, PICKS, STARTS, TAGS
from tests.trust.model.directions import Exports, Imports
from tests.trust.model.events import event
from tests.trust.model.exchange import Clocks, ModelledStage
from tests.trust.model.reference import FIGURES, SUPPLIERS, Document, Record, Sale

if TYPE_CHECKING:
    from pathlib import Path

    from debitoor_provider.sandbox.client import SandboxAdmin
    from tests.trust.common.tally import Tally

_numbers = itertools.count(1)


class People(RuleBasedStateMachine):
    """A company whose people work in both services."""

    sandbox: ClassVar[SandboxAdmin]
    empty_ledger: ClassVar[Path]
    folder: ClassVar[Path]
    tally: ClassVar[Tally]

    def __init__(self) -> None:
        super().__init__()
        self.clocks = Clocks(self.sandbox, STARTS[0])
        self.company = self.sandbox.create_company("Acme GmbH", limits=None)
        self.stage = ModelledStage(self.sandbox, self.company, self._own_folder(), self.empty_ledger, self.clocks)
        self.exports, self.imports = Exports(), Imports()
        self.marks_reported = True

    def _own_folder(self) -> Path:
        own = self.folder / str(self.company.id)
        own.mkdir()
        return own

    @initialize(start=st.sampled_from(STARTS), marks_reported=st.booleans())
    def begin(self, start: datetime, marks_reported: bool) -> None:
        self.clocks.service = start
        self.marks_reported = marks_reported
        self.company.switch(marks_reported=marks_reported)
        self.arrive_in_order(2, "one rate", approved=True)
        self.are_sold(1, "invoice", "2026-01-31")

    # Documents arrive

    @event(
        times=2,
        kind=KINDS,
        figures=AMOUNTS,
        day=DAYS,
        supplier=NAMES,
        tags=TAGS,
        approved=APPROVALS,
        currency=st.sampled_from(["EUR", "EUR", "EUR", "USD"]),
    )
    def arrives(
        self,
        kind: str,
        figures: str,
        day: str,
        supplier: str,
        tags: frozenset[str],
        approved: bool | None,
        currency: str,
    ) -> None:
        self._arrive(Record(_number(), kind, day, figures, currency, supplier, tags), approved=approved)

    @event(
        times=2,
        count=st.integers(1, 3),
        figures=st.sampled_from(["one rate", "reduced", "two rates", "untaxed"]),
        approved=APPROVALS,
    )
    def arrive_in_order(self, count: int, figures: str, approved: bool | None) -> None:
        """Add documents that most accounts take once they are released."""
        for _ in range(count):
            record = Record(_number(), figures=figures, tags=frozenset({"books"}), payment="Paid")
            self._arrive(record, approved=approved)

    @event(hours=st.sampled_from([2, 5, 200]), tags=TAGS)
    def arrives_with_an_old_date_of_arrival(self, hours: int, tags: frozenset[str]) -> None:
        self._arrive(Record(_number(), tags=tags), approved=True, ago=timedelta(hours=hours))

    @event()
    def arrives_with_a_large_file(self) -> None:
        self._arrive(Record(_number()), approved=True, content=pdf((1 << 20) + 4096))

    @event()
    def arrives_with_a_file_that_is_no_pdf(self) -> None:
        self._arrive(Record(_number()), approved=True, content=b"no PDF: %d" % next(_numbers))

    # and are worked on

    def documents_are_there(self) -> bool:
        return any(not document.deleted for document in self.exports.documents.values())

    @event(times=2, needs=documents_are_there, pick=PICKS, figures=AMOUNTS)
    def figures_are_edited(self, pick: int, figures: str) -> None:
        net, gross, rates, _ = FIGURES[figures]
        self._edit(pick, {"figures": figures}, net_amount=net, gross_amount=gross, tax_rates=rates)

    @event(needs=documents_are_there, pick=PICKS, day=DAYS)
    def date_is_edited(self, pick: int, day: str) -> None:
        self._edit(pick, {"day": day}, document_date=day)

    @event(needs=documents_are_there, pick=PICKS, kind=KINDS)
    def type_is_edited(self, pick: int, kind: str) -> None:
        self._edit(pick, {"kind": kind}, document_type=kind)

    @event(needs=documents_are_there, pick=PICKS, supplier=NAMES)
    def company_is_edited(self, pick: int, supplier: str) -> None:
        self._edit(pick, {"supplier": supplier}, supplier=supplier, supplier_country=SUPPLIERS[supplier])

    @event(needs=documents_are_there, pick=PICKS, note=st.sampled_from(["", "for the car", "[GMI 1]"]))
    def note_is_edited(self, pick: int, note: str) -> None:
        self._edit(pick, {"note": note}, note=note)

    @event(needs=documents_are_there, pick=PICKS, payment=st.sampled_from(["Paid", "Partially", "Not paid"]))
    def is_paid(self, pick: int, payment: str) -> None:
        self._edit(pick, {"payment": payment}, payment_status=payment)

    @event(needs=documents_are_there, pick=PICKS, currency=st.sampled_from(["EUR", "USD"]))
    def currency_is_edited(self, pick: int, currency: str) -> None:
        self._edit(pick, {"currency": currency}, currency=currency)

    @event(times=2, needs=documents_are_there, pick=PICKS, tags=TAGS)
    def tags_are_set(self, pick: int, tags: frozenset[str]) -> None:
        self._edit(pick, {"tags": tags}, is_mark=True, tags=sorted(tags))

    @event(times=2, needs=documents_are_there, pick=PICKS, approved=APPROVALS)
    def approval_is_given_or_taken(self, pick: int, approved: bool | None) -> None:
        workflow = None if approved is None else {"is_completed": approved}
        self._document(self._edit(pick, {}, is_mark=True, workflow=workflow)).approved = approved

    @event(needs=documents_are_there, pick=PICKS, archived=st.booleans())
    def is_archived_by_hand_or_taken_out(self, pick: int, archived: bool) -> None:
        self._edit(pick, {"archived": archived}, is_mark=True, archived=archived)

    @event(needs=documents_are_there, pick=PICKS, locked=st.booleans())
    def is_locked_or_unlocked(self, pick: int, locked: bool) -> None:
        self._edit(pick, {"locked": locked}, locked=locked)

    @event(needs=documents_are_there, pick=PICKS)
    def is_deleted(self, pick: int) -> None:
        uid = self._picked(pick)
        self.clocks.send()
        self.company.delete_document(int(uid))
        self._document(uid).deleted = True
        self.tally.case()

    # Sales

    @event(times=2, count=st.integers(1, 3), kind=st.sampled_from(["invoice", "creditNote"]), day=DAYS.filter(bool))
    def are_sold(self, count: int, kind: Literal["invoice", "creditNote"], day: str) -> None:
        for _ in range(count):
            self._sell(kind, day, pdf())

    @event()
    def is_sold_without_a_pdf(self) -> None:
        self._sell("invoice", "2026-01-31", b"no PDF: %d" % next(_numbers))

    def sales_are_there(self) -> bool:
        return any(not sale.deleted for sale in self.imports.sales.values())

    @event(times=2, needs=sales_are_there, pick=PICKS, gross=st.sampled_from(["238.00", "59.50"]))
    def sale_is_edited(self, pick: int, gross: str) -> None:
        self._edit_sale(
            pick,
            {"gross": Decimal(gross)},
            totalGrossAmount=float(gross),
            totalNetAmount=float(gross),
            totalTaxAmount=0,
        )

    @event(needs=sales_are_there, pick=PICKS, cancelled=st.booleans())
    def sale_is_cancelled_or_not(self, pick: int, cancelled: bool) -> None:
        self._edit_sale(pick, {"cancelled": cancelled}, deleted=cancelled)

    @event(needs=sales_are_there, pick=PICKS)
    def sale_is_paid(self, pick: int) -> None:
        self._edit_sale(pick, {"paid": True}, paid=True, unpaidAmount=0)

    @event(needs=sales_are_there, pick=PICKS)
    def sale_is_deleted(self, pick: int) -> None:
        id_ = self._picked_sale(pick)
        self.clocks.send()
        self.company.delete_entity(id_)
        sale = self.imports.sales[id_]
        self.imports.sales[id_] = replace(sale, deleted=True, changed=self.clocks.service)
        self.tally.case()

    # Time

    @event(times=2, minutes=st.sampled_from([1, 4, 9, 16, 45]))
    def minutes_pass(self, minutes: int) -> None:
        self._wait(minutes=minutes)

    @event(times=2, hours=st.sampled_from([1, 2, 4, 26]))
    def hours_pass(self, hours: int) -> None:
        self._wait(hours=hours)

    @event(days=st.sampled_from([2, 8]))
    def runs_are_missed(self, days: int) -> None:
        self._wait(days=days)

    @event(seconds=st.sampled_from([0, 1, -1, 61, -420, 420, -900, 900]))
    def clocks_differ(self, seconds: int) -> None:
        self.clocks.skew = timedelta(seconds=seconds)
        self.tally.case()

    # Helpers

    def _wait(self, **span: float) -> None:
        self.clocks.service += timedelta(**span)
        self.tally.case()

    def _arrive(
        self, record: Record, *, approved: bool | None, content: bytes | None = None, ago: timedelta | None = None
    ) -> None:
        self.clocks.send()
        content = pdf() if content is None else content
        net, gross, rates, _ = FIGURES[record.figures]
        uid = self.stage.document(
            content,
            supplier=record.supplier or None,
            supplier_country=SUPPLIERS[record.supplier],
            document_type=record.kind,
            document_number=record.number,
            document_date=record.day,
            net_amount=net,
            gross_amount=gross,
            tax_rates=rates,
            currency=record.currency,
            tags=sorted(record.tags),
            payment_status=record.payment,
            workflow=None if approved is None else {"is_completed": approved},
            created_at=self.clocks.service - ago if ago else None,
        )
        self.exports.documents[uid] = Document(
            record,
            _sha256(content),
            len(content),
            self.clocks.service - (ago or timedelta()),
            is_pdf=content.startswith(b"%PDF-"),
            approved=approved,
        )
        self.tally.case()

    def _sell(self, kind: Literal["invoice", "creditNote"], day: str, content: bytes) -> None:
        self.clocks.send()
        number = f"S-{next(_numbers)}"
        made = self.company.add_invoice(kind=kind, content=content, number=number, date=day)
        gross, is_pdf = Decimal(str(made["totalGrossAmount"])), content.startswith(b"%PDF-")
        self.imports.sales[made["id"]] = Sale(number, kind, day, gross, _sha256(content), self.clocks.service, is_pdf)
        self.tally.case()

    def _edit(self, pick: int, changes: dict[str, Any], *, is_mark: bool = False, **fields: Any) -> str:
        uid = self._picked(pick)
        self.clocks.send()
        self.company.edit_document(int(uid), **fields)
        document = self._document(uid)
        document.record = replace(document.record, **changes)
        if self.marks_reported or not is_mark:
            document.changed = self.clocks.service
        self.tally.case()
        return uid

    def _edit_sale(self, pick: int, changes: dict[str, Any], **fields: Any) -> None:
        id_ = self._picked_sale(pick)
        self.clocks.send()
        self.company.edit_entity(id_, **fields)
        self.imports.sales[id_] = replace(self.imports.sales[id_], changed=self.clocks.service, **changes)
        self.tally.case()

    def _document(self, uid: str) -> Document:
        return self.exports.documents[uid]

    def _picked(self, pick: int) -> str:
        there = [uid for uid, document in self.exports.documents.items() if not document.deleted]
        return there[-1 - pick % len(there)]

    def _picked_sale(self, pick: int) -> str:
        there = [id_ for id_, sale in self.imports.sales.items() if not sale.deleted]
        return there[-1 - pick % len(there)]


def _number() -> str:
    return f"R-{next(_numbers)}"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
