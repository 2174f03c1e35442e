from __future__ import annotations

from decimal import Decimal

import pytest

from debitoor_provider.sync.rate_sums import RateAmounts, gross_amounts, rates_text, read_rates

D = Decimal


@pytest.mark.parametrize(
    ("by_rate", "text"),
    [
        ({}, ""),
        ({None: RateAmounts(D("5.00"))}, ""),
        ({D(7): RateAmounts(D("10.70")), None: RateAmounts(D("5.00"))}, ""),
        ({D("19.0"): RateAmounts(D("119.00"))}, "19"),
        ({D(19): RateAmounts(D("119.00"), D(100), D(19))}, "19"),
        ({D(19): RateAmounts(D("119.00"), None, D(19))}, "19"),
        ({D(19): RateAmounts(D("119.00"), D("100.01"))}, "19:119.00:100.01"),
        ({D(19): RateAmounts(D("119.00"), D("100.00"), D("19.01"))}, "19:119.00:100.00:19.01"),
        ({D(19): RateAmounts(D("119.00")), D(7): RateAmounts(D("10.70"))}, "7:10.70 19:119.00"),
        ({D(0): RateAmounts(D("4.00"), reverse_charge=True)}, "reverse"),
        ({D(0): RateAmounts(D("4.00"), D("4.00"), D(0), True), D(7): RateAmounts(D("1.07"))}, "reverse:4.00 7:1.07"),
        ({D(19): RateAmounts(D("119.00")), D(7): RateAmounts(D("10.70"), D("9.99"))}, "7:10.70:9.99 19:119.00"),
    ],
)
def test_only_what_is_not_derived_is_written(by_rate: dict[Decimal | None, RateAmounts], text: str) -> None:
    assert rates_text(by_rate) == text
    if ":" in text:
        read = {rate: amounts.completed(rate) for rate, amounts in read_rates(text)}
        assert read == {rate: amounts.completed(rate) for rate, amounts in by_rate.items() if rate is not None}
        assert {rate: one.reverse_charge for rate, one in read_rates(text)} == {
            rate: one.reverse_charge for rate, one in by_rate.items()
        }


def test_only_what_is_booked_without_tax_has_the_reverse_charge() -> None:
    found = gross_amounts({D("0.00"): D(4), D(7): D("1.07"), None: D(1)}, reverse_charge=True)
    assert {rate: one.reverse_charge for rate, one in found.items()} == {D(0): True, D(7): False, None: False}


def test_gross_amounts_leave_net_amount_and_tax_to_be_derived() -> None:
    found = gross_amounts({D(19): D("0.03")})[D(19)]
    assert found.completed(D(19)) == (D("0.03"), D("0.03"), 0)
