"""What people change at the source before the loss of the ledger is noticed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sync.stage import pdf

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.trust.common.account_at_work import AccountAtWork

EDITS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "the date": {"date": "2026-02-15"},
    "the amount": {"amount": "59.50"},
    "date and amount": {"date": "2026-02-15", "amount": "59.50"},
}


def edit(exchange: AccountAtWork, source_id: str, date: str = "", amount: str = "") -> Callable[[], None]:
    """Let a person edit a document at its source; return a function that reverts the edit.

    A sales document is printed again, so its file is another one.
    """
    company = exchange.stage.company
    if exchange.way == "export":
        uid = int(source_id)
        before = company.document(uid)
        if date:
            company.edit_document(uid, document_date=date)
        if amount:
            company.edit_document(uid, gross_amount=amount, net_amount="50.00")
        known = {"document_date": before["documentDate"], "gross_amount": before["grossAmount"]}
        return lambda: company.edit_document(uid, **known, net_amount=before["netAmount"])
    if not (date or amount):
        return lambda: None
    original = company.invoice_pdf(source_id)
    (sold,) = (row for row in company.invoices() if row["id"] == source_id)
    changed = ({"date": date} if date else {}) | ({"totalGrossAmount": float(amount)} if amount else {})
    company.edit_entity(source_id, **changed)
    company.print_again(source_id, pdf())

    def take_back() -> None:
        company.edit_entity(source_id, date=sold["date"], totalGrossAmount=float(sold["totalGrossAmount"]))
        company.print_again(source_id, original)

    return take_back
