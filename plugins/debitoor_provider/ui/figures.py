"""The figures of an account as the page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from debitoor_provider.sync.ledger import ATTENTION, DONE, DUE, State

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

DAYS = 30
"""Of the chart."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How many documents of an account there are.

    :param states: in each state, see :meth:`~debitoor_provider.sync.ledger.figures.Figures.states`
    """

    states: Mapping[State, int]

    @property
    def moved(self) -> int:
        """Documents that are at the target."""
        return self._sum(DONE)

    @property
    def to_do(self) -> int:
        """Documents that a run has something to do with."""
        return self._sum(DUE)

    @property
    def waiting(self) -> int:
        """Documents that may come in later by themselves."""
        return self.states.get(State.WAITING, 0)

    @property
    def attention(self) -> int:
        """Documents that a person has something to do with."""
        return self._sum(ATTENTION)

    def _sum(self, states: frozenset[State]) -> int:
        return sum(self.states.get(state, 0) for state in states)


def first_day(today: date) -> date:
    """Return the first day of the chart."""
    return today - timedelta(days=DAYS - 1)


def chart(moved: Mapping[date, int], today: date) -> list[int]:
    """Return how many documents were moved on each of the last days, oldest first."""
    return [moved.get(today - timedelta(days=ago), 0) for ago in range(DAYS - 1, -1, -1)]
