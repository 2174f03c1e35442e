from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.sync.likeness import Facts
from debitoor_provider.sync.statement import Statement, TargetRecord
from debitoor_provider.sync.steps.recorded import Recorded

if TYPE_CHECKING:
    from collections.abc import Iterable

DAY = date(2026, 1, 31)


def record(id_: str, gross: str = "119.00", text: str = "", day: date | None = DAY) -> TargetRecord:
    statement = Statement(day, {}, Decimal(gross), "EUR")
    return TargetRecord(id_, frozenset(), "7", "Paper Ltd", statement, text=text)


def found(recorded: Recorded, number: str = "R-2026-7", gross: str = "119.00") -> list[str]:
    facts = Facts(number, DAY, Decimal(gross), "EUR", "Paper Ltd")
    return [one.id for one in recorded.alike(facts, numbers_decide=False)]


def test_a_record_is_found_by_its_amount_or_by_the_number_in_its_text() -> None:
    recorded = Recorded([record("amount"), record("number", "5.00", "R-2026-7, by card"), record("other", "5.00")])
    assert found(recorded) == ["number", "amount"]
    assert found(recorded, number="") == ["amount"]
    assert found(recorded, gross="6.00") == ["number"]


@pytest.mark.parametrize(
    ("days", "periods"),
    [
        ([], []),
        ([None], []),
        ([DAY, None], [(date(2026, 1, 24), date(2026, 2, 7))]),
        ([date(2026, 2, 20), DAY], [(date(2026, 1, 24), date(2026, 2, 27))]),
        ([date(2025, 1, 1), DAY], [(date(2024, 12, 25), date(2025, 1, 8)), (date(2026, 1, 24), date(2026, 2, 7))]),
        ([date.min, date.max], [(date.min, date(1, 1, 8)), (date(9999, 12, 24), date.max)]),
    ],
)
def test_the_target_is_asked_for_few_short_periods(days: list[date | None], periods: list[tuple[date, date]]) -> None:
    asked: list[tuple[date, date]] = []

    def ask(start: date, end: date) -> Iterable[TargetRecord]:
        asked.append((start, end))
        return []

    Recorded.near(ask, days)
    assert asked == periods
