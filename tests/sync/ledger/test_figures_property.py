"""After any sequence of ledger operations the figures are what a count of the documents gives."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from debitoor_provider.sync.ledger import OPEN, FoundDocument, IllegalTransition, LeaseLost, Ledger
from tests.sync.ledger.samples import RUN, STEPS_OF_A_RUN, TTL, WHY, Clock, document, emptied, give_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.sync.ledger import Entry

NUMBERS = st.sets(st.integers(1, 6), min_size=1)
ACCOUNTS = st.sampled_from(["acme", "other"])
STEPS: dict[str, Callable[[Ledger, Entry], Any]] = {
    **STEPS_OF_A_RUN,
    "intend_proven": lambda ledger, entry: ledger.steps.intend(entry, invoice="proven"),
    "intend_none": lambda ledger, entry: ledger.steps.intend(entry, invoice="none"),
    "hold_contradicted": lambda ledger, entry: ledger.steps.hold(entry, WHY, invoice="contradicts"),
    "not_archived": lambda ledger, entry: ledger.steps.not_archived(entry, RUN, WHY),
    "named": lambda ledger, entry: give_name(ledger, entry, f"{entry.id}.pdf"),
}
DECISIONS: dict[str, Callable[[Ledger, list[Entry]], Any]] = {
    "retry": lambda ledger, entries: ledger.documents.retry(entries, "user:ada"),
    "if_missing": lambda ledger, entries: ledger.documents.retry(entries, "user:ada", if_missing=True),
    "new_record": lambda ledger, entries: ledger.documents.retry(entries, "user:ada", new_record=True),
    "ignore": lambda ledger, entries: ledger.documents.ignore(entries, "user:ada"),
    "mark_moved": lambda ledger, entries: ledger.documents.mark_moved(entries, "user:ada"),
    "archived": lambda ledger, entries: ledger.steps.archived(entries, RUN),
}


class Bookkeeping(RuleBasedStateMachine):
    """Plans, runs, people and rebuilds, over the days."""

    url: str

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.ledger = Ledger(emptied(self.url), now=self.clock)
        self.claimed: list[Entry] = []

    def entries(self, account: str, numbers: set[int]) -> list[Entry]:
        return list(self.ledger.documents.known(account, "export", [str(number) for number in numbers]).values())

    @rule(
        account=ACCOUNTS, listed=st.dictionaries(st.integers(1, 6), st.sampled_from(sorted(OPEN))), full=st.booleans()
    )
    def plan(self, account: str, listed: dict[int, Any], full: bool) -> None:
        plan = [document(number, state=state, snapshot=state) for number, state in listed.items()]
        self.ledger.plans.enter(account, "export", RUN, plan, full=full)

    @rule(account=ACCOUNTS, numbers=NUMBERS, dry_run=st.booleans())
    def leave(self, account: str, numbers: set[int], dry_run: bool) -> None:
        gone = [str(number) for number in numbers]
        self.ledger.plans.enter(account, "export", RUN, [], gone=gone, dry_run=dry_run)

    @rule(account=ACCOUNTS, numbers=NUMBERS)
    def claim(self, account: str, numbers: set[int]) -> None:
        self.ledger.leases.release("task")
        self.claimed = self.ledger.leases.claim(self.entries(account, numbers), "task", TTL, run_id=RUN)

    @rule(which=st.integers(0, 5), steps=st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=3))
    def take_steps(self, which: int, steps: list[str]) -> None:
        for step in steps:
            if which < len(self.claimed):
                with suppress(IllegalTransition, LeaseLost):
                    STEPS[step](self.ledger, self.claimed[which])

    @rule(account=ACCOUNTS, numbers=NUMBERS, decision=st.sampled_from(sorted(DECISIONS)))
    def decide(self, account: str, numbers: set[int], decision: str) -> None:
        with suppress(IllegalTransition):
            DECISIONS[decision](self.ledger, self.entries(account, numbers))

    @rule(account=ACCOUNTS, numbers=NUMBERS, target_id=st.sampled_from("ab"), days=st.none() | st.integers(0, 3))
    def rebuild(self, account: str, numbers: set[int], target_id: str, days: int | None) -> None:
        moved_at = None if days is None else self.clock.time - timedelta(days=days)
        found = [FoundDocument(str(number), f"key:{number}", target_id, moved_at=moved_at) for number in numbers]
        self.ledger.documents.rebuild(account, "export", found)

    @rule(hours=st.sampled_from([1, 15, 49]))
    def time_passes(self, hours: int) -> None:
        self.clock.pass_by(hours=hours)

    @invariant()
    def the_figures_are_those_of_the_documents(self) -> None:
        states: defaultdict[str, Counter[Any]] = defaultdict(Counter)
        days: defaultdict[str, Counter[date]] = defaultdict(Counter)
        invoices: Counter[str] = Counter()
        for entry in self.ledger.documents.entries():
            states[entry.account][entry.state] += 1
            if entry.invoice:
                invoices[entry.invoice] += 1
            if entry.moved_at:
                days[entry.account][entry.moved_at.date()] += 1
        assert self.ledger.figures.states() == states
        assert self.ledger.figures.moved_by_day(date(2000, 1, 1)) == days
        assert self.ledger.lists.invoices() == invoices
        assert self.ledger.figures.recount() == []


@pytest.mark.parametrize(("database", "examples"), [("sqlite_database", 60), ("postgresql_database", 20)])
def test_the_figures_equal_a_recount(request: pytest.FixtureRequest, database: str, examples: int):
    Bookkeeping.url = request.getfixturevalue(database)
    run_state_machine_as_test(
        Bookkeeping,
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
