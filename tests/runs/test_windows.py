"""What a run asks for, read from what people and tasks enter."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from debitoor_provider.runs.windows import to_day
from debitoor_provider.services.errors import Misconfigured


@pytest.mark.parametrize(
    ("entered", "day"),
    [
        ("", None),
        (None, None),
        (" 2026-03-01 ", date(2026, 3, 1)),
        (date(2026, 3, 1), date(2026, 3, 1)),  # as another task returns it
    ],
)
def test_a_date(entered: object, day: date | None) -> None:
    assert to_day("From", entered) == day


@pytest.mark.parametrize("entered", ["yesterday", "2026-13-01", datetime(2026, 3, 1, tzinfo=UTC), 20260301, []])
def test_what_is_no_date_is_refused_by_its_name(entered: object) -> None:
    with pytest.raises(Misconfigured, match="From"):
        to_day("From", entered)
