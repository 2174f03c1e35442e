from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debitoor_provider.messages import Reader, written_for
from debitoor_provider.services.debitoor.body import expense_body, number
from debitoor_provider.services.debitoor.enums import ConsumptionOrResale, ProductOrService
from debitoor_provider.services.debitoor.models import NewExpense, NewExpenseLine, ReverseCharge
from debitoor_provider.services.errors import Refused

AMOUNTS = st.decimals(min_value="-70000000000000", max_value="70000000000000", places=2)


@given(AMOUNTS)
def test_an_amount_keeps_its_digits_in_json(amount):
    written = json.dumps(number(amount, "x"))
    assert Decimal(written) == amount
    assert len(written.partition(".")[2]) <= 2


@pytest.mark.parametrize(("amount", "written"), [("5000.00", "5000"), ("0.10", "0.1"), ("-1.05", "-1.05"), ("0", "0")])
def test_whole_amounts_have_no_fraction(amount, written):
    assert json.dumps(number(Decimal(amount), "x")) == written


@pytest.mark.parametrize("amount", ["0.001", "1.005", "NaN", "Infinity", "90071992547409.92", "1e30"])
def test_an_amount_that_cannot_be_written_is_refused(amount):
    with pytest.raises(Refused) as refused:
        number(Decimal(amount), "lines.0.grossAmount")
    (problem,) = refused.value.fields
    assert problem.field == "lines.0.grossAmount"
    with written_for(Reader("de")):
        assert str(problem.message).startswith("Der Wert hat mehr als zwei Nachkommastellen")


def test_an_expense_contains_everything_that_is_known():
    charge = ReverseCharge(Decimal(19), ProductOrService.SERVICE, ConsumptionOrResale.CONSUMPTION)
    line = NewExpenseLine(Decimal(0), Decimal("-10.50"), "Refund", "office.software", charge)
    expense = NewExpense(date(2026, 1, 2), (line,), "f1", "a1", "Jo", "FR", "FR1", 7)
    assert expense_body(expense) == {
        "date": "2026-01-02",
        "fileId": "f1",
        "supplierId": "a1",
        "supplierName": "Jo",
        "supplierCountry": "FR",
        "supplierCiNumber": "FR1",
        "number": 7,
        "lines": [
            {
                "description": "Refund",
                "categoryId": "office.software",
                "taxRate": 0,
                "priceDisplayType": "gross",
                "grossAmount": -10.5,
                "reverseCharge": {"taxRate": 19, "productOrService": "service", "consumptionOrResale": "consumption"},
            }
        ],
    }


def test_an_amount_of_zero_is_sent():
    line = NewExpenseLine(Decimal(0), Decimal(0))
    assert expense_body(NewExpense(date(2026, 1, 2), (line,)))["lines"][0]["grossAmount"] == 0
