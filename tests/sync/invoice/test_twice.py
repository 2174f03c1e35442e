"""What an e-invoice may state once, and states several times: it is not certain what counts, so it is not read."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from decimal import Decimal

import pytest

from debitoor_provider.sync.invoice.proof import disproof
from debitoor_provider.sync.invoice.reading import read
from tests.sync.invoice.writers import Group, Stated, cii, facturae, fatturapa, oioubl, stated, ubl, zugferd1

Writer = Callable[[Stated], bytes]

INVOICE = stated(Group(Decimal(19), Decimal("100.00"), Decimal("19.00")))


def repeated(write: Writer, name: str, *, change: tuple[str, str] = ("", "")) -> bytes:
    """Return an invoice whose first element of a name is there twice.

    :param change: what is replaced in the second one
    """
    xml = write(INVOICE).decode()
    found = re.search(rf"<(?:\w+:)?{name}[ >].*?</(?:\w+:)?{name}>", xml, re.DOTALL)
    assert found, name
    other = re.sub(change[0], change[1], found[0]) if change[0] else found[0]
    assert other != found[0] or not change[0]
    return (xml[: found.end()] + other + xml[found.end() :]).encode()


@pytest.mark.parametrize(
    ("write", "name"),
    [
        (cii, "SupplyChainTradeTransaction"),
        (cii, "ApplicableHeaderTradeSettlement"),
        (cii, "SpecifiedTradeSettlementHeaderMonetarySummation"),
        (zugferd1, "SpecifiedSupplyChainTradeTransaction"),
        (ubl, "LegalMonetaryTotal"),
        (oioubl, "LegalMonetaryTotal"),
        (facturae, "InvoiceTotals"),
        (fatturapa, "DatiGeneraliDocumento"),
    ],
)
def test_a_part_that_is_there_twice(write: Writer, name: str) -> None:
    problem = read(io.BytesIO(repeated(write, name))).problem
    assert problem is not None
    assert problem.text() == f"The e-invoice states {name} several times, so its value is not certain."


@pytest.mark.parametrize(
    ("write", "name", "change"),
    [
        (cii, "TypeCode", ("380", "381")),
        (cii, "CalculatedAmount", ("19", "20")),
        (cii, "BasisAmount", ("100", "200")),
        (cii, "RateApplicablePercent", ("19", "7")),
        (cii, "CategoryCode", ("S", "AE")),
        (cii, "InvoiceCurrencyCode", ("EUR", "USD")),
        (cii, "DateTimeString", ("2026", "2025")),
        (zugferd1, "CalculatedAmount", (r">19\.00", ">20.00")),
        (ubl, "InvoiceTypeCode", ("380", "381")),
        (ubl, "DocumentCurrencyCode", ("EUR", "USD")),
        (ubl, "IssueDate", ("2026", "2025")),
        (ubl, "TaxableAmount", ("100", "200")),
        (facturae, "InvoiceTotal", ("119", "120")),
        (facturae, "TaxRate", ("19", "7")),
        (fatturapa, "ImportoTotaleDocumento", ("119", "120")),
        (fatturapa, "Imposta", ("19", "20")),
    ],
)
def test_a_figure_that_is_there_twice(write: Writer, name: str, change: tuple[str, str]) -> None:
    problem = read(io.BytesIO(repeated(write, name, change=change))).problem
    assert problem is not None
    assert (problem.code, problem.params) == ("invoice_stated_twice", {"name": name})
    (same,) = read(io.BytesIO(repeated(write, name))).invoices
    assert disproof(same) == ()


@pytest.mark.parametrize(("write", "name"), [(cii, "BasisAmount"), (cii, "CalculatedAmount"), (ubl, "TaxableAmount")])
def test_an_amount_by_rate_in_another_currency_does_not_count(write: Writer, name: str) -> None:
    xml = re.sub(rf"<(\w+:{name})[^>]*>", r'<\1 currencyID="USD">', write(INVOICE).decode(), count=1)
    (invoice,) = read(io.BytesIO(xml.encode())).invoices
    assert [reason.code for reason in disproof(invoice)] == ["invoice_lacks_group_figures"]
