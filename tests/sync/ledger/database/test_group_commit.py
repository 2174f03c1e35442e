"""Steps that several threads take at the same time are committed together, and fail alone."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.sync.ledger import LeaseLost, LedgerUnavailable
from debitoor_provider.sync.ledger.database.group_commit import GroupCommit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Work = Callable[[list[str]], str]


class Journal:
    """A database whose transactions are lists of words. The first one waits, so that others can gather meanwhile."""

    def __init__(self) -> None:
        self.before_going_on: Callable[[], None] = lambda: None
        self.committed: list[list[str]] = []
        self.begins: list[Exception] = []
        self.commits: list[Exception] = []
        self.first_began = threading.Event()
        self.first_may_go_on = threading.Event()

    @contextmanager
    def transaction(self) -> Iterator[list[str]]:
        if self.begins:
            raise self.begins.pop()
        words: list[str] = []
        yield words
        if not self.first_began.is_set():
            self.first_began.set()
            assert self.first_may_go_on.wait(10)
        if self.commits and words != ["first"]:
            raise self.commits.pop()
        self.committed.append(words)


def says(word: str) -> Work:
    def work(words: list[str]) -> str:
        words.append(word)
        return word

    return work


def fails(error: BaseException, times: int = 10) -> Work:
    left = [error] * times

    def work(words: list[str]) -> str:
        words.append("half")
        if left:
            raise left.pop()
        return "in the end"

    return work


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
def gathered(journal: Journal) -> Iterator[Callable[..., list[Future[str]]]]:
    """Let a first step be written down while these gather, in their order."""
    together = GroupCommit(journal.transaction)
    with ThreadPoolExecutor(8) as pool:

        def run(*works: Work) -> list[Future[str]]:
            first = pool.submit(together.run, says("first"))
            assert journal.first_began.wait(10)
            futures = []
            for count, work in enumerate(works, 1):
                futures.append(pool.submit(together.run, work))
                while len(together._gathered) < count:
                    threading.Event().wait(0.001)
            journal.before_going_on()
            journal.first_may_go_on.set()
            assert first.result(10) == "first"
            return futures

        try:
            yield run
        finally:
            journal.first_may_go_on.set()


def test_steps_that_arrive_during_a_commit_are_committed_together(journal, gathered):
    futures = gathered(says("a"), says("b"), says("c"))
    assert [future.result(10) for future in futures] == ["a", "b", "c"]
    assert journal.committed == [["first"], ["a", "b", "c"]]


def test_a_step_that_the_ledger_refuses_keeps_no_other_back(journal, gathered):
    def refused(words: list[str]) -> str:
        raise LeaseLost("Another run is at it.")

    a, lost, b = gathered(says("a"), refused, says("b"))
    with pytest.raises(LeaseLost):
        lost.result(10)
    assert (a.result(10), b.result(10)) == ("a", "b")
    assert journal.committed == [["first"], ["a", "b"]]


def test_a_step_that_breaks_the_transaction_is_the_only_one_to_fail(journal, gathered):
    a, broken, b = gathered(says("a"), fails(RuntimeError("broken")), says("b"))
    with pytest.raises(RuntimeError, match="broken"):
        broken.result(10)
    assert (a.result(10), b.result(10)) == ("a", "b")
    assert journal.committed == [["first"], ["a"], ["b"]]


def test_steps_whose_commit_fails_are_taken_again_one_by_one(journal, gathered):
    journal.commits = [LedgerUnavailable("It is busy.")]
    futures = gathered(says("a"), says("b"))
    assert [future.result(10) for future in futures] == ["a", "b"]
    assert journal.committed == [["first"], ["a"], ["b"]]


def test_a_step_that_only_failed_in_company_has_its_result(journal, gathered):
    refused_once, a = gathered(fails(LedgerUnavailable("It is busy."), times=1), fails(RuntimeError("broken"), times=1))
    assert refused_once.result(10) == a.result(10) == "in the end"


def test_when_no_transaction_can_begin_all_waiting_callers_fail_at_once(journal, gathered):
    busy = [LedgerUnavailable("It is busy.")]  # once: whoever asked again would get through
    journal.before_going_on = lambda: journal.begins.extend(busy)
    for future in gathered(says("a"), says("b"), says("c")):
        with pytest.raises(LedgerUnavailable):
            future.result(10)
    assert journal.committed == [["first"]]


def test_one_whose_transaction_cannot_begin_fails_and_is_not_taken_later(journal):
    together = GroupCommit(journal.transaction)
    journal.first_may_go_on.set()
    journal.begins = [LedgerUnavailable("It is busy.")]
    with pytest.raises(LedgerUnavailable):
        together.run(says("a"))
    assert together.run(says("b")) == "b"
    assert journal.committed == [["b"]]


def test_other_writers_continue_when_the_writing_thread_ends(journal, gathered):
    futures = gathered(fails(KeyboardInterrupt(), times=1), says("a"), says("b"))
    outcomes = [future.exception(10) for future in futures]
    assert sorted(map(type, filter(None, outcomes)), key=str) == [KeyboardInterrupt]  # whichever wrote for the others
    done = [future.result() for future in futures if not future.exception()]
    written = [word.replace("half", "in the end") for words in journal.committed for word in words]
    assert sorted(written) == sorted([*done, "first"])


def test_what_arrives_while_steps_are_carried_out_is_committed_with_them(journal):
    together = GroupCommit(journal.transaction)
    journal.first_may_go_on.set()
    with ThreadPoolExecutor(2) as pool:

        def while_another_arrives(words: list[str]) -> str:
            futures.append(pool.submit(together.run, says("b")))
            while not together._gathered:
                threading.Event().wait(0.001)
            return says("a")(words)

        futures: list[Future[str]] = []
        assert together.run(while_another_arrives) == "a"
        assert futures[0].result(10) == "b"
    assert journal.committed == [["a", "b"]]
