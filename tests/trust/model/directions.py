"""Both directions of the reference model: what is listed, what is wanted, what happens to a document that is due."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal

from tests.trust.model.reference import (
    DUE,
    FIGURES,
    FRESH,
    LARGE,
    OPEN,
    SUPPLIERS,
    Copy,
    Document,
    ExportRules,
    ImportRules,
    Memory,
    Record,
    Row,
    Sale,
    local,
    within,
)


@dataclass
class Exports(Memory):
    """Documents of GetMyInvoices, and the expenses that they become."""

    documents: dict[str, Document] = field(default_factory=dict)

    def listing(
        self, rules: ExportRules, since: datetime | None, chosen: tuple[str | None, str | None] | None
    ) -> list[str]:
        """Return the service's answer when its filters narrow the listing down (contract 4.1).

        :param chosen: the days that a person or a backfill asks for; a scheduled run asks for none
        """
        return [
            uid
            for uid, document in self.documents.items()
            if not document.deleted
            and (rules.take_archived or not document.record.archived)
            and (len(rules.kinds) > 1 or document.record.kind in rules.kinds)
            and (rules.payment not in (("Paid",), ("Not paid",)) or document.record.payment in rules.payment)
            and _is_asked_for(document.record.day, rules, chosen)
            and (since is None or local(document.changed) >= local(since))
        ]

    def ready(self, rules: ExportRules) -> bool:
        """Return whether a run would have something to send."""
        return any(
            wish(document.record, rules, ours=self._is_ours(uid)) == frozenset() and not _approval(document, rules)
            for uid, document in self.documents.items()
            if not document.deleted and (uid not in self.rows or self.rows[uid].state in DUE)
        )

    def plan(
        self, uids: list[str], gone: set[str], rules: ExportRules, run: str, now: datetime, since: datetime | None
    ) -> set[str]:
        """Enter a listing; with it those that wait for a release, since no list shows one (contract 5.4)."""
        waiting = {uid for uid, row in self.rows.items() if row.state == "waiting" and row.why & _BY_APPROVAL}
        records = {uid: self.documents[uid].record for uid in uids}
        listed = {uid: (record, wish(record, rules, ours=self._is_ours(uid))) for uid, record in records.items()}
        kept = self.enter(listed, gone, rules, run, now)
        if since is not None:
            for uid in waiting - kept:
                self.rows[uid] = replace(
                    self.rows[uid], state="planned", why=frozenset(), run=run, asked=now, stem=None
                )
        return kept

    def name(self, due: list[str], rules: ExportRules) -> None:
        """Assign names to planned documents without one, by the record as it was listed."""
        for uid in due:
            row = self.rows[uid]
            if row.state == "planned" and row.stem is None:
                record: Record = row.listed
                parts = [record.day, record.supplier, record.number]
                row.stem = "_".join(filter(None, parts)) if rules.template else "scan"

    def send(self, due: list[str], rules: ExportRules, now: datetime, run: str) -> None:
        """Move what is due, as far as it can go."""
        for uid in due:
            self._send(uid, self.rows[uid], rules, now, run)

    def archive(self, rules: ExportRules, at: datetime) -> None:
        """Archive what a run saw in the books, and nothing else; a locked document stays where it is (contract 7.1)."""
        for uid, row in self.rows.items():
            if rules.archive and row.state == "moved" and row.verified and not row.refused:
                document = self.documents[uid]
                if document.deleted or document.record.locked:
                    row.refused = True
                else:
                    row.become("archived")
                    row.ours = True
                    document.record = replace(document.record, archived=True)
                    document.changed = at

    def _is_ours(self, uid: str) -> bool:
        return uid in self.rows and self.rows[uid].state in OPEN and self.rows[uid].ours

    def _send(self, uid: str, row: Row, rules: ExportRules, now: datetime, run: str) -> None:
        document = self.documents[uid]
        if row.state == "sending" and self.live(uid):  # its answer was lost: it is there
            row.become("moved")
            row.verified = True
            return
        apart = document.size > LARGE and not rules.approved_only and _is_fresh(row, rules, now, run)
        record: Record = row.listed if apart else document.record
        if document.deleted:
            row.become("gone")
            return
        if not apart:
            waits = wish(record, rules, ours=row.ours)
            if waits is None:
                row.become("gone")
                return
            waits = waits or _approval(document, rules)
            if waits:
                row.become("waiting", waits)
                row.asked = now
                return
        against = obstacles(record, document, rules)
        if against:
            row.become("attention", against)
            return
        row.become("moved")
        row.verified = True
        self.copies[uid] = Copy(_gross(record, rules), record.day, document.sha256, stem=row.stem or "")


@dataclass
class Imports(Memory):
    """Sales documents of Debitoor, and the documents that they become."""

    sales: dict[str, Sale] = field(default_factory=dict)

    def listing(
        self, rules: ImportRules, since: datetime | None, chosen: tuple[str | None, str | None] | None
    ) -> list[str]:
        """Return the service's answer, deleted ones included; credit notes are in the list of invoices too (A28)."""
        return [
            id_
            for id_, sale in self.sales.items()
            if ("invoices" in rules.documents or sale.kind == "creditNote")
            and _is_asked_for(sale.day, rules, chosen)
            and (since is None or _seconds(sale.changed) >= _seconds(since))
        ]

    def ready(self, rules: ImportRules) -> bool:
        """Return whether a run would have something to send."""
        return any(
            _wanted(sale, rules)
            for id_, sale in self.sales.items()
            if not sale.deleted and (id_ not in self.rows or self.rows[id_].state in DUE)
        )

    def plan(
        self, ids: list[str], gone: set[str], rules: ImportRules, run: str, now: datetime, since: datetime | None
    ) -> set[str]:
        """Enter a listing."""
        wanted = {id_: (self.sales[id_], frozenset() if _wanted(self.sales[id_], rules) else None) for id_ in ids}
        return self.enter(wanted, gone, rules, run, now)

    def name(self, due: list[str], rules: ImportRules) -> None:
        """Name the file by the number."""

    def send(self, due: list[str], rules: ImportRules, now: datetime, run: str) -> None:
        """Move what is due, as far as it can go."""
        for id_ in due:
            row, sale = self.rows[id_], self.sales[id_]
            if row.state == "sending" and self.live(id_):
                row.become("moved")
                continue
            if sale.deleted:
                row.become("gone")
                continue
            known: Sale = row.listed if _is_fresh(row, rules, now, run) else sale
            if not _wanted(known, rules):
                row.become("gone")
            elif not sale.is_pdf:
                row.become("attention", frozenset({"refused_by_service"}))
            elif known.kind == "creditNote" and known.gross > 0:
                row.become("attention", frozenset({"positive_sales_credit_note"}))
            else:
                row.become("moved")
                if not self.live(id_):  # the same bytes are not stored twice (contract 6.3)
                    kind = (rules.credit_kind if known.kind == "creditNote" else None) or rules.kind
                    self.copies[id_] = Copy(known.gross, known.day, known.sha256, known.number, kind)

    def archive(self, rules: ImportRules, at: datetime) -> None:
        """Do nothing: Debitoor has no archive."""


_BY_APPROVAL = {"not_approved", "no_workflow"}


def wish(record: Record, rules: ExportRules, *, ours: bool = False) -> frozenset[str] | None:
    """Return why a document waits, as far as its record shows; ``None`` when the account does not want it.

    It only waits when nothing else is against it that does not change by itself.
    """
    only, without = rules.companies
    if (
        record.kind not in rules.kinds
        or (record.archived and not (rules.take_archived or ours))
        or (record.day and not within(record.day, *rules.period))
        or (only and record.supplier and record.supplier not in only)
        or record.supplier in without
        or record.tags & set(rules.barred)
    ):
        return None
    waits = {
        "no_date": any(rules.period) and not record.day,
        "no_company": bool(only) and not record.supplier,
        "tag_missing": bool(rules.wanted) and not record.tags & set(rules.wanted),
        "payment_status": bool(rules.payment) and record.payment not in rules.payment,
    }
    return frozenset(code for code, holds in waits.items() if holds)


def obstacles(record: Record, document: Document, rules: ExportRules) -> frozenset[str]:
    """Return everything that keeps a document out of the books (design section 6)."""
    figures = FIGURES[record.figures]
    is_foreign = record.currency != "EUR"
    country = SUPPLIERS[record.supplier]
    is_taxed = figures.net != figures.gross or any(rate != "0" for rate in figures.rates)
    against = {
        "no_date": not record.day,
        "foreign_currency": is_foreign and rules.foreign == "hold",
        "positive_credit_note": _is_positive_credit(record) and rules.credit == "hold",
        "reverse_charge": country not in ("", "DE") and not is_taxed,
        "foreign_tax": country not in ("", "DE") and is_taxed,
        "no_country": not country and not is_taxed and Decimal(figures.gross) != 0,
        "not_a_pdf": not document.is_pdf,
        "refused_by_service": not document.is_pdf,  # the same, when the file comes apart from the record
        figures.flaw: bool(figures.flaw) and (not is_foreign or figures.flaw == "zero_amount"),
    }
    return frozenset(code for code, holds in against.items() if holds)


def _approval(document: Document, rules: ExportRules) -> frozenset[str]:
    """Return why a document waits for its release (contract A-13)."""
    if not rules.approved_only or document.approved or (document.approved is None and rules.without_workflow == "pass"):
        return frozenset()
    return frozenset({"no_workflow" if document.approved is None else "not_approved"})


def _is_asked_for(day: str, rules: ExportRules | ImportRules, chosen: tuple[str | None, str | None] | None) -> bool:
    return chosen is None or (within(day, *rules.period) and within(day, *chosen))


def _is_fresh(row: Row, rules: ExportRules | ImportRules, now: datetime, run: str) -> bool:
    return row.run == run and row.rules == rules and abs(now - row.asked) <= FRESH


def _is_positive_credit(record: Record) -> bool:
    return record.kind == "CREDIT_NOTE" and Decimal(FIGURES[record.figures].gross) > 0


def _gross(record: Record, rules: ExportRules) -> Decimal:
    """Return the gross amount that the books have to have."""
    if record.currency != "EUR":
        return Decimal(0)
    gross = Decimal(FIGURES[record.figures].gross)
    return -gross if _is_positive_credit(record) and rules.credit == "negate" else gross


def _wanted(sale: Sale, rules: ImportRules) -> bool:
    kind = "credit_notes" if sale.kind == "creditNote" else "invoices"
    is_there = not (sale.cancelled or sale.deleted)
    return kind in rules.documents and is_there and within(sale.day, *rules.period)


def _seconds(moment: datetime) -> str:
    """Return a time as Debitoor compares it (A9)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
