from __future__ import annotations

import asyncio
import logging
import threading
from typing import Any

import pytest

from debitoor_provider.services.errors import Misconfigured, QuotaUsedUp, RateLimited
from debitoor_provider.sync.ledger import LedgerUnavailable
from debitoor_provider.triggers import looking
from debitoor_provider.triggers.looking import LookingTrigger


class Watching(LookingTrigger):
    """Gives one answer after the other; an exception is raised."""

    arguments = ("answers", "turn_of")

    def __init__(self, answers: list[Any], turn_of: str = "gmi", poke_interval: float = 60) -> None:
        super().__init__(poke_interval=poke_interval)
        self.answers = list(answers)
        self.turn_of = turn_of
        self.threads: list[str] = []

    @property
    def lock_key(self) -> str:
        return self.turn_of

    def look(self) -> Any:
        self.threads.append(threading.current_thread().name)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return how long the triggers have slept, without sleeping."""
    seconds: list[float] = []

    async def sleep(pause: float) -> None:
        seconds.append(pause)

    monkeypatch.setattr(looking.asyncio, "sleep", sleep)
    return seconds


def events(*triggers: LookingTrigger) -> list[Any]:
    async def of(trigger: LookingTrigger) -> list[Any]:
        return [event.payload async for event in trigger.run()]

    async def of_all() -> list[list[Any]]:
        return await asyncio.gather(*map(of, triggers))

    return [event for found in asyncio.run(of_all()) for event in found]


def test_it_looks_until_there_is_something(slept):
    assert events(Watching([[], None, [7]])) == [[7]]
    assert slept == [60, 60, 60]


@pytest.mark.parametrize(
    ("error", "pause"),
    [
        (RateLimited("later", retry_after=600), 600),
        (RateLimited("later", retry_after=5), 60),
        (RateLimited("later", retry_after=100_000), 3600),
        (QuotaUsedUp("used up", retry_after=1800), 1800),
        (LedgerUnavailable("away"), 60),
    ],
)
def test_a_fault_that_passes_is_waited_for_as_long_as_the_service_asked(slept, error, pause):
    assert events(Watching([error, [7]])) == [[7]]
    assert slept == [60, pause]


@pytest.mark.parametrize("error", [Misconfigured("wrong"), KeyError("a bug")])
def test_any_other_error_is_left_to_a_worker(slept, caplog, error):
    caplog.set_level(logging.WARNING)
    assert events(Watching([error])) == [None]


def test_it_looks_outside_the_event_loop(slept):
    trigger = Watching([[7]])
    events(trigger)
    assert trigger.threads[0].startswith("debitoor-trigger")


def test_a_look_that_takes_long_keeps_no_other_connection_waiting(slept):
    free = threading.Event()

    class Slow(Watching):
        def look(self) -> Any:
            assert free.wait(30)
            return [1]

    class Other(Watching):
        def look(self) -> Any:
            free.set()
            return [2]

    assert events(Slow([], "one"), Other([], "two")) == [[1], [2]]
