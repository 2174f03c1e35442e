"""How many documents each account has in each state, and how many it moved each day: kept, and never stale.

Counting a million documents takes a second. So the figures stay in the process, and at each call only those accounts
are counted again of which a document has changed since. The days before yesterday change only when somebody has a
document sent again, so they are counted again less often.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from debitoor_provider.sync.ledger import ATTENTION, DONE, DUE, State
from debitoor_provider.ui.background import in_background
from debitoor_provider.ui.ledger import opened_ledger

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from debitoor_provider.sync.ledger import Ledger

DAYS = 30
"""Of the chart."""
_PAST_DAYS = timedelta(minutes=5)
"""How old the counts of the days before yesterday may be."""
_REACH = timedelta(minutes=10)
"""As far as the clocks of workers differ, and the ledger's transactions last."""


@dataclass(frozen=True)
class Figures:
    """The figures of one account."""

    states: Mapping[State, int] = field(default_factory=dict)
    days: Mapping[date, int] = field(default_factory=dict)

    @cached_property
    def moved(self) -> int:
        """Documents that are at the target."""
        return self._sum(DONE)

    @cached_property
    def to_do(self) -> int:
        """Documents that a run has something to do with."""
        return self._sum(DUE)

    @property
    def waiting(self) -> int:
        """Documents that may come in later by themselves."""
        return self.states.get(State.WAITING, 0)

    @cached_property
    def attention(self) -> int:
        """Documents that a person has something to do with."""
        return self._sum(ATTENTION)

    def chart(self, today: date) -> list[int]:
        """Return the documents moved on each of the last days, oldest first."""
        return [self.days.get(day, 0) for day in _last_days(today)]

    def _sum(self, states: frozenset[State]) -> int:
        return sum(self.states.get(state, 0) for state in states)


@lru_cache(maxsize=1)
def _last_days(today: date) -> list[date]:
    return [today - timedelta(days=ago) for ago in range(DAYS - 1, -1, -1)]


NO_FIGURES = Figures()


class _Counted:
    """The figures of one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._figures: dict[str, Figures] | None = None
        self._since = datetime.now(UTC) - _REACH
        self._changes: dict[str, tuple[int, float]] = {}
        self._whole: dict[str, datetime] = {}  # when all days of an account were counted last

    def now(self) -> Mapping[str, Figures]:
        with self._lock:
            now = datetime.now(UTC)
            # What changes while this goes on is to be noticed at the next call: the look at what has changed comes
            # before the counting, and the look with which the next one is compared comes before that.
            is_old = self._is_old(now)
            since = now - _REACH if is_old else self._since
            next_changes = self._ledger.figures.changes(since)
            changes = self._ledger.figures.changes(self._since) if is_old else next_changes
            if self._figures is None:
                self._figures = self._count(now, None)
            else:
                changed = {account for account, change in changes.items() if self._changes.get(account) != change}
                if changed:
                    self._figures = self._figures | self._count(now, changed)
            self._since, self._changes = since, next_changes
            return self._figures

    def unchanged(self) -> Mapping[str, Figures] | None:
        """Return the figures if they need not be counted."""
        with self._lock:
            is_old = self._is_old(datetime.now(UTC))
            return None if is_old or self._ledger.figures.changes(self._since) != self._changes else self._figures

    def _is_old(self, now: datetime) -> bool:
        """Return whether the look at what has changed reaches so far back that it is to begin later."""
        return now - self._since > 2 * _REACH

    def _count(self, now: datetime, accounts: set[str] | None) -> dict[str, Figures]:
        states, days = self._ledger.figures.states(accounts), self._days(now, accounts)
        return {account: Figures(counts, days.get(account, {})) for account, counts in states.items()}

    def _days(self, now: datetime, accounts: set[str] | None) -> dict[str, dict[date, int]]:
        """Count the documents moved on each day of the chart."""
        known = self._figures or {}
        recent = {account for account in accounts or () if now - self._whole.get(account, _NEVER) < _PAST_DAYS}
        whole = None if accounts is None else accounts - recent
        days = {} if whole == set() else self._ledger.figures.moved_by_day(_midnight(now, DAYS), whole)
        self._whole |= dict.fromkeys(days if whole is None else whole, now)
        if recent:
            yesterday = _midnight(now, 1)
            new = self._ledger.figures.moved_by_day(yesterday, recent)
            for account in recent:
                days_before = known.get(account, NO_FIGURES).days
                past = {day: number for day, number in days_before.items() if day < yesterday.date()}
                days[account] = past | new.get(account, {})
        return days


def _midnight(now: datetime, days_ago: int) -> datetime:
    return datetime.combine(now.date() - timedelta(days=days_ago), time.min, UTC)


_NEVER = datetime.min.replace(tzinfo=UTC)
_counted: dict[Ledger, _Counted] = {}
_counting = threading.Lock()


def current_figures() -> Mapping[str, Figures]:
    """Return the figures of all accounts of the ledger, by account."""
    return _counted_of(opened_ledger()).now()


def figures_aside() -> Future[Mapping[str, Figures]]:
    """Begin to give the same: what has to be counted is counted while other things are asked."""
    counted = _counted_of(opened_ledger())
    figures = counted.unchanged()
    if figures is None:
        return in_background(counted.now)
    known: Future[Mapping[str, Figures]] = Future()
    known.set_result(figures)
    return known


def _counted_of(ledger: Ledger) -> _Counted:
    with _counting:
        return _counted.setdefault(ledger, _Counted(ledger))
