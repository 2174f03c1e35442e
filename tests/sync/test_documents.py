"""The fourteen real invoices, from GetMyInvoices into the books, to the cent and to the byte."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.real_documents import FOLDER, needs_real_documents

if TYPE_CHECKING:
    from tests.sync.stage import Stage

# By their place in documents.json. The others become expenses.
KEPT_BACK = {
    3: "held reverse_charge",  # a supplier in Great Britain, in 2018 still in the EU
    7: "held invoice_not_vat",  # 19 %, but a tax on insurance
    8: "held invoice_not_vat",  # 16.34 %, a tax on insurance
    9: "rejected no_tax_rate",  # neither rate nor net amount
    10: "rejected no_date",
    11: "held foreign_tax",  # a supplier in France
    13: "held foreign_currency",  # in GBP
}
LINES = {  # gross amount by tax rate, as the invoice's own XML says; documents.json has only the sums
    0: {"7": "120.94", "19": "76.71"},
    5: {"7": "138.43", "19": "76.64"},
    6: {"7": "-3.02", "19": "-5.77"},
}

pytestmark = needs_real_documents


@pytest.fixture
def described() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((FOLDER / "documents.json").read_text("utf-8"), parse_float=Decimal)
    return rows


def test_each_invoice_is_an_expense_to_the_cent_or_kept_back_with_its_reason(
    acme: Stage, described: list[dict[str, Any]]
) -> None:
    uids = [str(uid) for uid in acme.company.load(FOLDER)]
    acme.export(acme.exports(archive_after_transfer=True))

    states = acme.states()
    expected = {uid: KEPT_BACK.get(place, "archived") for place, uid in enumerate(uids)}
    assert states == expected
    assert acme.archived() == acme.booked().keys() == {uid for uid in uids if expected[uid] == "archived"}

    by_mark = {e["lines"][0]["description"].rpartition("[GMI ")[2].removesuffix("]"): e for e in _expenses(acme)}
    for place, (uid, description) in enumerate(zip(uids, described, strict=True)):
        if uid not in by_mark:
            entry = acme.entry(uid)
            assert entry.reason.endswith(".")
            assert entry.remedy.endswith(".")
            continue
        expense = by_mark[uid]
        gross = Decimal(description["gross_amount"])
        assert expense["totalGrossAmount"] == gross
        assert sum(line["grossAmount"] for line in expense["lines"]) == gross
        assert abs(expense["totalNetAmount"] - Decimal(description["net_amount"])) <= Decimal("0.01")
        assert (expense["date"], expense["currency"]) == (description["document_date"], description["currency"])
        assert expense["supplierName"] == " ".join(description["supplier"].split())
        assert expense["supplierCountry"] == description["country"]
        assert hashlib.sha256(acme.company.file(expense["fileId"])).hexdigest() == description["sha256"]
        lines = {str(line["taxRate"]): line["grossAmount"] for line in expense["lines"]}
        wanted = LINES.get(place, {str(rate).rstrip("0").rstrip("."): gross for rate in description["tax_rates"]})
        assert lines == {rate: Decimal(part) for rate, part in wanted.items()}


def test_a_second_run_writes_nothing(acme: Stage) -> None:
    acme.company.load(FOLDER)
    acme.export()
    watch = acme.watch()
    acme.export()
    acme.open_ledger("new")
    acme.export()
    assert watch.writes == []


def test_a_held_document_is_moved_once_the_settings_say_how(acme: Stage) -> None:
    uids = acme.company.load(FOLDER)
    rule = {"tax_rate": "19", "product_or_service": "product", "consumption_or_resale": "consumption"}
    acme.export(acme.exports(reverse_charge=rule, foreign_currency="zero_amount"))
    states = acme.states()
    assert states[str(uids[3])] == states[str(uids[13])] == "moved"
    assert states[str(uids[11])] == "held foreign_tax"  # the French supplier charged French tax


def _expenses(acme: Stage) -> list[dict[str, Any]]:
    def exact(value: Any) -> Any:
        return value if isinstance(value, str | Decimal | bool | None) else Decimal(value)

    return [
        {
            **expense,
            **{name: exact(expense[name]) for name in ("totalGrossAmount", "totalNetAmount")},
            "lines": [line | {"grossAmount": exact(line["grossAmount"])} for line in expense["lines"]],
        }
        for expense in acme.company.expenses()
    ]
