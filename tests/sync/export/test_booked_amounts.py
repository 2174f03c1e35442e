from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from debitoor_provider.services.debitoor.models import Expense, ExpenseLine
from debitoor_provider.sync.export.booked_amounts import BookedAmounts

FIGURES = BookedAmounts(date(2026, 1, 31), {Decimal(7): Decimal("107.00"), Decimal(19): Decimal("119.00")})


def line(rate: str, gross: str | None, *, reverse: bool = False) -> ExpenseLine:
    return ExpenseLine(Decimal(rate), Decimal(gross) if gross else None, None, None, has_reverse_charge=reverse)


STORED = Expense(
    "59f0", date(2026, 1, 31), (line("19", "119"), line("7.0", "107")), total_gross_amount=Decimal("226.0")
)


@pytest.mark.parametrize(
    ("stored", "differences"),
    [
        (STORED, []),
        (replace(STORED, lines=(line("7", "107"), line("19", "100"), line("19", "19"))), []),  # a line taken apart
        (replace(STORED, lines=(*STORED.lines, line("0", None))), []),
        (replace(STORED, date=date(2026, 2, 1)), ["date 2026-02-01 instead of 2026-01-31"]),
        (replace(STORED, total_gross_amount=Decimal("226.01")), ["gross amount 226.01 instead of 226.00"]),
        (replace(STORED, total_gross_amount=None), ["gross amount 0.00 instead of 226.00"]),
        (
            replace(STORED, lines=(line("7", "100"), line("19", "126"))),
            ["100 at 7 %, 126 at 19 % instead of 107.00 at 7 %, 119.00 at 19 %"],
        ),
        (replace(STORED, date=None), ["date - instead of 2026-01-31"]),
        (
            replace(STORED, lines=(line("7", "107"), replace(line("19", "119"), tax_rate=None))),
            ["107 at 7 %, 119 at ? % instead of 107.00 at 7 %, 119.00 at 19 %"],
        ),
        (replace(STORED, lines=()), ["nothing instead of 107.00 at 7 %, 119.00 at 19 %"]),
    ],
)
def test_what_is_stored_is_compared_by_date_sum_and_rate(stored: Expense, differences: list[str]) -> None:
    assert [difference.text() for difference in FIGURES.differences(stored)] == differences


@pytest.mark.parametrize(
    ("sent", "stored", "differences"),
    [
        (True, [True], []),
        (False, [False], []),
        (True, [False], ["reverse charge on 0.00 instead of 226.00"]),
        (False, [True], ["reverse charge on 226.00 instead of 0.00"]),
        (True, [True, False], ["reverse charge on 100.00 instead of 226.00"]),
    ],
)
def test_what_is_stored_is_compared_by_its_reverse_charge(
    sent: bool, stored: list[bool], differences: list[str]
) -> None:
    figures = BookedAmounts.of(STORED.date, [line("0", "226", reverse=sent)])
    amounts = ["100", "126"] if len(stored) > 1 else ["226"]
    lines = tuple(line("0", gross, reverse=reverse) for gross, reverse in zip(amounts, stored, strict=True))
    assert [one.text() for one in figures.differences(replace(STORED, lines=lines))] == differences
    assert BookedAmounts.from_json(figures.as_json()) == figures


def test_an_attempt_of_an_earlier_version_says_nothing_of_its_reverse_charge() -> None:
    figures = BookedAmounts.of(STORED.date, [line("0", "226", reverse=True)])
    detail = {name: value for name, value in figures.as_json().items() if name != "reverse_gross"}
    known = BookedAmounts.from_json(detail | {"reverse_charge": {"code": "reverse_charge_by_country"}})
    assert known.differences(replace(STORED, lines=(line("0", "226"),))) == []


def test_figures_are_read_back_from_the_ledger_unchanged() -> None:
    assert BookedAmounts.from_json(FIGURES.as_json()) == FIGURES
    nothing = BookedAmounts(date(2026, 1, 31), {})
    assert BookedAmounts.from_json(nothing.as_json()) == nothing
    assert nothing.gross == 0
    assert nothing.differences(replace(STORED, lines=(), total_gross_amount=None)) == []
