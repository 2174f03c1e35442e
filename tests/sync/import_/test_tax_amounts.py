from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from debitoor_provider.services.debitoor.enums import SalesType
from debitoor_provider.services.debitoor.models import SalesDocument, SalesTaxGroup
from debitoor_provider.sync.import_.tax_amounts import amounts_by_rate
from debitoor_provider.sync.rate_sums import RateAmounts

D = Decimal
ONE_RATE = SalesDocument(
    "59f0c1d2e3a4b5c6d7e8f901",
    SalesType.INVOICE,
    total_net_amount=D("100.02"),
    total_tax_amount=D("18.99"),
    total_gross_amount=D("119.01"),
    tax_rates=(D(19),),
)
TWO_RATES = replace(
    ONE_RATE,
    total_net_amount=D("110.03"),
    total_tax_amount=D("19.68"),
    total_gross_amount=D("129.71"),
    tax_rates=(D(7), D(19)),
    tax_groups=(
        SalesTaxGroup(D(7), D("10.01"), D("0.69"), D("10.70")),
        SalesTaxGroup(D(19), D("100.02"), D("18.99"), D("119.01")),
        SalesTaxGroup(D(0), D(0), D(0), D(0)),
    ),
)


def test_the_totals_are_the_amounts_of_the_only_rate() -> None:
    assert amounts_by_rate(ONE_RATE, D("119.01")) == {19: RateAmounts(D("119.01"), D("100.02"), D("18.99"))}


def test_each_group_is_taken_as_it_is_stated() -> None:
    assert amounts_by_rate(TWO_RATES, D("129.71")) == {
        7: RateAmounts(D("10.70"), D("10.01"), D("0.69")),
        19: RateAmounts(D("119.01"), D("100.02"), D("18.99")),
    }


@pytest.mark.parametrize("document", [ONE_RATE, TWO_RATES])
def test_the_amounts_have_the_sign_of_the_import(document: SalesDocument) -> None:
    gross = document.total_gross_amount or D(0)
    negated = amounts_by_rate(document, -gross)
    assert negated == {
        rate: RateAmounts(*(-amount for amount in amounts if amount is not None))
        for rate, amounts in amounts_by_rate(document, gross).items()
    }


def test_what_does_not_add_up_to_the_whole_is_not_known_by_rate() -> None:
    assert amounts_by_rate(TWO_RATES, D("129.72")) == {None: RateAmounts(D("129.72"))}
    assert amounts_by_rate(replace(TWO_RATES, tax_groups=()), D("129.71")) == {None: RateAmounts(D("129.71"))}


def test_another_gross_amount_than_debitoor_s_has_its_rate_alone() -> None:
    assert amounts_by_rate(ONE_RATE, D("50.00")) == {19: RateAmounts(D("50.00"))}


@pytest.mark.parametrize("gross", [None, D(0)])
def test_no_amount_is_of_no_rate(gross: Decimal | None) -> None:
    assert amounts_by_rate(TWO_RATES, gross) == {}
