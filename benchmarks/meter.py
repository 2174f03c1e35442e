"""Processor time of a set of processes: what some work takes, less what they take at rest just before and after it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psutil


class NegativeCost(ValueError):
    """Work took no more processor time than rest: the rest was disturbed, and there is no figure."""


@dataclass(frozen=True, slots=True)
class Span:
    """A while that was measured.

    :param cpu: seconds of processor time, user and system
    :param seconds: by the clock
    """

    cpu: float
    seconds: float


def above_rest(before: Span, work: Span, after: Span) -> float:
    """Return the processor time of work less that of as long a rest, at the mean rate of the rests around it.

    :raises NegativeCost: when nothing is left
    """
    rate = (before.cpu + after.cpu) / (before.seconds + after.seconds)
    cost = work.cpu - rate * work.seconds
    if cost <= 0:
        raise NegativeCost(
            f"{work.cpu:.2f} CPU s in {work.seconds:.0f} s of work are no more than at rest, {rate:.3f} CPU s a second "
            f"({before.cpu / before.seconds:.3f} before, {after.cpu / after.seconds:.3f} after)"
        )
    return cost


class Meter:
    """Counts the processor time of processes and of all that they ever started.

    :param roots: the processes
    """

    def __init__(self, roots: Sequence[psutil.Process]) -> None:
        self._roots = roots

    def rest(self, seconds: float) -> Span:
        """Measure a while in which nothing is to be done."""
        with self.span() as found:
            time.sleep(seconds)
        return found[0]

    @contextmanager
    def span(self) -> Iterator[list[Span]]:
        """Measure a block; the list has the span after it."""
        found: list[Span] = []
        cpu, started = self._cpu(), time.monotonic()
        yield found
        found.append(Span(self._cpu() - cpu, time.monotonic() - started))

    def _cpu(self) -> float:
        total = 0.0
        for root in self._roots:
            for process in (root, *root.children(recursive=True)):
                try:
                    total += sum(process.cpu_times()[:4])
                except psutil.NoSuchProcess:  # its parent has its times now
                    continue
        return total


def children() -> set[psutil.Process]:
    """Return the processes that this one has started and that still run."""
    return set(psutil.Process().children())
