"""When an account runs, and where that is not what its frequency looks like.

The times are computed as Airflow's ``CronDataIntervalTimetable`` computes them, with the same libraries; a test holds
both together.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import dropwhile, islice
from typing import TYPE_CHECKING

import pendulum
from croniter import croniter

from debitoor_provider.messages import Message
from debitoor_provider.sync.accounts import cron as crons
from debitoor_provider.sync.accounts.clock_changes import clock_changes
from debitoor_provider.sync.accounts.frequency import FREQUENCIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from debitoor_provider.sync.accounts.settings import Account


def next_runs(account: Account, count: int, after: datetime | None = None) -> list[datetime]:
    """Return the next times at which Airflow starts a scheduled run, in the account's time zone; none for *manual*.

    :param after: aware; by default now
    """
    expression = account.cron
    if expression is None:
        return []
    after = after or datetime.now(UTC)
    schedule = Schedule(expression, account.timezone)
    runs = dropwhile(lambda time: time <= after, schedule.runs(after))
    return [time.astimezone(schedule.zone) for time in islice(runs, count)]


def schedule_warnings(account: Account, now: datetime | None = None) -> list[Message]:
    """Return what a reader of the account's frequency may not expect.

    :param now: the clock changes of the following year are examined
    """
    expression = account.cron
    if expression is None:
        return []
    warnings = [] if account.frequency.root in FREQUENCIES else _of_expression(expression)
    return warnings + _of_clock_changes(Schedule(expression, account.timezone), now or datetime.now(UTC))


def _of_expression(text: str) -> list[Message]:
    warnings = []
    step = crons.uneven_step(text)
    if step:
        warnings.append(Message("cron_uneven_step", step=step.text, name=Message(step.part.name)))
    if crons.runs_on_either_day(text):
        fields = text.split(" ")
        warnings.append(Message("cron_either_day", days=fields[2], weekdays=fields[4]))
    return warnings


def _of_clock_changes(schedule: Schedule, now: datetime) -> list[Message]:
    """Return a warning for the first change in each direction that a run falls into."""
    warnings: dict[str, Message] = {}
    if schedule.is_hourly:
        return []
    for change in clock_changes(schedule.timezone, now.astimezone(UTC).date()):
        day = change.before.date()
        for time in schedule.clock_times(change.before, change.after)[:1]:
            actual = schedule.at(time).in_timezone(schedule.zone)
            message = Message("cron_skipped", day=day, time=f"{time:%H:%M}", actual=f"{actual:%H:%M}")
            warnings.setdefault(message.code, message)
        for time in schedule.clock_times(change.after, change.before)[:1]:
            message = Message("cron_doubled", day=day, time=f"{time:%H:%M}")
            warnings.setdefault(message.code, message)
    return list(warnings.values())


class Schedule:
    """A cron expression in a time zone, as Airflow's timetable with data intervals reads it."""

    def __init__(self, expression: str, timezone: str) -> None:
        self._cron: Callable[..., croniter] = partial(croniter, expression)
        self.timezone = timezone
        self.zone = pendulum.timezone(timezone)
        self.is_hourly = crons.is_hourly(expression)

    def runs(self, now: datetime) -> Iterator[pendulum.DateTime]:
        """Yield the times of runs, from the last one that is due: the ends of their data intervals."""
        moment = pendulum.instance(now)
        start = self._latest_start(moment)
        while True:
            end = self.after(start)
            yield end
            # Airflow computes the next interval when it creates a run; what is over by then is left out.
            moment = max(moment, end.add(seconds=1))
            start = max(end, self._latest_start(moment))

    def _latest_start(self, now: pendulum.DateTime) -> pendulum.DateTime:
        """Return the start of the last interval that is over."""
        last = self.before(now)
        return last if self.after(last) == now else self.before(last)

    def after(self, time: pendulum.DateTime) -> pendulum.DateTime:
        """Return the next boundary; an expression for every hour counts real time, any other goes by the clock."""
        local = time.in_timezone(self.zone)
        naive = _naive(local)
        found: datetime = self._cron(start_time=naive).get_next(datetime)
        return (local + (found - naive)).in_timezone("UTC") if self.is_hourly else self.at(found)

    def all_after(self, time: datetime) -> Iterator[pendulum.DateTime]:
        """Yield the boundaries after a time, by the clock; quicker than :meth:`after` again and again."""
        cron = self._cron(start_time=_naive(pendulum.instance(time).in_timezone(self.zone)))
        while True:
            yield self.at(cron.get_next(datetime))

    def before(self, time: pendulum.DateTime) -> pendulum.DateTime:
        """Return the boundary before."""
        local = time.in_timezone(self.zone)
        naive = _naive(local)
        found: datetime = self._cron(start_time=naive).get_prev(datetime)
        return (local - (naive - found)).in_timezone("UTC") if self.is_hourly else self.at(found)

    def last_due(self, time: pendulum.DateTime) -> pendulum.DateTime:
        """Return the last boundary that is over; :meth:`before` may return one to come where the clocks change."""
        if self.is_hourly:
            return self.before(time)
        cron = self._cron(start_time=_naive(time.in_timezone(self.zone)))
        while (found := self.at(cron.get_prev(datetime))) >= time:
            pass
        return found

    def at(self, naive: datetime) -> pendulum.DateTime:
        """Return the moment of a time on the clock: the second one if there are two, later if there is none."""
        return pendulum.instance(self.zone.convert(naive.replace(fold=1))).in_timezone("UTC")

    def clock_times(self, start: datetime, end: datetime) -> list[datetime]:
        """Return the times on the clock that match, from a time to before another."""
        cron = self._cron(start_time=start - timedelta(seconds=1))
        found: list[datetime] = []
        while (time := cron.get_next(datetime)) < end:
            found.append(time)
        return found


def _naive(time: pendulum.DateTime) -> datetime:
    """Return the time on the clock, as a plain ``datetime``."""
    return datetime.combine(time.date(), time.time())
