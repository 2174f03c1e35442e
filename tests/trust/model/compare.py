"""Whether the exchange and the reference model agree: after every run, and at the end before the referee."""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from tests.trust.common.referee import Referee
from tests.trust.model.people import People
from tests.trust.model.reference import Copy, Row

if TYPE_CHECKING:
    from tests.trust.common.referee import Findings
    from tests.trust.common.tally import Wrong
    from tests.trust.model.exchange import Direction


class Compared(People):
    """A company whose exchange is compared with the model."""

    findings: ClassVar[Findings]
    """What the latest example found."""
    counts: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.findings.clear()
        self.last_seq = self.sandbox.last_seq()
        self.compared: dict[Direction, Any] = {}

    def compare(self, direction: Direction) -> None:
        """Compare the states in the ledger and the contents of the services with those of the model."""
        memory = self.memory(direction)
        stored = self.stage.states_of(direction)
        for id_ in stored.keys() | memory.rows.keys():
            row = memory.rows.get(id_)
            if row is None or id_ not in stored or stored[id_][0] != row.state or not _fits(row, stored[id_][1]):
                self.note(
                    "wrong", f"{direction} {id_} is {stored.get(id_)}, not {row and (row.state, sorted(row.why))}"
                )
        self.fail_if_noted()
        holdings = (dict(memory.copies), {uid: document.record for uid, document in self.exports.documents.items()})
        if holdings == self.compared.get(direction) and not self._was_written():
            return  # nothing came to the services, and nothing should have
        self.compared[direction] = holdings
        self._compare_copies(direction, {id_: copy for id_, copy in memory.copies.items() if copy.live})
        if direction == "export":
            self._compare_archive()
        self.fail_if_noted()

    def reconcile(
        self, direction: Direction, before: tuple[dict[str, Row], dict[str, Copy]], records: dict[str, Any]
    ) -> None:
        """Settle what a run did that failed: each document is where it was, or where the whole run would have got it.

        :param before: what the model remembered before the run; now it is as after the whole run
        :param records: the documents of GetMyInvoices before the run
        """
        memory = self.memory(direction)
        rows_before, copies_before = before
        stored, there = self.stage.states_of(direction), self.stage.at_target(direction)
        for id_, row in memory.rows.items():
            earlier, state = rows_before[id_], stored[id_][0]
            was_to_come = memory.copies.get(id_) != copies_before.get(id_)
            has_come = was_to_come and id_ in there
            if was_to_come and not has_come:
                memory.copies.pop(id_)
                memory.copies |= {id_: copies_before[id_]} if id_ in copies_before else {}
            if earlier.state in {"planned", "sending"} and (
                state == "sending" or (state == "planned" and not has_come)
            ):
                memory.rows[id_] = replace(earlier, state=state)
            elif (row.state, state) == ("archived", "moved"):
                memory.rows[id_] = replace(row, state="moved")
            elif state == earlier.state and not has_come:
                memory.rows[id_] = earlier
        if direction == "export":
            archived = self.stage.archived()
            for uid, document in self.exports.documents.items():
                if document.record.archived and uid not in archived:
                    document.record, document.changed = records[uid]

    def memory(self, direction: Direction) -> Any:
        """Return the model of a direction."""
        return self.exports if direction == "export" else self.imports

    def sources(self, direction: Direction) -> set[str]:
        """Return what the source has now."""
        known: dict[str, Any] = self.exports.documents if direction == "export" else self.imports.sales
        return {id_ for id_, source in known.items() if not source.deleted}

    def note(self, kind: Wrong, what: str) -> None:
        """Note something that must not be."""
        self.findings.setdefault(kind, []).append(what)

    def fail_if_noted(self) -> None:
        """End the example when something must not be."""
        assert not self.findings, str(self.findings)

    def teardown(self) -> None:
        """Ask the referee, who knows nothing of the model."""
        try:
            if sys.exc_info()[0] is None:
                self._judge()
        finally:
            self.stage.close()

    def _judge(self) -> None:
        live = {
            direction: [id_ for id_, copy in self.memory(direction).copies.items() if copy.live]
            for direction in ("export", "import")
        }
        ledger = self.stage.folder / "ledger.db"
        found = Referee(self.sandbox, self.company).judge(
            exported=live["export"], imported=live["import"], ledgers=[ledger]
        )
        found.pop("amounts", None)  # people edit amounts after the transfer: compared with those of then by the model
        self.findings.update(found)
        self.fail_if_noted()

    def _compare_copies(self, direction: Direction, wanted: dict[str, Copy]) -> None:
        there = self.stage.at_target(direction)
        for id_ in there.keys() | wanted.keys():
            copies = there.get(id_, [])
            if id_ not in wanted:
                self.note("wrong", f"{direction} {id_} went to the target")
            elif not copies:
                self.note("lost", f"{direction} {id_} is not at the target")
            elif len(copies) > 1:
                self.note("twice", f"{direction} {id_} is at the target {len(copies)} times")
            else:
                self._compare_copy(id_, copies[0], wanted[id_])
        names = Counter(copy.stem.casefold() for copies in there.values() for copy in copies if copy.stem)
        for name in (name for name, count in names.items() if count > 1):
            self.note("wrong", f"two files are called {name}")

    def _compare_copy(self, id_: str, copy: Copy, wanted: Copy) -> None:
        if copy.sha256 != wanted.sha256:
            self.note("bytes", f"{id_} has another file")
        if copy.gross != wanted.gross:
            self.note("amounts", f"{id_}: {copy.gross} instead of {wanted.gross}")
        if (copy.day, copy.number, copy.kind) != (wanted.day, wanted.number, wanted.kind):
            self.note("wrong", f"{id_}: {copy} instead of {wanted}")
        if wanted.stem and not re.fullmatch(re.escape(wanted.stem) + r"(_\d+)?\.pdf", copy.stem):
            self.note("wrong", f"{id_} is called {copy.stem} instead of {wanted.stem}")

    def _compare_archive(self) -> None:
        archived = self.stage.archived()
        for uid, document in self.exports.documents.items():
            if not document.deleted and document.record.archived != (uid in archived):
                self.note("early", f"document {uid} is {'' if uid in archived else 'not '}archived")

    def _was_written(self) -> bool:
        """Return whether a run wrote anything to a service since the last call."""
        effects = self.sandbox.effects(since=self.last_seq, company=self.company)
        self.last_seq = max((row["seq"] for row in effects), default=self.last_seq)
        return any(row["service"] != "admin" for row in effects)


def _fits(row: Row, code: str) -> bool:
    """Return whether the reason in the ledger is one of those that apply."""
    if row.state in {"waiting", "attention"}:
        return code in row.why
    return row.state != "moved" or (code == "not_archived") == row.refused
