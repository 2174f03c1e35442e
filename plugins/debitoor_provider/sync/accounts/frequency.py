"""How often an account is synchronised, and which schedules Airflow cannot compute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from pydantic import ConfigDict, RootModel, field_validator

from debitoor_provider.messages import Message
from debitoor_provider.sync.accounts.values import did_you_mean, not_valid, quoted

FREQUENCIES: dict[str, str | None] = {
    "hourly": "0 * * * *",
    "every 4 hours": "0 */4 * * *",
    "daily": "0 0 * * *",
    "weekly": "0 0 * * 1",
    "monthly": "0 0 1 * *",
    "manual": None,
}
"""Contract A-21 and the design's *monthly*; a week begins on Monday. Read in the account's time zone."""


class Frequency(RootModel[str]):
    """How often an account is synchronised: one of a few words, or a cron expression of five fields."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        json_schema_extra={
            "anyOf": [
                {"enum": list(FREQUENCIES)},
                {"pattern": r"^\s*\S+(\s+\S+){4}\s*$", "description": "A cron expression of five fields"},
            ]
        },
    )

    @field_validator("root")
    @classmethod
    def _known(cls, text: str) -> str:
        text = " ".join(text.split())
        if text.lower() in FREQUENCIES:
            return text.lower()
        return _cron(text)

    @property
    def cron(self) -> str | None:
        """The cron expression; ``None`` for *manual*."""
        return FREQUENCIES.get(self.root, self.root)

    def __str__(self) -> str:
        return self.root


def _cron(text: str) -> str:
    # Slow to import, and rarely needed.
    from debitoor_provider.sync.accounts import cron

    shown, words = quoted(text), list(FREQUENCIES)
    if not cron.is_valid(text):
        raise not_valid("setting_frequency", value=shown, words=words, hint=did_you_mean(text, FREQUENCIES))
    if not cron.has_a_day(text):
        raise not_valid("setting_cron_no_day", value=shown, words=words)
    idle = cron.idle_step(text)
    if idle:
        name = Message(idle.part.name)
        raise not_valid("setting_cron_idle_step", step=idle.text, name=name, size=idle.part.size)
    if not cron.is_describable(text):
        raise not_valid("setting_cron_long")
    return text


def check_schedule(frequency: Frequency, timezone: str) -> None:
    """Raise for a schedule that Airflow cannot compute when the clocks change.

    Its timetable counts real time for an expression that matches in every hour, and fails when that meets a change by
    a part of an hour, or days left out. It fails for all DAGs of the file then, for hours.
    """
    if frequency.cron is None or (frequency.root in FREQUENCIES and frequency.root != "hourly"):
        return
    obstacle = _schedule_obstacle(frequency.cron, timezone, datetime.now(UTC).date())
    if obstacle:
        raise not_valid(obstacle, zone=timezone)


@lru_cache(maxsize=256)  # many accounts have the same schedule
def _schedule_obstacle(expression: str, timezone: str, day: date) -> str | None:
    from debitoor_provider.sync.accounts import cron
    from debitoor_provider.sync.accounts.clock_changes import clock_changes

    if not cron.is_hourly(expression):
        return None
    changes = clock_changes(timezone, day)
    if changes and cron.names_days(expression):
        return "setting_hourly_on_some_days"
    if any((change.after - change.before) % timedelta(hours=1) for change in changes):
        return "setting_hourly_in_zone"
    return None
