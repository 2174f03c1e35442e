"""Another reader of e-invoices finds the same figures, wherever it reads them."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import facturx
import pytest

from debitoor_provider.sync.invoice.models import Invoice
from debitoor_provider.sync.invoice.pdf import embedded_files
from debitoor_provider.sync.invoice.reading import read
from tests.real_documents import FOLDER, needs_real_documents
from tests.sync.invoice.test_documents import PROVEN
from tests.sync.invoice.writers import Group, Stated, cii, stated, ubl

D = Decimal
INVOICES = {
    "two rates": stated(Group(D(19), D("100.00"), D("19.00")), Group(D(7), D("50.00"), D("3.50"))),
    "credit note": stated(Group(D(20), D("99.99"), D("20.00")), is_credit_note=True),
    "prepaid": stated(Group(D("5.5"), D("1000.00"), D("55.00")), prepaid=D("500.00")),
    "reverse charge": stated(Group(D(0), D("80.00"), D("0.00"), "AE")),
    "tax of the office": stated(Group(D(25), D("400.00"), D("100.00")), currency="NOK", accounting=("EUR", D("8.5"))),
}


@pytest.mark.parametrize("invoice", INVOICES.values(), ids=INVOICES)
@pytest.mark.parametrize("write", [cii, ubl])
def test_figures_of_our_own_files(write: Callable[[Stated], bytes], invoice: Stated) -> None:
    _compare(write(invoice))


@needs_real_documents
@pytest.mark.parametrize("name", PROVEN)
def test_figures_of_real_files(name: str) -> None:
    with (FOLDER / name).open("rb") as file:
        (xml,) = embedded_files(file).contents
    _compare(xml)


def _compare(xml: bytes) -> None:
    (ours,) = read(io.BytesIO(xml)).invoices
    theirs = facturx.parse_ubl_cii_xml(xml, check_xsd=False, level="en16931")
    sign = -1 if theirs["BT-3"] == "381" else 1
    assert (ours.number, ours.date, ours.currency) == (theirs["BT-1"], theirs["BT-2"], theirs["BT-5"])
    for theirs_of, figure in {
        "BT-109": ours.net,
        "BT-110": ours.tax,
        "BT-111": ours.accounting_tax,
        "BT-112": ours.gross,
        "BT-115": ours.payable,
    }.items():
        stated_there = theirs.get(theirs_of)
        assert figure == (None if stated_there is None else D(stated_there) * sign), theirs_of
    assert _groups(ours) == sorted(
        (group["BT-118"], D(group["BT-119"]), D(group["BT-116"]) * sign, D(group["BT-117"]) * sign)
        for group in theirs["BG-23"]
    )


def _groups(invoice: Invoice) -> list[tuple[Any, ...]]:
    return sorted((group.category, group.rate, group.base, group.tax) for group in invoice.groups)
