"""Compare what an account's source and target have for a period, and what the ledger knows of it."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from debitoor_provider.services.record_file import RecordFile, RecordFileMapping
from debitoor_provider.sync.batches import WHOLE, chunks
from debitoor_provider.sync.check.compare import (
    STOPPED,
    as_copies,
    by_account,
    by_others,
    compare,
    only_there,
    was_sent,
)
from debitoor_provider.sync.check.rows import Check, CheckOutcome, Row
from debitoor_provider.sync.check.target import Unmatched
from debitoor_provider.sync.ledger import CHECK, DONE, OPEN, RUN, State
from debitoor_provider.sync.obstacle import Obstacle
from debitoor_provider.sync.statement import announced
from debitoor_provider.sync.steps.attempts import last_attempt
from debitoor_provider.sync.steps.booked import note_booked
from debitoor_provider.sync.steps.left_out import LeftOut
from debitoor_provider.sync.steps.repeated_records import hold_if_repeated
from debitoor_provider.sync.window import RunKind, Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    from debitoor_provider.sync.ledger import Entry
    from debitoor_provider.sync.statement import Statement, TargetRecord
    from debitoor_provider.sync.steps.drafts import Drafts
    from debitoor_provider.sync.steps.job import Job

_UNSENT = OPEN | {State.SENDING}
_DECIDED_BY_INVOICE = frozenset({"proven", "supplied", "contradicts"})


@contextmanager
def check(job: Job, start: date | None = None, end: date | None = None) -> Iterator[Check]:
    """Compare a period; what was found is valid until this is left.

    Nothing is written but what a run would note as well: a document whose draft has been booked loses its mark, and a
    moved one that the target has more than once is held.

    Each side is listed once. What lacks its counterpart in a period may have it on another day, so that side is listed
    once more as a whole.

    :param start: first document date, inclusive; the account's own period holds too
    :param end: last document date, inclusive
    :raises StopError: when the account's source or target are another company's, or cannot be asked
    """
    if job.actor == RUN:  # of a DAG: it is a check nevertheless
        job = replace(job, actor=CHECK)
    job.direction.require_source()
    window = Window(RunKind.MANUAL, start=start, end=end, unfiltered=True)
    window = window.within(job.account.period.start, job.account.period.end)
    with ExitStack() as kept:
        found = Check(window.start, window.end, kept.enter_context(RecordFile[Row]()))
        if not window.is_empty:
            _CheckRun(job, found, job.direction.drafts([], look=False), kept).run(window)
        yield found


@dataclass
class _CheckRun:
    """One check on its way.

    :param kept: closes the files in which records lie
    :param compared: ids of the documents that were compared and may come again: not sent, or without a date
    """

    job: Job
    found: Check
    drafts: Drafts[Any]
    kept: ExitStack
    compared: set[str] = field(default_factory=set)

    def run(self, window: Window) -> None:
        is_bounded = window.start is not None or window.end is not None
        target = self._target(window.start, window.end)
        alone = self._keep()
        for record, entry in self._listed(window):
            source_id = self.job.direction.id_of(record)
            records = target.take(source_id, entry.target_id if entry else None)
            if records or not is_bounded:
                self._compare(record, entry, records)
            else:
                alone[source_id] = record
        if alone:
            elsewhere = self._target(None, None, only=alone)
            for record, entry in self._known(alone.values()):
                self._compare(record, entry, elsewhere.take(self.job.direction.id_of(record)))
        if is_bounded:
            self._outside_of_list(target)
            self._undated(window)
        self._leftovers(target)

    def _outside_of_list(self, target: Unmatched) -> None:
        """Compare the documents that the target has in the period, and those without a date that no run has listed yet.

        The source may leave the latter out of a period (A-25). Once a run has listed everything, the ledger has them.
        """
        direction = self.job.direction
        markers = set(target.markers())
        is_first = self.job.ledger.runs.watermark(self.job.account_id, direction.name).full_listed_at is None
        if not markers and not is_first:
            return

        def is_wanted(record: Any) -> bool:
            source_id = direction.id_of(record)
            if source_id in markers:
                return True
            return is_first and source_id not in self.compared and direction.planned(record).document_date is None

        for record, entry in self._listed(Window(RunKind.MANUAL, unfiltered=True), only=is_wanted):
            self._compare(record, entry, target.take(direction.id_of(record)))

    def _undated(self, window: Window) -> None:
        """Add what the ledger has of documents without a date: the source may leave them out of a period (A-25)."""
        direction, documents = self.job.direction, self.job.ledger.documents
        for ids in chunks(documents.ids(self.job.account_id, direction.name, _UNSENT), WHOLE):
            for entry in documents.by_ids(ids):
                if entry.source_id in self.compared or not entry.snapshot:
                    continue
                record = direction.load(entry.snapshot)
                if direction.planned(record).document_date is not None:
                    continue
                day = (
                    entry.document_date or direction.planned(direction.corrected(record, entry.decisions)).document_date
                )
                if day is None or window.has(day):
                    self._compare(record, entry, [])

    def _leftovers(self, target: Unmatched) -> None:
        for some in chunks(target.markers(), WHOLE):
            left = {source_id: target.take(source_id) for source_id in some}
            ids = [record.id for records in left.values() for record in records]
            owners = self.job.ledger.documents.owners(self.job.account_id, self.job.direction.name, ids)
            for source_id, records in left.items():
                if all(record.id in owners for record in records):
                    self._add(by_account(source_id, records, owners[records[0].id]), records, "others")
                else:
                    self._add(only_there(source_id, records, self.job.direction.deleted.message), records, "target")
        for record in target.others():
            self._add(by_others(record), [record], "others")

    def _compare(self, record: Any, entry: Entry | None, records: Sequence[TargetRecord]) -> None:
        direction = self.job.direction
        is_done = entry is not None and entry.state in DONE
        again = bool(records) or is_done or (entry is not None and entry.goes_although_archived)
        corrected = direction.corrected(record, entry.decisions) if entry else record
        left_out = direction.select(corrected, sent_again=again)
        if left_out and left_out.in_file and (records or (entry and entry.state in STOPPED)):
            left_out = None
        elif left_out and left_out.in_file and entry and entry.message and entry.state is State.WAITING:
            left_out = LeftOut(entry.message, waits=True)  # its file has been read
        if entry:
            note_booked(self.job, entry, {one.id: one.number for one in records})
        planned = direction.planned(record)
        if planned.document_date is None or (entry and entry.state in _UNSENT):
            self.compared.add(planned.source_id)
        row = compare(
            planned,
            entry,
            left_out,
            records,
            lambda: self._expected(record, entry, records),
            has_changed=lambda: entry is not None and self._has_changed(record, entry),
        )
        if entry and (held := hold_if_repeated(self.job, entry, as_copies(records))):
            row = replace(row, message=held)
        if row.here is not None:
            self.found.add_sums(row.here, "source")
        self._add(row, records, "others" if row.outcome is CheckOutcome.LEFT_OUT else "target")

    def _expected(self, record: Any, entry: Entry | None, records: Sequence[TargetRecord]) -> Statement:
        """Return what a document's record at the target has to say.

        By the source's record, what a person has stated about it, and the account's rules; where an e-invoice decided
        the figures of a moved document, they are what was announced when it was sent, since no file is read here.

        A document that was changed at the source since then has to say what it says now.

        :raises Obstacle: when that is not known
        """
        is_decided = entry is not None and was_sent(entry) and entry.invoice in _DECIDED_BY_INVOICE
        decisions = entry.decisions if entry else ""
        if entry is None or not is_decided:
            return self.drafts.draft(record, decisions).statement()
        if not self._has_changed(record, entry):
            attempt = last_attempt(self.job.ledger, entry)
            if attempt and "by_rate" in attempt.announced:
                return announced(attempt.announced, records[0].statement.currency if records else entry.currency)
        try:
            return self.drafts.draft(record, decisions).statement()
        except Obstacle:  # without its e-invoice it cannot be booked; its own figures show what was changed
            stated = self.job.direction.stated(record)
            if not records or stated is None:
                raise
            return stated

    def _has_changed(self, record: Any, entry: Entry) -> bool:
        """Return whether the figures of a document's record have changed since it was planned."""
        direction = self.job.direction
        return bool(entry.snapshot) and direction.stated(direction.load(entry.snapshot)) != direction.stated(record)

    def _add(self, row: Row, records: Iterable[TargetRecord], side: str) -> None:
        self.found.add(row)
        for record in records:
            self.found.add_sums(record.statement, side)

    # Lists, on the disk

    def _keep(self) -> RecordFileMapping[Any, Any]:
        return self.kept.enter_context(RecordFileMapping[Any, Any]())

    def _target(
        self, start: date | None, end: date | None, only: RecordFileMapping[Any, Any] | None = None
    ) -> Unmatched:
        unmatched = self.kept.enter_context(Unmatched())
        with RecordFileMapping[Any, Any]() as keep:
            unmatched.add(self.job.direction.target_records(start, end, keep), only)
        return unmatched

    def _listed(self, window: Window, only: Callable[[Any], bool] | None = None) -> Iterator[tuple[Any, Entry | None]]:
        records, _ = self.job.direction.records(window, self._keep())
        return self._known(filter(only, records) if only else records)

    def _known(self, records: Iterable[Any]) -> Iterator[tuple[Any, Entry | None]]:
        """Add to each document what the ledger has of it."""
        direction = self.job.direction
        for some in chunks(records, WHOLE):
            ids = list(map(direction.id_of, some))
            known = self.job.ledger.documents.known(self.job.account_id, direction.name, ids)
            for source_id, record in zip(ids, some, strict=True):
                yield record, known.get(source_id)
