from __future__ import annotations

import pytest

from debitoor_provider.sync.accounts.frequency import Frequency
from tests.sync.accounts.reading import read, refusal


@pytest.mark.parametrize(
    ("text", "cron"),
    [
        ("hourly", "0 * * * *"),
        ("every 4 hours", "0 */4 * * *"),
        ("daily", "0 0 * * *"),
        ("weekly", "0 0 * * 1"),
        ("monthly", "0 0 1 * *"),
        ("manual", None),
        (" Every  4 Hours ", "0 */4 * * *"),
        ("30 6 * * 1-5", "30 6 * * 1-5"),
        ("0  0 1,15 jan-jun MON", "0 0 1,15 jan-jun MON"),
        ("0 6 * * THU", "0 6 * * THU"),
        ("0 6 1 MAR *", "0 6 1 MAR *"),
    ],
)
def test_a_frequency_is_a_word_or_a_cron_expression(text: str, cron: str | None) -> None:
    assert read(Frequency, text).cron == cron


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dayly", "Did you mean daily?"),
        ("@daily", "Did you mean daily?"),
        ("", "is not a frequency"),
        ("* * * *", "five fields"),
        ("0 0 * * * *", "five fields"),
        ("61 * * * *", "is not a frequency"),
        ("0 25 * * *", "is not a frequency"),
        ("H * * * *", "is not a frequency"),
        ("R * * * *", "is not a frequency"),
        ("0 0 31 2 *", "never matches a day that exists"),
        ("0 0 * * \x00", "is not a frequency"),
        ("*/90 * * * *", "The step */90 is wider than the 60 minutes there are"),
        (
            f"{','.join(map(str, range(60)))} {','.join(map(str, range(24)))} {','.join(map(str, range(1, 31)))} * 1-5",
            "Airflow cannot store its",
        ),
    ],
)
def test_a_frequency_that_cannot_be_is_refused(text: str, words: str) -> None:
    assert words in refusal(Frequency, text)
