from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from debitoor_provider.sync.statement import Statement, percent, sums_by_rate

D = Decimal
DAY = date(2026, 1, 31)


def of(by_rate: dict[int | None, str], day: date | None = DAY, currency: str = "EUR") -> Statement:
    amounts = {None if rate is None else D(rate): D(gross) for rate, gross in by_rate.items()}
    return Statement(day, amounts, sum(amounts.values(), D(0)), currency)


@pytest.mark.parametrize(
    ("there", "said"),
    [
        (of({19: "119"}), []),
        (of({19: "119.00"}, currency="eur"), []),
        (of({19: "119"}, currency=""), []),
        (of({19: "118"}), ["gross amount 118.00 instead of 119.00"]),
        (of({7: "119"}), ["7 %: 119.00 instead of 19 %: 119.00"]),
        (of({19: "119"}, None), ["date - instead of 2026-01-31"]),
        (of({19: "119"}, currency="USD"), ["currency USD instead of EUR"]),
    ],
)
def test_differences(there, said):
    assert [difference.text() for difference in of({19: "119"}).differences(there)] == said


def test_the_reverse_charge_is_compared_where_both_state_it():
    known = [replace(of({0: "119"}), reverse_charge=part) for part in (D(119), D(0), None)]
    said = [[one.text() for one in here.differences(there)] for here in known for there in known]
    assert [words for words in said if words] == [
        ["reverse charge on 0.00 instead of 119.00"],
        ["reverse charge on 119.00 instead of 0.00"],
    ]


def test_it_is_written_by_rate():
    assert str(of({19: "119", 7: "107", None: "5"})) == "7 %: 107.00; 19 %: 119.00; ?: 5.00"
    assert str(of({})) == "0.00"
    assert percent(D("19.50")) == "19.5 %"
    assert percent(D("20.00")) == "20 %"


def test_a_total_has_the_rate_of_its_record_if_there_is_one():
    assert Statement.of_total(DAY, [D(19)], D(119), "EUR").by_rate == {D(19): D(119)}
    assert Statement.of_total(DAY, [D(7), D(19)], D(119), "EUR").by_rate == {None: D(119)}
    assert Statement.of_total(DAY, [D(19)], None, "EUR") == Statement(DAY, {}, D(0), "EUR")


def test_sums_leave_out_rates_without_an_amount():
    assert sums_by_rate([(D(19), D(5)), (D(7), D(0)), (D(19), D(2))]) == {D(19): D(7)}
