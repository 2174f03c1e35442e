"""A preview is a plan that writes nothing: what a run would do, document by document."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import NotFound, RejectError
from debitoor_provider.sync.ledger import ATTENTION, DUE, OPEN, Entry, Outcome, State
from debitoor_provider.sync.obstacle import Obstacle, refusal
from debitoor_provider.sync.rate_sums import gross_amounts
from debitoor_provider.sync.steps.entering import enter
from debitoor_provider.sync.steps.foreseen import (
    ForeseenDocument,
    decisions_of,
    in_order,
    is_due,
    is_kept,
    lookalikes_of,
    not_listed,
    would_be_gone,
)
from debitoor_provider.sync.steps.foreseen_names import name_again_foreseen, name_foreseen
from debitoor_provider.sync.steps.left_out import before_reading
from debitoor_provider.sync.steps.limits import foreseen, foreseen_at_archive
from debitoor_provider.sync.steps.plan import listing
from debitoor_provider.sync.steps.preview_result import Preview, PreviewOutcome, Previews

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.sync.steps.drafts import Draft, Drafts
    from debitoor_provider.sync.steps.job import Job
    from debitoor_provider.sync.steps.left_out import LeftOut
    from debitoor_provider.sync.steps.lookalikes import Lookalikes
    from debitoor_provider.sync.steps.rename import FreeNames
    from debitoor_provider.sync.window import Window


def preview(job: Job, requested: Window | None = None, limit: int | None = None) -> Previews:
    """Return what a run would do. A document whose release no list shows costs a call.

    That a document's file is empty, or no PDF although its name says so, is found by the run alone.

    :param requested: as for :func:`~debitoor_provider.sync.steps.plan.plan`
    :param limit: look at so many documents at most
    :raises StopError: when the run could not move anything
    """
    rows, leaves, names = _foresee(job, requested)
    shown = rows[:limit]
    for row in shown:
        row.is_shown = True
        if row.is_due and not row.is_listed:
            _read_again(job, row)
    due = [row for row in in_order(job, rows) if row.is_shown]
    for row in due:
        name_again_foreseen(job, row, names)
    drafts = job.direction.drafts([row.record for row in due]) if due else None
    to_move = [row.planned for row in rows if row.is_due and not (row.entry and row.entry.state is State.SENDING)]
    lookalikes = lookalikes_of(job, rows, due, leaves) if due and job.account.duplicates != "off" else None
    judged = {id(row): _due_preview_in_turn(job, row, drafts, lookalikes) for row in due} if drafts else {}
    documents = [judged.get(id(row)) or _settled_preview(row) for row in shown]
    warnings = [one.message for one in (*job.direction.unknown_names(), *(job.direction.doubts() if due else ()))]
    stop = foreseen(job, to_move)
    stays = sum(judged[id(row)].outcome not in {PreviewOutcome.SEND, PreviewOutcome.THERE} for row in due)
    if stop is None and (late := foreseen_at_archive(job, sum(row.is_due for row in rows) - stays)):
        warnings.append(late)
    return Previews(documents, len(rows), stop, tuple(warnings))


def count(job: Job, requested: Window) -> int:
    """Return how many of the documents that a window holds a run would try to move."""
    rows, *_ = _foresee(job, requested)
    return sum(row.is_due for row in rows if row.is_listed)


def _foresee(job: Job, requested: Window | None) -> tuple[list[ForeseenDocument], Callable[[Entry], bool], FreeNames]:
    """Take every decision of the plan and of the naming, and write none of them down.

    :return: the documents, which others of the account the plan would let go, and which names are left
    """
    job.is_chosen = requested is not None
    rows: dict[str, ForeseenDocument] = {}
    with listing(job, requested) as listed:
        for record, left_out in listed.chosen:
            planned = job.direction.planned(record, left_out)
            rows.setdefault(planned.source_id, ForeseenDocument(record, planned, left_out))
        gone, window = set(listed.gone), listed.window
    gone |= {id_ for id_, row in rows.items() if row.left_out and not row.left_out.waits}
    is_full = window.full and window.moves_watermark
    there = [row.planned for id_, row in rows.items() if id_ not in gone]
    result = enter(job, there, full=is_full, gone=gone, dry_run=True)
    known = job.ledger.documents.known(job.account_id, job.direction.name, [*rows, *gone])
    named = set(window.document_ids)  # a person named them: what was held or rejected is tried again
    for id_, row in rows.items():
        row.entry, row.outcome = known.get(id_), result.outcomes.get(id_)
        row.decisions = decisions_of(job, row)
        row.is_due = is_due(row, is_named=id_ in named)
    for row in list(not_listed(job, rows, gone - rows.keys(), named, is_full=is_full)):
        rows[row.planned.source_id] = row

    def leaves(entry: Entry) -> bool:
        is_gone = entry.source_id not in rows and would_be_gone(entry, is_full=is_full)
        return entry.state in OPEN and not entry.was_there and (is_gone or entry.source_id in gone)

    leaving = [entry for entry in (*known.values(), *([] if job.is_chosen else job.due())) if leaves(entry)]
    names = name_foreseen(job, rows.values(), leaving)
    return list(rows.values()), leaves, names


def _read_again(job: Job, row: ForeseenDocument) -> None:
    """Read what an earlier run left behind as it is now, as the run does with all that it has not listed itself."""
    entry = row.entry
    if entry is None:
        return
    try:
        row.record = job.direction.read(entry.source_id)
    except NotFound:
        row.left_out = job.direction.deleted
    else:
        corrected = job.direction.corrected(row.record, row.decisions)
        row.left_out = before_reading(job.direction.select(corrected, sent_again=entry.goes_although_archived))
        row.planned = job.direction.planned(row.record)
    row.is_due = row.left_out is None or entry.was_there


def _due_preview_in_turn(
    job: Job, row: ForeseenDocument, drafts: Drafts[Any], lookalikes: Lookalikes | None
) -> Preview:
    try:
        return _due_preview(job, row, drafts, lookalikes)
    finally:
        if lookalikes and row.known:
            lookalikes.end(row.known.key)


def _due_preview(job: Job, row: ForeseenDocument, drafts: Drafts[Any], lookalikes: Lookalikes | None) -> Preview:
    try:
        stays = is_kept(job, row, drafts)
    except Obstacle as obstacle:
        return _as_recorded(row, PreviewOutcome(obstacle.kind), obstacle.message)
    left_out = before_reading(row.left_out) or drafts.released(
        row.record, row.decisions, sent_again=row.goes_although_archived
    )
    if left_out is not None and stays:
        return replace(_as_recorded(row, PreviewOutcome.THERE, left_out.message), target_name=row.former_name)
    if left_out is not None:
        return _left_out_preview(row, left_out)
    try:
        draft = drafts.draft(row.record, row.decisions)
    except Obstacle as obstacle:
        return _as_recorded(row, PreviewOutcome(obstacle.kind), obstacle.message, invoice=obstacle.invoice)
    except RejectError as error:
        return _as_recorded(row, PreviewOutcome.REJECTED, refusal(error))
    shown, sent = draft.shown(), draft.sent()
    if lookalikes and row.known and sent:
        lookalikes.read(row.known, sent)
    if row.entry is None or not row.entry.wants_new_record:
        there = drafts.present(row.record, draft)
        if isinstance(there, Message):
            return _as_drafted(row, PreviewOutcome.HELD, there, draft)
        if there:
            return replace(_as_drafted(row, PreviewOutcome.THERE, None, draft), target_name=row.former_name)
    duplicate = None
    if lookalikes and row.known:
        try:
            duplicate = lookalikes.judge(row.known, draft.statement(), shown.party)
        except Obstacle as obstacle:
            return _as_drafted(row, PreviewOutcome(obstacle.kind), obstacle.message, draft)
    marks = (*shown.marks, *([duplicate] if duplicate else []))
    return replace(_as_drafted(row, PreviewOutcome.SEND, None, draft), marks=marks)


def _settled_preview(row: ForeseenDocument) -> Preview:
    """Return what is decided before a document's figures are looked at."""
    entry = row.entry
    if row.outcome is Outcome.DONE or (entry and not row.outcome and entry.state not in OPEN | DUE | {State.GONE}):
        return _as_recorded(
            row,
            PreviewOutcome.IGNORED if entry and entry.state is State.IGNORED else PreviewOutcome.THERE,
            _ledger_reason(entry),
        )
    if row.outcome is Outcome.IGNORED:
        return _as_recorded(row, PreviewOutcome.IGNORED, _ledger_reason(entry))
    if entry is not None and entry.state in ATTENTION and (entry.was_there or row.left_out is None):
        return _as_recorded(row, PreviewOutcome(entry.state), _ledger_reason(entry))
    if row.left_out is not None:
        return _left_out_preview(row, row.left_out)
    return _as_recorded(row, PreviewOutcome.WAITING, Message("another_run_is_at_it"))


def _left_out_preview(row: ForeseenDocument, left_out: LeftOut) -> Preview:
    return _as_recorded(row, PreviewOutcome.WAITING if left_out.waits else PreviewOutcome.LEFT_OUT, left_out.message)


def _ledger_reason(entry: Entry | None) -> Message | None:
    """Return the reason that the ledger keeps."""
    return entry.message if entry else None


def _as_drafted(row: ForeseenDocument, outcome: PreviewOutcome, message: Message | None, draft: Draft) -> Preview:
    """Return a document with what would be written of it."""
    shown, statement, sent = draft.shown(), draft.statement(), draft.sent()
    return replace(
        _as_recorded(row, outcome, message, invoice=shown.invoice),
        document_date=statement.date,
        gross_amount=statement.gross if shown.lines else None,
        currency=statement.currency,
        lines=shown.lines,
        by_rate=(sent.by_rate if sent else gross_amounts(statement.by_rate)) if shown.lines else {},
    )


def _as_recorded(
    row: ForeseenDocument, outcome: PreviewOutcome, message: Message | None, *, invoice: str = ""
) -> Preview:
    document = row.planned
    return Preview(
        source_id=document.source_id,
        outcome=outcome,
        document_date=document.document_date,
        document_number=document.document_number,
        company=document.company,
        gross_amount=document.gross_amount,
        currency=document.currency,
        source_name=document.source_name,
        target_name=row.name,
        invoice=invoice,
        message=message,
    )
