"""Whatever people, plans and runs do in whatever order, a document follows the table and its history records it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import (
    DONE,
    OPEN,
    Entry,
    EventKind,
    FoundDocument,
    IllegalTransition,
    LeaseLost,
    Ledger,
    State,
)
from debitoor_provider.sync.ledger.states import STEPS, is_legal
from tests.sync.ledger.samples import TTL, Clock, document, emptied

if TYPE_CHECKING:
    from collections.abc import Callable

owners = st.sampled_from(["one", "two"])

WHY = Message("as_written", text="why", remedy="")


class Travels(RuleBasedStateMachine):
    """One document, two runs that want it, a person, and the plans that come in between."""

    url: str

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.ledger = Ledger(emptied(self.url), now=self.clock)
        self.state: State | None = None
        self.read: dict[str, Entry] = {}  # what each run had when it claimed last
        self.holder = ""
        self.until = self.clock.time

    @initialize()
    def plan_first(self) -> None:
        self.ledger.plans.enter("acme", "export", "plan", [document(1)])
        self.state = State.PLANNED

    @rule(state=st.sampled_from(sorted(OPEN)), snapshot=st.sampled_from(["a", "b"]))
    def plan(self, state: State, snapshot: str) -> None:
        before = self.entry
        self.ledger.plans.enter("acme", "export", "plan", [document(1, state=state, snapshot=snapshot)])
        after = self.entry
        if after != before:
            assert is_legal(EventKind.LISTED, before.state, after.state)
        if before.state in {State.PLANNED, State.WAITING, State.GONE}:
            assert after.state is state
        self.state = after.state

    @rule()
    def leave(self) -> None:
        self.ledger.plans.enter("acme", "export", "plan", [], gone=["1"])
        self.state = State.GONE if self.state in OPEN else self.state

    @rule(owner=owners)
    def claim(self, owner: str) -> None:
        is_free = self.holder in {"", owner} or self.clock.time >= self.until
        is_due = self.state in {State.PLANNED, State.SENDING}
        got = self.ledger.leases.claim([self.entry], owner, TTL)
        assert bool(got) == (is_free and is_due)
        if got:
            self.read[owner] = got[0]
        if is_free:  # a lease on what is not due is given back at once
            self.holder = owner if is_due else ""
            self.until = self.clock.time + TTL

    @rule(owner=owners)
    def release(self, owner: str) -> None:
        self.ledger.leases.release(owner)
        self.holder = "" if self.holder == owner else self.holder

    @rule(minutes=st.sampled_from([1, 4, 6]))
    def time_passes(self, minutes: int) -> None:
        self.clock.pass_by(minutes=minutes)

    @rule(owner=owners, kind=st.deferred(lambda: st.sampled_from(sorted(_STEPS))))
    def take_a_step(self, owner: str, kind: EventKind) -> None:
        entry = self.read.get(owner)
        if entry is None:
            return
        target = STEPS[kind].target
        before = self.entry
        is_holder = self.holder == owner and (kind is not EventKind.INTENT or self.clock.time < self.until)
        is_fresh = kind is not EventKind.INTENT or before.fingerprint == entry.fingerprint
        is_repeat = kind is EventKind.MOVED and before.state is State.MOVED and before.target_id == "expense"
        if is_repeat or (is_legal(kind, before.state, target) and is_holder and is_fresh):
            _STEPS[kind](self.ledger, entry)
            self.state = target
        else:
            with pytest.raises((IllegalTransition, LeaseLost)):
                _STEPS[kind](self.ledger, entry)
            assert self.entry == before

    @rule(kind=st.deferred(lambda: st.sampled_from(sorted(_ACTS))))
    def act(self, kind: EventKind) -> None:
        before = self.entry
        if is_legal(kind, before.state, STEPS[kind].target):
            _ACTS[kind](self.ledger, before)
            self.state = STEPS[kind].target
        elif not (kind is EventKind.ARCHIVED and before.state is State.ARCHIVED):
            with pytest.raises(IllegalTransition):
                _ACTS[kind](self.ledger, before)
            assert self.entry == before

    @rule()
    def rebuild(self) -> None:
        self.ledger.documents.rebuild("acme", "export", [FoundDocument("1", document(1).exchange_key, "expense")])
        self.state = State.ARCHIVED if self.state is State.ARCHIVED else State.MOVED

    @invariant()
    def the_state_is_the_expected_one(self) -> None:
        if self.state is not None:
            assert self.entry.state is self.state

    @invariant()
    def the_history_is_a_chain_along_the_table(self) -> None:
        if self.state is None:
            return
        before = None
        for event in self.ledger.documents.history(self.entry):
            assert event.from_state == before
            assert is_legal(EventKind(event.kind), before, event.to_state)
            before = event.to_state
        assert before is self.state

    @invariant()
    def only_what_is_at_the_target_has_a_time_of_arrival(self) -> None:
        if self.state is not None:
            assert (self.entry.moved_at is not None) == (self.state in DONE)

    @property
    def entry(self) -> Entry:
        return self.ledger.documents.known("acme", "export", ["1"])["1"]


_STEPS: dict[EventKind, Callable[[Ledger, Entry], Any]] = {
    EventKind.INTENT: lambda ledger, entry: ledger.steps.intend(entry),
    EventKind.FILE_UPLOADED: lambda ledger, entry: ledger.steps.file_uploaded(entry, "file"),
    EventKind.UNCLEAR: lambda ledger, entry: ledger.steps.unclear(entry, WHY),
    EventKind.POSTPONED: lambda ledger, entry: ledger.steps.postpone(entry, WHY),
    EventKind.MOVED: lambda ledger, entry: ledger.steps.moved(entry, "expense"),
    EventKind.HELD: lambda ledger, entry: ledger.steps.hold(entry, WHY, code="code"),
    EventKind.REJECTED: lambda ledger, entry: ledger.steps.reject(entry, WHY, code="code"),
    EventKind.WAITS: lambda ledger, entry: ledger.steps.wait(entry, WHY, code="code"),
}
_ACTS: dict[EventKind, Callable[[Ledger, Entry], Any]] = {
    EventKind.RETRIED: lambda ledger, entry: ledger.documents.retry([entry], "user:ada"),
    EventKind.SENT_AGAIN: lambda ledger, entry: ledger.documents.retry([entry], "user:ada", if_missing=True),
    EventKind.IGNORED: lambda ledger, entry: ledger.documents.ignore([entry], "user:ada"),
    EventKind.MARKED_MOVED: lambda ledger, entry: ledger.documents.mark_moved([entry], "user:ada", target_id="expense"),
    EventKind.ARCHIVED: lambda ledger, entry: ledger.steps.archived([entry], "run"),
}


def test_a_document_moves_only_along_the_table(sqlite_database: str):
    Travels.url = sqlite_database
    run_state_machine_as_test(
        Travels,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
