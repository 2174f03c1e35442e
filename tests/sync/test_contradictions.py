"""A contradiction between record and e-invoice, read back from the reason that the ledger keeps."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from debitoor_provider.messages import Message
from debitoor_provider.services.getmyinvoices.enums import DocumentType
from debitoor_provider.services.getmyinvoices.models import LineItem
from debitoor_provider.sync.contradictions import ComparedValue, Contradiction, contradictions
from tests.sync.export.test_evidence import AT_7, AT_19, held, invoice

D = Decimal


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"gross_amount": D("238.00")}, Contradiction("gross", (ComparedValue("238.00"),), (ComparedValue("119.00"),))),
        ({"net_amount": D("99.99")}, Contradiction("net", (ComparedValue("99.99"),), (ComparedValue("100.00"),))),
        (
            {"document_type": DocumentType.CREDIT_NOTE},
            Contradiction("kind", (ComparedValue("a credit note"),), (ComparedValue("an invoice"),)),
        ),
        ({"currency": "DKK"}, Contradiction("currency", (ComparedValue("DKK"),), (ComparedValue("EUR"),))),
        (
            {"document_date": date(2026, 2, 1)},
            Contradiction("date", (ComparedValue("2026-02-01"),), (ComparedValue("2026-01-31"),)),
        ),
        ({"tax_rates": (D(7),)}, Contradiction("rates", (ComparedValue(rate=D(7)),), (ComparedValue(rate=D(19)),))),
    ],
    ids=lambda value: value.what if isinstance(value, Contradiction) else "",
)
def test_each_difference_has_the_values_of_both(fields: dict[str, object], found: Contradiction) -> None:
    assert found in contradictions(held(invoice(AT_19), **fields).message)


def test_amounts_by_rate_are_pairs() -> None:
    lines = (
        LineItem("", None, None, D(7), None, D("107.02")),
        LineItem("", None, None, D(19), None, D("118.98")),
    )
    fields = {"net_amount": D("200.00"), "gross_amount": D("226.00"), "tax_rates": (D(7), D(19)), "line_items": lines}
    assert contradictions(held(invoice(AT_7, AT_19), **fields).message) == [
        Contradiction(
            "by_rate",
            (ComparedValue("107.02", D(7)), ComparedValue("118.98", D(19))),
            (ComparedValue("107.00", D(7)), ComparedValue("119.00", D(19))),
        )
    ]


def test_figures_that_are_not_proven_have_the_values_of_both() -> None:
    unproven = invoice(AT_19, gross=D("120.00"))
    assert contradictions(held(unproven, gross_amount=D("238.00"), net_amount=None).message) == [
        Contradiction("gross", (ComparedValue("238.00"),), (ComparedValue("120.00"),))
    ]
    assert contradictions(held(unproven, tax_rates=(D(7),), net_amount=None).message) == [
        Contradiction("by_rate", (ComparedValue("119.00", D(7)),), (ComparedValue("119.00", D(19)),))
    ]


def test_another_kind_that_is_not_proven_has_the_values_of_both() -> None:
    unproven = invoice(AT_19, gross=D("120.00"))
    assert contradictions(held(unproven, document_type=DocumentType.CREDIT_NOTE).message) == [
        Contradiction("kind", (ComparedValue("a credit note"),), (ComparedValue("an invoice"),))
    ]


@pytest.mark.parametrize("reason", [None, Message("currency"), Message("invoice_contradicts")], ids=repr)
def test_other_reasons_contradict_nothing(reason: Message | None) -> None:
    assert contradictions(reason) == []


@pytest.mark.parametrize(
    "strange",
    [
        Message("differs_in_colour", record="red", invoice="blue"),
        Message("differs_in_gross", record="1.00"),
        Message("differs_in_rates", record=["much"], invoice=["7 %"]),
        Message("differs_by_rate", record=["7"], invoice=["7"]),
        "differs",
    ],
    ids=repr,
)
def test_a_difference_of_another_version_is_left_out_alone(strange: object) -> None:
    known = Message("differs_in_date", record=date(2026, 2, 1), invoice=date(2026, 1, 31))
    (found,) = contradictions(Message("invoice_contradicts", differences=[strange, known]))
    assert found.what == "date"
