"""What an invoice has to be for its figures to be proven."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debitoor_provider.sync.invoice.models import Invoice, InvoiceKind, Syntax, TaxGroup
from debitoor_provider.sync.invoice.proof import by_rate, disproof
from debitoor_provider.sync.money import cents

if TYPE_CHECKING:
    from collections.abc import Sequence

D = Decimal


def invoice(*groups: TaxGroup) -> Invoice:
    """Return an invoice whose totals are those of its groups."""
    net = sum((group.base or D(0) for group in groups), D(0))
    tax = sum((group.tax or D(0) for group in groups), D(0))
    return Invoice(Syntax.CII, InvoiceKind.INVOICE, "R-7", None, "EUR", net, tax, net + tax, groups)


def test_amounts_by_rate_that_are_no_whole_cents_are_not_proven() -> None:
    at_19, at_7 = TaxGroup("S", D(19), D("10.005"), D("1.90")), TaxGroup("S", D(7), D("10.005"), D("0.70"))
    assert [reason.text() for reason in disproof(invoice(at_19, at_7))] == [
        "In the e-invoice the gross amount at 19 %, 11.905, has more than two decimals.",
        "In the e-invoice the gross amount at 7 %, 10.705, has more than two decimals.",
    ]


@pytest.mark.parametrize(
    "groups",
    [
        [TaxGroup("S", D(19), D("10.0000"), D("1.900"))],
        [TaxGroup("E", D(0), D("10.005"), D(0)), TaxGroup("O", D(0), D("10.005"), D(0))],  # one rate in the books
        [TaxGroup("S", D(10), D("10.05"), D("1.01")), TaxGroup("S", D(20), D("9.995"), D("1.995"))],
    ],
)
def test_decimals_that_the_books_never_see_do_not_matter(groups: Sequence[TaxGroup]) -> None:
    assert disproof(invoice(*groups)) == ()
    assert all(f"{gross:f}" == f"{cents(gross):f}" for gross in by_rate(invoice(*groups)).values())


@given(st.lists(st.decimals("-999.9999", "999.9999", places=4), min_size=1, max_size=3), st.booleans())
def test_what_is_proven_can_be_booked(bases: list[Decimal], is_exact: bool) -> None:
    """Each amount by rate is whole cents, and they sum to the gross amount."""
    groups = [
        TaxGroup("S", D(rate), base, base * rate / 100 if is_exact else cents(base * rate / 100))
        for rate, base in zip((7, 19, 25), bases, strict=False)
    ]
    one = invoice(*groups)
    if not disproof(one):
        assert all(gross == cents(gross) for gross in by_rate(one).values())
        assert sum(by_rate(one).values()) == one.gross
