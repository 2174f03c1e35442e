"""The runs and what people do in the ledger, as steps of the state machine; after each one everything is compared."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from debitoor_provider.services.errors import RetryError, StopError
from debitoor_provider.sync.window import RunKind
from tests.trust.model.choices import (
    DIRECTIONS,
    EXPORTS,
    HITS,
    IMPORTS,
    LOSSES,
    PICKS,
    READS,
    REFUSALS,
    WINDOWS,
    WRITES,
    Fault,
)
from tests.trust.model.compare import Compared
from tests.trust.model.events import event, events
from tests.trust.model.exchange import requested
from tests.trust.model.reference import DONE, OPEN, ExportRules, ImportRules

if TYPE_CHECKING:
    from debitoor_provider.sync.accounts.settings import Account
    from debitoor_provider.sync.ledger import Entry
    from tests.trust.model.exchange import Direction

SETTLED = timedelta(minutes=2)  # a write with an open end may come about for a minute and a half
OVERLAPS = {"export": timedelta(hours=17), "import": timedelta(minutes=15)}  # GetMyInvoices A-19; Debitoor A9
_runs = itertools.count(1)


class Asked(NamedTuple):
    """What a run asks for."""

    kind: RunKind = RunKind.SCHEDULED
    start: str | None = None
    end: str | None = None
    ids: tuple[str, ...] = ()


class Runs(Compared):
    """Everything that happens to a company and its two accounts."""

    def __init__(self) -> None:
        super().__init__()
        self.rules: dict[Direction, Any] = {"export": ExportRules(), "import": ImportRules()}
        self.unfinished: dict[Direction, tuple[str, RunKind] | None] = {"export": None, "import": None}
        self.earliest = {"export": self.clocks(), "import": self.clocks()}

    @initialize(exports=EXPORTS, imports=IMPORTS)
    def accounts_are_set(self, exports: ExportRules, imports: ImportRules) -> None:
        self.rules |= {"export": exports, "import": imports}

    # Runs

    @event(times=4)
    def export_runs(self) -> None:
        self._run("export", Asked())

    @event(times=2)
    def import_runs(self) -> None:
        self._run("import", Asked())

    @event()
    def both_run(self) -> None:
        self._run("import", Asked())
        self._run("export", Asked())

    @event(direction=DIRECTIONS, window=WINDOWS)
    def manual_run(self, direction: Direction, window: tuple[str | None, str | None]) -> None:
        self._run(direction, Asked(RunKind.MANUAL, *window))

    @event(direction=DIRECTIONS, window=WINDOWS)
    def backfill_run(self, direction: Direction, window: tuple[str | None, str | None]) -> None:
        self._run(direction, Asked(RunKind.BACKFILL, *window))

    @event(direction=DIRECTIONS, picks=st.lists(PICKS, min_size=1, max_size=3))
    def run_for_chosen_documents(self, direction: Direction, picks: list[int]) -> None:
        known = list(self.exports.documents if direction == "export" else self.imports.sales)
        if known:
            ids = tuple(dict.fromkeys(known[-1 - pick % len(known)] for pick in picks))
            self._run(direction, Asked(RunKind.MANUAL, ids=ids))

    def there_is_news(self) -> bool:
        return any(self.memory(direction).ready(rules) for direction, rules in self.rules.items())

    @event(needs=there_is_news, times=2, which=PICKS, loss=st.sampled_from(LOSSES), hits=st.sampled_from(HITS))
    def run_whose_answers_are_lost(self, which: int, loss: Fault, hits: dict[str, Any]) -> None:
        self._run_with_a_fault(WRITES, which, loss, hits)

    @event(needs=there_is_news, times=2, which=PICKS, refusal=st.sampled_from(REFUSALS), hits=st.sampled_from(HITS))
    def run_that_is_refused(self, which: int, refusal: Fault, hits: dict[str, Any]) -> None:
        self._run_with_a_fault(WRITES, which, refusal, hits)

    @event(
        needs=there_is_news, times=2, which=PICKS, fault=st.sampled_from(REFUSALS + LOSSES), hits=st.sampled_from(HITS)
    )
    def run_that_cannot_read(self, which: int, fault: Fault, hits: dict[str, Any]) -> None:
        self._run_with_a_fault(READS, which, fault, hits)

    @event(needs=there_is_news, direction=DIRECTIONS)
    def run_ends_after_its_plan(self, direction: Direction) -> None:
        run = f"{direction}/{next(_runs)}"
        self._plan(direction, Asked(), run)
        self.unfinished[direction] = (run, RunKind.SCHEDULED)
        self.compare(direction)
        self.tally.case()

    @event(needs=lambda self: any(self.unfinished.values()), times=2)
    def unfinished_run_is_tried_again(self) -> None:
        for direction, run in self.unfinished.items():
            if run:
                self._finish(direction, *run)
                self.tally.case()

    # People and their ledger

    @event(rules=EXPORTS)
    def export_is_set(self, rules: ExportRules) -> None:
        self.rules["export"] = rules
        self.tally.case()

    @event(rules=IMPORTS)
    def import_is_set(self, rules: ImportRules) -> None:
        self.rules["import"] = rules
        self.tally.case()

    @event(direction=DIRECTIONS, pick=PICKS)
    def person_retries(self, direction: Direction, pick: int) -> None:
        self._by_hand(direction, pick, {"attention", "ignored"}, "retry", "planned")

    @event(direction=DIRECTIONS, pick=PICKS)
    def person_ignores(self, direction: Direction, pick: int) -> None:
        self._by_hand(direction, pick, OPEN, "ignore", "ignored")

    @event(direction=DIRECTIONS, pick=PICKS)
    def person_marks_as_moved(self, direction: Direction, pick: int) -> None:
        self._by_hand(direction, pick, {*OPEN, "ignored"}, "mark_moved", "moved")

    @event(direction=DIRECTIONS, pick=PICKS)
    def person_deletes_the_copy_and_sends_again(self, direction: Direction, pick: int) -> None:
        id_ = self._delete_copy(direction, pick)
        if id_ and self.memory(direction).rows[id_].state in DONE:
            self.stage.ledger.documents.retry([self._entry(direction, id_)], "user:model", if_missing=True)
            self.memory(direction).rows[id_].send_again()

    @event(direction=DIRECTIONS, pick=PICKS)
    def person_deletes_the_copy(self, direction: Direction, pick: int) -> None:
        self._delete_copy(direction, pick)

    # What a run comes to

    def _run_with_a_fault(
        self, operations: dict[Direction, list[str]], which: int, fault: Fault, hits: dict[str, Any]
    ) -> None:
        with_news = [direction for direction, rules in self.rules.items() if self.memory(direction).ready(rules)]
        direction = with_news[which % len(with_news)]
        named = operations[direction]
        self.stage.fault(fault[0], named[which % len(named)], **fault[1], **hits)
        self._run(direction, Asked(), has_fault=True)

    def _run(self, direction: Direction, asked: Asked, *, has_fault: bool = False) -> None:
        run = f"{direction}/{next(_runs)}"
        if self._plan(direction, asked, run, has_fault=has_fault):
            self._finish(direction, run, asked.kind, has_fault=has_fault)
        self.tally.case()

    def _plan(self, direction: Direction, asked: Asked, run: str, *, has_fault: bool = False) -> bool:
        """Plan in the product, then in the model: a plan counts as a whole or not at all."""
        self._wait_as_asked(direction, has_fault=has_fault)
        is_scheduled = asked.kind is RunKind.SCHEDULED
        window = None if is_scheduled else requested(asked.kind, asked.start, asked.end, asked.ids)
        try:
            self.stage.plan_run(self._account(direction), run, asked.kind, window)
        except (RetryError, StopError) as failure:
            self._must_be_faulty(failure, has_fault=has_fault)
            self.compare(direction)
            return False
        memory, rules, now = self.memory(direction), self.rules[direction], self.clocks()
        since = memory.since(self.clocks.service, rules, OVERLAPS[direction]) if is_scheduled else None
        if asked.ids:
            memory.again(asked.ids)
            listed = [id_ for id_ in asked.ids if id_ in self.sources(direction)]
        else:
            listed = memory.listing(rules, since, None if is_scheduled else (asked.start, asked.end))
        kept = memory.plan(listed, set(asked.ids) - set(listed), rules, run, now, since)
        if is_scheduled:
            memory.move_mark(self.clocks.service, rules, full=since is None)
            if since is None:
                memory.lose(kept)
        return True

    def _finish(self, direction: Direction, run: str, kind: RunKind, *, has_fault: bool = False) -> None:
        """Do the rest of a run in the model, then in the product; what a fault left open is settled by looking."""
        self._wait_as_asked(direction, has_fault=has_fault)
        memory, rules, now = self.memory(direction), self.rules[direction], self.clocks()
        due = memory.due(None if kind is RunKind.SCHEDULED else run)
        memory.name(due, rules)
        before = memory.remember()
        records = {uid: (document.record, document.changed) for uid, document in self.exports.documents.items()}
        memory.send(due, rules, now, run)
        memory.archive(rules, self.clocks.service)
        self.counts.update({"runs": 1, "documents in the plans of runs": len(due)})
        self.unfinished[direction] = None
        try:
            self.stage.finish_run(self._account(direction), run, kind)
        except (RetryError, StopError) as failure:
            self._must_be_faulty(failure, has_fault=has_fault)
            self.unfinished[direction] = (run, kind)
            self.earliest[direction] = now + SETTLED
            self.reconcile(direction, before, records)
        if has_fault:
            self.sandbox.clear_faults()
        self.compare(direction)

    def _must_be_faulty(self, failure: Exception, *, has_fault: bool) -> None:
        """Check that a run fails only for a fault, and that the next one is complete."""
        if not has_fault:
            self.note("unclean", f"a run without a fault fails: {failure}")
            raise AssertionError(str(self.findings)) from failure
        self.counts["runs that a fault ended"] += 1
        self.sandbox.clear_faults()
        self.stage.reconnect()

    # Helpers

    def _wait_as_asked(self, direction: Direction, *, has_fault: bool) -> None:
        """Wait as Airflow does before it tries again; otherwise the next try meets a fault."""
        if not has_fault and self.clocks() < self.earliest[direction]:
            self.clocks.service += self.earliest[direction] - self.clocks()
        self.clocks.send()

    def _by_hand(self, direction: Direction, pick: int, states: set[str], step: str, target: str) -> None:
        memory = self.memory(direction)
        fitting = [id_ for id_, row in memory.rows.items() if row.state in states]
        if fitting:
            id_ = fitting[pick % len(fitting)]
            getattr(self.stage.ledger.documents, step)([self._entry(direction, id_)], "user:model")
            memory.rows[id_].become(target)
            memory.rows[id_].verified = False
            self.tally.case()

    def _delete_copy(self, direction: Direction, pick: int) -> str | None:
        memory = self.memory(direction)
        live = [id_ for id_, copy in memory.copies.items() if copy.live]
        if not live:
            return None
        id_ = live[pick % len(live)]
        self.clocks.send()
        self.stage.delete_copy(direction, id_)
        memory.copies[id_] = replace(memory.copies[id_], live=False)
        self.tally.case()
        return id_

    def _entry(self, direction: Direction, id_: str) -> Entry:
        return self.stage.ledger.documents.known(self.stage.account_id, direction, [id_])[id_]

    def _account(self, direction: Direction) -> Account:
        settings = self.rules[direction].settings()
        return self.stage.exports(**settings) if direction == "export" else self.stage.imports(**settings)


class Company(Runs):
    """One rule for all that may happen: of many rules, Hypothesis would leave most out of each example."""

    @rule(what=events(Runs))
    def happens(self, what: tuple[str, dict[str, Any]]) -> None:
        name, given = what
        method = getattr(self, name)
        if method.needs is None or method.needs(self):
            method(**given)
