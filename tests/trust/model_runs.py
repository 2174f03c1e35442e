"""The runs and what people do in the ledger, as steps of the state machine; after each one everything is compared."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from debitoor_provider.services.errors import RetryError, StopError
from debitoor_provider.sync.ledger import Kind
from debitoor_provider.sync.window import RunKind
from tests.trust.model_exchange import Direction, manual
from tests.trust.model_people import PICKS, People
from tests.trust.model_reference import DONE, OPEN, Copy, ExportRules, ImportRules, Memory
from tests.trust.referee import Referee

if TYPE_CHECKING:
    from debitoor_provider.sync.accounts.settings import Account
    from tests.trust.tally import Wrong

DIRECTIONS: st.SearchStrategy[Direction] = st.sampled_from(["export", "export", "import"])
PERIODS = st.sampled_from([(None, None), ("2026-01-01", None), ("2026-01-01", "2026-01-31"), (None, "2026-02-01")])
WINDOWS = st.sampled_from([("2026-01-01", "2026-01-31"), ("2026-02-01", None), (None, "2026-01-31"), ("2026-02-01", "2026-01-01")])
OPERATIONS: dict[Direction, list[str]] = {
    "export": [
        "gmi.documents.list", "gmi.documents.get", "gmi.documents.file", "gmi.documents.update", "gmi.companies.list",
        "debitoor.environment", "debitoor.files.create", "debitoor.expenses.create", "debitoor.expenses.*",
    ],
    "import": [
        "debitoor.invoices.list", "debitoor.credit_notes.list", "debitoor.environment", "debitoor.*.pdf",
        "gmi.documents.create", "gmi.documents.*",
    ],
}  # fmt: skip
EFFECTS: list[tuple[str, dict[str, Any]]] = [
    ("cut_after", {}),
    ("cut_before", {}),
    ("status", {"status": 500}),
    ("status", {"status": 503, "when": "after"}),
    ("html", {"status": 502, "when": "after"}),
    ("truncate", {}),
    ("rate_limited", {"retry_after": 5}),
    ("rate_limited", {"retry_after": 600}),
    ("rate_limited", {}),
    ("status", {"status": 401}),
]
HITS: list[dict[str, Any]] = [{"times": 1}, {"between": (2, 9)}, {"every": 2}, {}]
SETTLED = timedelta(minutes=2)  # a write with an open end may come about for a minute and a half
OVERLAPS = {"export": timedelta(hours=3), "import": timedelta(minutes=15)}  # GetMyInvoices A-19; Debitoor A9
_runs = itertools.count(1)


class Asked(NamedTuple):
    """What a run asks for."""

    kind: RunKind = RunKind.SCHEDULED
    start: str | None = None
    end: str | None = None
    ids: tuple[str, ...] = ()

    @property
    def is_incremental(self) -> bool:
        return self.kind is RunKind.SCHEDULED


class Runs(People):
    """Everything that happens to a company and its two accounts."""

    def __init__(self) -> None:
        super().__init__()
        self.rules: dict[Direction, Any] = {"export": ExportRules(), "import": ImportRules()}
        self.unfinished: dict[Direction, tuple[str, RunKind] | None] = {"export": None, "import": None}
        self.earliest = {"export": self.clocks(), "import": self.clocks()}
        self.findings: dict[Wrong, list[str]] = {}

    # Runs

    @rule(direction=DIRECTIONS)
    def scheduled_run(self, direction: Direction) -> None:
        self._run(direction, Asked())

    @rule(direction=DIRECTIONS, window=WINDOWS)
    def manual_run(self, direction: Direction, window: tuple[str | None, str | None]) -> None:
        self._run(direction, Asked(RunKind.MANUAL, *window))

    @rule(direction=DIRECTIONS, window=WINDOWS)
    def backfill_run(self, direction: Direction, window: tuple[str | None, str | None]) -> None:
        self._run(direction, Asked(RunKind.BACKFILL, *window))

    @rule(direction=DIRECTIONS, picks=st.lists(PICKS, min_size=1, max_size=3))
    def run_for_chosen_documents(self, direction: Direction, picks: list[int]) -> None:
        known = list(self.exports.documents if direction == "export" else self.imports.sales)
        if known:
            ids = tuple(dict.fromkeys(known[-1 - pick % len(known)] for pick in picks))
            self._run(direction, Asked(RunKind.MANUAL, ids=ids))

    @rule(direction=DIRECTIONS, effect=st.sampled_from(EFFECTS), hits=st.sampled_from(HITS), which=PICKS)
    def run_with_a_fault(
        self, direction: Direction, effect: tuple[str, dict[str, Any]], hits: dict[str, Any], which: int
    ) -> None:
        operations = OPERATIONS[direction]
        fault = self.stage.fault(effect[0], operations[which % len(operations)], **effect[1], **hits)
        self._run(direction, Asked(), fault)

    @precondition(lambda self: any(self.unfinished.values()))
    @rule()
    def unfinished_run_is_tried_again(self) -> None:
        for direction, run in self.unfinished.items():
            if run:
                self.clocks.tell()
                self._finish(direction, *run)

    # People and their ledger

    @rule(rules=st.builds(
        ExportRules,
        kinds=st.sampled_from([ExportRules().kinds, ("INCOMING_INVOICE",)]),
        wanted=st.sampled_from([(), ("books",), ("books", "checked")]),
        barred=st.sampled_from([(), ("private",)]),
        payment=st.sampled_from([(), (), ("Paid",), ("Paid", "Partially"), ("Partially",)]),
        approved_only=st.booleans(),
        without_workflow=st.sampled_from(["skip", "pass"]),
        take_archived=st.booleans(),
        archive=st.booleans(),
        template=st.sampled_from(["", "{document_date}_{company}_{document_number}"]),
        foreign=st.sampled_from(["hold", "zero_amount"]),
        credit=st.sampled_from(["hold", "keep", "negate"]),
    ), period=PERIODS, companies=st.sampled_from([("", ""), ("", ""), ("Paper Ltd", ""), ("", "Desk AG")]))  # fmt: skip
    def export_is_set(self, rules: ExportRules, period: tuple[str | None, str | None], companies: tuple[str, str]) -> None:
        only, without = ((name,) if name else () for name in companies)
        self.rules["export"] = replace(rules, start=period[0], end=period[1], only=only, without=without)
        self.tally.case()

    @rule(archive=st.booleans(), approved_only=st.booleans())
    def export_is_set_wide(self, archive: bool, approved_only: bool) -> None:
        self.rules["export"] = ExportRules(archive=archive, approved_only=approved_only)
        self.tally.case()

    @rule(
        documents=st.sampled_from([("invoices", "credit_notes"), ("invoices",), ("credit_notes",)]),
        kind=st.sampled_from(["SALES_INVOICE", "INCOMING_INVOICE"]),
        credit_kind=st.sampled_from([None, "CREDIT_NOTE"]),
        period=PERIODS,
    )
    def import_is_set(
        self, documents: tuple[str, ...], kind: str, credit_kind: str | None, period: tuple[str | None, str | None]
    ) -> None:
        self.rules["import"] = ImportRules(documents, kind, credit_kind, *period)
        self.tally.case()

    @rule(direction=DIRECTIONS, pick=PICKS)
    def person_retries(self, direction: Direction, pick: int) -> None:
        self._by_hand(direction, pick, {"attention", "ignored"}, "retry", "planned")

    @rule(direction=DIRECTIONS, pick=PICKS)
    def person_ignores(self, direction: Direction, pick: int) -> None:
        self._by_hand(direction, pick, OPEN, "ignore", "ignored")

    @rule(direction=DIRECTIONS, pick=PICKS)
    def person_marks_as_moved(self, direction: Direction, pick: int) -> None:
        self._by_hand(direction, pick, {*OPEN, "ignored"}, "mark_moved", "moved")

    @rule(direction=DIRECTIONS, pick=PICKS)
    def person_deletes_the_copy_and_sends_again(self, direction: Direction, pick: int) -> None:
        if id_ := self._delete_copy(direction, pick):
            row = self._memory(direction).rows[id_]
            if row.state in DONE:
                [entry] = self.stage.ledger.known(self.stage.account_id, direction, [id_]).values()
                self.stage.ledger.retry([entry], "user:model", again=True)
                row.become("planned")
                row.stem = None

    @rule(direction=DIRECTIONS, pick=PICKS)
    def person_deletes_the_copy(self, direction: Direction, pick: int) -> None:
        self._delete_copy(direction, pick)

    # What a run comes to

    def _run(self, direction: Direction, asked: Asked, fault: int | None = None) -> None:
        if fault is None:
            self._wait_as_asked(direction)
        self.clocks.tell()
        run = f"{direction}/{next(_runs)}"
        window = None if asked.is_incremental else manual(asked.start, asked.end, asked.ids, asked.kind)
        try:
            self.stage.plan_run(self._account(direction), run, asked.kind, window)
        except (RetryError, StopError) as failure:
            if fault is None:
                raise AssertionError(f"a run without a fault fails: {failure}") from failure
            self.sandbox.clear_faults()
            self.stage.reconnect()
            self._compare(direction)
        else:
            self._plan(direction, asked, run)
            self._finish(direction, run, asked.kind, fault)

    def _plan(self, direction: Direction, asked: Asked, run: str) -> None:
        memory, rules, now = self._memory(direction), self.rules[direction], self.clocks()
        there = self._there(direction)
        since = memory.since(now, rules, OVERLAPS[direction]) if asked.is_incremental else None
        gone: set[str] = set()
        if asked.ids:
            memory.again(asked.ids)
            listed = [id_ for id_ in asked.ids if id_ in there]
            gone = set(asked.ids) - there
        else:
            listed = memory.listing(rules, since, asked.start, asked.end)
        kept = memory.plan(listed, gone, rules, run, now, since)
        if asked.is_incremental:
            if since is None:
                memory.lose(kept)
            memory.move_mark(now, rules, full=since is None)

    def _finish(self, direction: Direction, run: str, kind: RunKind, fault: int | None = None) -> None:
        if fault is None:
            self._wait_as_asked(direction)
            self.clocks.tell()
        memory, rules, now = self._memory(direction), self.rules[direction], self.clocks()
        due = memory.due(run if kind is RunKind.BACKFILL else None)
        memory.name(due, rules)
        before = memory.remember()
        records = {uid: (document.record, document.changed) for uid, document in self.exports.documents.items()}
        memory.send(due, rules, now)
        if getattr(rules, "archive", False):
            memory.archive(self.clocks.service)
        self.unfinished[direction] = None
        try:
            self.stage.finish_run(self._account(direction), run, kind)
        except (RetryError, StopError) as failure:
            if fault is None:
                raise AssertionError(f"a run without a fault fails: {failure}") from failure
            self.stage.reconnect()
            self.unfinished[direction] = (run, kind)
            self.earliest[direction] = now + SETTLED
            self.tally.figure("model: runs with a fault that failed", 1)
            self._reconcile(direction, before, records)
        self.sandbox.clear_faults()
        self._compare(direction)
        self.tally.case()

    def _reconcile(self, direction: Direction, before: Any, records: Any) -> None:
        """Settle what the failed run did: each document is where it was, or where a whole run would have brought it."""
        memory = self._memory(direction)
        after, copies_after = memory.remember()
        rows_before, copies_before = before
        told, there = self.stage.told(direction), self.stage.at_target(direction)
        for id_, row in after.items():
            earlier, state = rows_before[id_], told[id_][0]
            wanted = copies_after.get(id_)
            is_new = wanted is not None and wanted != copies_before.get(id_)
            arrived = is_new and id_ in there
            if is_new and not arrived:
                memory.copies.pop(id_)
                if id_ in copies_before:
                    memory.copies[id_] = copies_before[id_]
            if state == "sending" and earlier.state in {"planned", "sending"}:
                memory.rows[id_] = replace(earlier, state="sending")
            elif state == "planned" and earlier.state in {"planned", "sending"} and not arrived:
                memory.rows[id_] = replace(earlier, state="planned")
            elif state == "moved" and row.state == "archived":
                memory.rows[id_] = replace(row, state="moved")
            elif state == earlier.state and not arrived:
                memory.rows[id_] = earlier
        if direction == "export":
            archived = self.stage.archived()
            for uid, document in self.exports.documents.items():
                if document.record.archived and uid not in archived:
                    document.record, document.changed = records[uid]

    def _compare(self, direction: Direction) -> None:
        """The ledger's open ends and the holdings of the target have to be those of the model."""
        memory, found = self._memory(direction), self._found
        told = self.stage.told(direction)
        for id_ in told.keys() | memory.rows.keys():
            row = memory.rows.get(id_)
            if row is None or id_ not in told or told[id_][0] != row.state or not _fits(row, told[id_][1]):
                found("wrong", f"{direction} {id_} is {told.get(id_)}, not {row and (row.state, sorted(row.why))}")
        there = self.stage.at_target(direction)
        wanted = {id_: copy for id_, copy in memory.copies.items() if copy.live}
        for id_ in there.keys() | wanted.keys():
            copies = there.get(id_, [])
            if id_ not in wanted:
                found("wrong", f"{direction} {id_} went to the target")
            elif not copies:
                found("lost", f"{direction} {id_} is not at the target")
            elif len(copies) > 1:
                found("twice", f"{direction} {id_} is at the target {len(copies)} times")
            else:
                self._compare_copy(id_, copies[0], wanted[id_])
        if direction == "export":
            archived = {uid for uid, document in self.exports.documents.items() if document.record.archived}
            there_archived = self.stage.archived() & self.exports.documents.keys()
            deleted = {uid for uid, document in self.exports.documents.items() if document.deleted}
            for uid in (there_archived - deleted) ^ (archived - deleted):
                found("early", f"document {uid} is {'' if uid in there_archived else 'not '}archived")
            names = [copy.stem.casefold() for copies in there.values() for copy in copies]
            for name in {name for name in names if names.count(name) > 1}:
                found("wrong", f"two files are called {name}")
        self._raise_found()

    def _compare_copy(self, id_: str, copy: Copy, wanted: Copy) -> None:
        if copy.sha256 != wanted.sha256:
            self._found("bytes", f"{id_} has another file")
        if copy.gross != wanted.gross:
            self._found("amounts", f"{id_}: {copy.gross} instead of {wanted.gross}")
        if (copy.day, copy.number, copy.kind) != (wanted.day, wanted.number, wanted.kind):
            self._found("wrong", f"{id_}: {copy} instead of {wanted}")
        if wanted.stem and not re.fullmatch(re.escape(wanted.stem) + r"(_\d+)?\.pdf", copy.stem):
            self._found("wrong", f"{id_} is called {copy.stem} instead of {wanted.stem}")

    # Helpers

    def _by_hand(self, direction: Direction, pick: int, states: set[str], step: str, target: str) -> None:
        memory = self._memory(direction)
        fitting = [id_ for id_, row in memory.rows.items() if row.state in states]
        if fitting:
            id_ = fitting[pick % len(fitting)]
            entries = self.stage.ledger.known(self.stage.account_id, direction, [id_]).values()
            getattr(self.stage.ledger, step)(entries, "user:model")
            memory.rows[id_].become(target)
            memory.rows[id_].verified = False
        self.tally.case()

    def _delete_copy(self, direction: Direction, pick: int) -> str | None:
        memory = self._memory(direction)
        live = [id_ for id_, copy in memory.copies.items() if copy.live]
        self.tally.case()
        if not live:
            return None
        id_ = live[pick % len(live)]
        self.clocks.tell()
        if direction == "export":
            [ident] = [row["id"] for row in self.company.expenses() if _mark(row) == f"[GMI {id_}]"]
            self.company.delete_entity(ident)
        else:
            [uid] = [row["uid"] for row in self.company.documents() if row["note"].endswith(f"[Debitoor {id_}]")]
            self.company.delete_document(uid)
        memory.copies[id_] = replace(memory.copies[id_], live=False)
        return id_

    def _wait_as_asked(self, direction: Direction) -> None:
        """As Airflow waits before it tries again."""
        if self.clocks() < self.earliest[direction]:
            self.clocks.service += self.earliest[direction] - self.clocks()

    def _memory(self, direction: Direction) -> Any:
        return self.exports if direction == "export" else self.imports

    def _there(self, direction: Direction) -> set[str]:
        known: dict[str, Any] = self.exports.documents if direction == "export" else self.imports.sales
        return {id_ for id_, source in known.items() if not source.deleted}

    def _account(self, direction: Direction) -> Account:
        settings = self.rules[direction].settings()
        return self.stage.exports(**settings) if direction == "export" else self.stage.imports(**settings)

    def _found(self, kind: Wrong, what: str) -> None:
        self.findings.setdefault(kind, []).append(what)

    def _raise_found(self) -> None:
        if self.findings:
            raise AssertionError(str(self.findings))

    def teardown(self) -> None:
        self.stage.close()


def _fits(row: Any, code: str) -> bool:
    """Whether the reason that the ledger tells is one of those that hold."""
    if row.state in {"waiting", "attention"}:
        return code in row.why
    return row.state != "moved" or (code == "not_archived") == row.refused


def _mark(expense: dict[str, Any]) -> str:
    text: str = expense["lines"][0]["description"]
    return text[text.rfind("[GMI ") :]
