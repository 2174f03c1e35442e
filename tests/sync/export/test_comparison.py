"""E-invoices that do not prove their figures: a record that has none of them is held, any other one is booked."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.sync.export.test_own_figures import ALL, AT_7, AT_19, Result, name, of, result
from tests.sync.invoice.writers import Group, cii, facturae, fatturapa, in_pdf, ubl

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sync.invoice.writers import Stated
    from tests.sync.stage import Stage

D = Decimal
HELD = "held unproven_contradicts"
ROUNDED_BY_LINE = of(Group(D(19), D("1000.00"), D("190.02")), Group(D(7), D("500.00"), D("35.00")))
BOTH = of(AT_19, AT_7)
WITHOUT_PARTS = replace(BOTH, groups=())
TWICE = of(*[Group(D(19), D("33.33"), D("6.33"))] * 2, Group(D(7), D("33.33"), D("2.33")))
SUM_IS_WRONG = of(AT_19, gross=D("120.00"))


def record(gross: str, *rates: int, net: str | None = None) -> dict[str, Any]:
    return {
        "gross_amount": D(gross),
        "net_amount": D(net) if net else None,
        "tax_rates": tuple(map(D, rates)),
    }


@pytest.mark.parametrize("write", ALL, ids=name)
@pytest.mark.parametrize(
    ("invoice", "fields"),
    [
        (ROUNDED_BY_LINE, record("1725.02", 7, 19, net="1500.00")),  # would be split into 534.82 and 1190.20
        (ROUNDED_BY_LINE, record("1725.02", 19)),
        (ROUNDED_BY_LINE, record("1675.02", 19)),  # what is left to pay
        (ROUNDED_BY_LINE, record("1190.02", 19)),  # a part of it
        (WITHOUT_PARTS, record("238.00", 19)),
        (SUM_IS_WRONG, record("119.50", 19)),
        (SUM_IS_WRONG, record("120.00", 19)),
        (SUM_IS_WRONG, record("119.00", 7)),
    ],
)
def test_a_record_with_none_of_its_figures_is_held(
    write: Callable[[Stated], bytes], invoice: Stated, fields: dict[str, Any]
) -> None:
    assert result(write(invoice), **fields) == Result(HELD, {})
    assert result(write(invoice), settings={"invoice": "fill"}, **fields).proof == "unproven"


@pytest.mark.parametrize(
    ("write", "invoice", "fields"),
    [
        (cii, WITHOUT_PARTS, record("226.00", 19)),  # another net amount
        (cii, TWICE, record("114.98", 7, 19, net="99.99")),
        (cii, replace(BOTH, tax=D("26.50"), currency="CHF"), record("226.00", 7, 19, net="200.00")),
        (cii, replace(BOTH, tax=D("26.50"), code="384"), record("-226.00", 7, 19, net="-200.00")),
        (ubl, replace(SUM_IS_WRONG, is_credit_note=True), record("119.00", 19) | {"document_type": "RECEIPT"}),
        (fatturapa, replace(BOTH, tax=D("26.50"), gross=D("226.50")), record("200.00", 7)),
    ],
)
def test_other_parts_another_currency_and_another_sign_are_held_too(
    write: Callable[[Stated], bytes], invoice: Stated, fields: dict[str, Any]
) -> None:
    assert result(write(invoice), **fields) == Result(HELD, {})


@pytest.mark.parametrize(
    ("content", "fields", "booked"),
    [
        (cii(ROUNDED_BY_LINE), record("1725.02", 7, 19), None),  # cannot be booked whatever the e-invoice says
        (cii(SUM_IS_WRONG), record("119.00", 19), {"19": "119.00"}),
        (cii(SUM_IS_WRONG), record("120.00", 0, 19, net="101.00"), {"0": "1.00", "19": "119.00"}),  # e.g. stamp duty
        (cii(WITHOUT_PARTS), record("226.00", 7, 19, net="200.00"), {"7": "107.00", "19": "119.00"}),
        (cii(of(Group(D(19), D("10.005"), D("1.90")))), record("11.91", 19), {"19": "11.91"}),
        (fatturapa(BOTH, AT := of(AT_7)), record("107.00", 7), {"7": "107.00"}),
        (fatturapa(of(AT_7), AT), record("214.00", 7), {"7": "214.00"}),  # both as one document
        (fatturapa(of(AT_19), total=False), record("119.00", 19), {"19": "119.00"}),
        (facturae(replace(TWICE, is_credit_note=True)), record("-114.98", 7, 19), None),
        (cii(replace(SUM_IS_WRONG, code="751")), record("238.00", 19), {"19": "238.00"}),  # no invoice
    ],
)
def test_a_record_with_any_of_its_figures_is_booked(
    content: bytes, fields: dict[str, Any], booked: dict[str, str] | None
) -> None:
    assert result(in_pdf(content), **fields) == (
        Result("unproven", booked) if booked else Result("rejected no_net_amount", {})
    )


def test_of_several_in_one_file_it_has_to_be_one_or_their_sum() -> None:
    assert result(fatturapa(of(AT_7), of(AT_19)), **record("120.00", 19)) == Result(HELD, {})


def test_a_person_books_the_record_or_states_the_parts(acme: Stage) -> None:
    file = in_pdf(cii(ROUNDED_BY_LINE))
    fields: dict[str, Any] = {"gross_amount": "1725.02", "net_amount": "1500.00", "tax_rates": ["7", "19"]}
    first, second = acme.document(file, **fields), acme.document(in_pdf(ubl(ROUNDED_BY_LINE)), **fields)
    assert {row.outcome for row in acme.preview()} == {"held"}
    acme.export()
    assert acme.states() == {first: HELD, second: HELD}
    acme.ledger.documents.choose([acme.entry(first)], "record", "user:ada")
    acme.ledger.documents.correct([acme.entry(second)], "tax=7:535.00,19:1190.02", "user:ada", detail={})
    acme.export()
    assert acme.states() == {first: "moved", second: "moved"}
    lines = [expense["lines"] for expense in acme.company.expenses()]
    amounts = sorted(sorted(D(str(line["grossAmount"])) for line in parts) for parts in lines)
    assert amounts == [[D("534.82"), D("1190.20")], [D("535.00"), D("1190.02")]]
