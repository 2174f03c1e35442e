"""Whether an account is late: nothing has finished for two intervals of its schedule.

An interval is what the schedule says, not a number of hours: an account that runs on weekdays is not late on a Sunday.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pendulum

from debitoor_provider.messages import Message
from debitoor_provider.sync.accounts.schedule import Schedule

if TYPE_CHECKING:
    from pathlib import Path

    from debitoor_provider.sync.accounts.settings import Account

_SAMPLE_FROM = datetime(2024, 1, 1, tzinfo=UTC)  # fixed, so that an account always has the same
_SAMPLES = 61


def late_from(account: Account, finished: datetime) -> datetime | None:
    """Return when an account is late whose last run finished at a time: two intervals later; ``None`` for *manual*."""
    expression = account.cron
    return _late_from(expression, account.timezone, finished) if expression else None


def lateness(account: Account, finished: datetime | None, known_since: datetime, now: datetime) -> Message | None:
    """Return that an account is late, since when, and what to do; ``None`` when it is not.

    :param finished: the end of its last run; ``None`` when none has finished yet
    :param known_since: since when there is the account, for one that has not run yet
    """
    since = finished or known_since
    late = late_from(account, since)
    if late is None or now < late:
        return None
    local = since.astimezone(ZoneInfo(account.timezone))
    return Message("sync_late" if finished else "sync_never", since=f"{local:%Y-%m-%d %H:%M %Z}")


def known_since(file: Path) -> datetime:
    """Return since when there is an account, as far as its file tells: since it was changed last."""
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except OSError:  # removed in the meantime
        return datetime.now(UTC)


def shortest_interval(account: Account) -> timedelta | None:
    """Return the shortest time between two runs of a schedule; ``None`` for *manual*."""
    expression = account.cron
    return _shortest_interval(expression, account.timezone) if expression else None


@lru_cache(maxsize=10_000)  # the page asks for each account, and the answer changes with each of its runs
def _late_from(expression: str, timezone: str, finished: datetime) -> datetime:
    schedule = Schedule(expression, timezone)
    next_ = schedule.after(pendulum.instance(finished))
    return finished + (schedule.after(next_) - schedule.last_due(next_))


@lru_cache(maxsize=1_000)
def _shortest_interval(expression: str, timezone: str) -> timedelta:
    times = islice(Schedule(expression, timezone).all_after(_SAMPLE_FROM), _SAMPLES)
    return timedelta(seconds=min(later - time for time, later in pairwise(time.timestamp() for time in times)))
