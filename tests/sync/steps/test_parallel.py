from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from debitoor_provider.services.errors import Interrupted, Misconfigured, RateLimited, RetryError, Unavailable
from debitoor_provider.sync.steps.parallel import each, postponed


def test_several_are_worked_on_at_once() -> None:
    together = threading.Barrier(4, timeout=10)  # breaks unless four are there at the same time
    result = each(range(4), lambda _: together.wait() and None, parallel=4)
    assert (result.failures, result.given_up) == ([], False)


def test_parallelism_is_limited_to_the_given_number() -> None:
    lock = threading.Lock()

    def work(_: int) -> None:
        assert lock.acquire(blocking=False)
        lock.release()

    assert each(range(50), work, parallel=1).failures == []


def test_a_failure_leaves_the_others_going() -> None:
    done: list[int] = []

    def work(number: int) -> None:
        if number % 2:
            raise Unavailable("down")
        done.append(number)

    result = each(range(10), work, parallel=1)
    assert sorted(done) == [0, 2, 4, 6, 8]
    assert (len(result.failures), result.given_up) == (5, False)


def test_failures_in_a_row_and_a_wish_to_slow_down_end_the_round() -> None:
    begun: list[int] = []

    def down(number: int) -> None:
        begun.append(number)
        raise Unavailable("down")

    assert each(range(100), down, parallel=1).given_up
    assert len(begun) == 5
    begun.clear()

    def slow_down(number: int) -> None:
        begun.append(number)
        raise RateLimited("slow down", retry_after=60)

    assert each(range(100), slow_down, parallel=1).given_up
    assert begun == [0]


def test_anything_graver_ends_the_round_at_once() -> None:
    begun: list[int] = []

    def work(number: int) -> None:
        begun.append(number)
        raise Misconfigured("wrong books")

    with pytest.raises(Misconfigured):
        each(range(100), work, parallel=1)
    assert begun == [0]


def test_a_tick_that_fails_ends_the_round() -> None:
    begun: list[int] = []

    def work(number: int) -> None:
        begun.append(number)
        threading.Event().wait(0.01)

    def tick() -> None:
        raise OSError("no heart")

    with pytest.raises(OSError, match="no heart"):
        each(range(100), work, parallel=1, tick=tick, every=0.01)
    assert len(begun) < 100


def test_a_tick_is_sent_during_long_work() -> None:
    ticked = threading.Event()
    result = each([1], lambda _: ticked.wait(10) and None, parallel=1, tick=ticked.set, every=0.01)
    assert ticked.is_set()
    assert result.failures == []


def test_nothing_to_do_is_done_at_once() -> None:
    assert not each([], lambda _: None, parallel=8).given_up


def test_the_longest_wait_is_passed_on() -> None:
    error = postponed([Unavailable("one"), Unavailable("two", retry_after=90, service="Debitoor")], 7, "moved")
    assert (error.retry_after, error.service) == (90, "Debitoor")
    assert error.message.text() == "2 of 7 documents could not be moved yet. two"


def test_things_are_made_as_they_are_needed_and_a_failure_to_make_one_ends_the_round() -> None:
    done: list[int] = []

    class Numbers:
        def __len__(self) -> int:
            return 10

        def __iter__(self) -> Iterator[int]:
            yield 0
            assert done == [0]
            yield 1
            raise Misconfigured("no more to be had")

    with pytest.raises(Misconfigured, match="no more to be had"):
        each(Numbers(), done.append, parallel=1)
    assert done == [0, 1]


def test_work_that_is_added_while_the_round_ends_does_not_begin() -> None:
    done: list[int] = []
    ending = threading.Event()

    class Numbers:
        def __len__(self) -> int:
            return 3

        def __iter__(self) -> Iterator[int]:
            yield 0
            ending.set()
            yield 1

    with pytest.raises(Interrupted, match="2 of 3 documents are left"):
        each(Numbers(), done.append, parallel=1, ending=ending)
    assert done == [0]


def test_a_process_that_has_to_end_finishes_what_it_began_and_reports_what_is_left() -> None:
    done: list[int] = []
    ending = threading.Event()

    def work(number: int) -> None:
        if number == 2:
            ending.set()
        done.append(number)

    with pytest.raises(RetryError, match="has to end; 7 of 10 documents are left"):
        each(range(10), work, parallel=1, ending=ending)
    assert done == [0, 1, 2]
