from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debitoor_provider.sync.export.eu import in_eu, iso_code


@pytest.mark.parametrize(
    ("country", "day", "expected"),
    [
        ("DE", date(2026, 1, 1), True),
        ("de", date(1990, 1, 1), True),
        ("GB", date(2020, 12, 31), True),
        ("GB", date(2021, 1, 1), False),
        ("HR", date(2013, 6, 30), False),
        ("HR", date(2013, 7, 1), True),
        ("BG", date(2006, 12, 31), False),
        ("RO", date(2007, 1, 1), True),
        ("CH", date(2026, 1, 1), False),
        ("NO", date(2026, 1, 1), False),
        ("US", date(2026, 1, 1), False),
        ("", date(2026, 1, 1), False),
    ],
)
def test_an_invoice_is_booked_by_the_union_of_its_day(country: str, day: date, expected: bool) -> None:
    assert in_eu(country, day) is expected


def test_the_union_has_27_members_today() -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert sum(in_eu(one + other, date(2026, 1, 1)) for one in letters for other in letters) == 27


@pytest.mark.parametrize(
    ("told", "code"),
    [("DE", "DE"), (" fr ", "FR"), ("UK", "GB"), ("el", "GR"), ("Germany", ""), ("D", ""), ("4Ä", ""), ("", "")],
)
def test_a_country_code_has_two_letters(told: str, code: str) -> None:
    assert iso_code(told) == code


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert len(iso_code(text)) in {0, 2}
