"""The result of a measurement: our figures and those of each peer from one run, and which goals they reach."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Series:
    """The values that several rounds gave for one thing.

    :param what: who or what was measured
    :param unit: of the values, such as ``documents/s``, ``ms`` or ``MB``
    :param values: one for each round
    """

    what: str
    unit: str
    values: list[float]

    @property
    def median(self) -> float:
        """The middle of the rounds."""
        return statistics.median(self.values)


@dataclass(frozen=True, slots=True)
class Goal:
    """What was to be reached, and what was.

    :param text: such as ``at least 27 times the script``
    :param reached: the figure that the text is about, as measured
    :param is_met: whether it is good enough
    """

    text: str
    reached: float
    is_met: bool

    @classmethod
    def at_least(cls, wanted: float, reached: float, text: str) -> Goal:
        """Require a figure that is not below a bound."""
        return cls(text, reached, reached >= wanted)

    @classmethod
    def at_most(cls, wanted: float, reached: float, text: str) -> Goal:
        """Require a figure that is not above a bound."""
        return cls(text, reached, reached <= wanted)


@dataclass(frozen=True, slots=True)
class Result:
    """One measurement, such as P3.

    :param id: such as ``P1``
    :param title: what is measured, in a few words
    :param setting: sizes, latencies and numbers of rounds, in one sentence
    :param ours: the provider's figures, the one that matters most first
    :param peers: the others' figures
    :param note: what a reader should know of it, such as why a goal is not reached
    """

    id: str
    title: str
    setting: str
    ours: list[Series]
    peers: list[Series]
    goals: list[Goal]
    note: str = field(default="")
