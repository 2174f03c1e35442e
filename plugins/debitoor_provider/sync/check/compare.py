"""Compare one document with its records at the target and with the ledger. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.sync.check.rows import CheckOutcome, Row
from debitoor_provider.sync.ledger import ATTENTION, DONE, EventKind, State, origins
from debitoor_provider.sync.obstacle import Obstacle
from debitoor_provider.sync.statement import Statement
from debitoor_provider.sync.steps.copies import Copy
from debitoor_provider.sync.steps.repeated_records import booked_twice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from debitoor_provider.sync.ledger import Entry, PlannedDocument
    from debitoor_provider.sync.statement import TargetRecord
    from debitoor_provider.sync.steps.left_out import LeftOut

STOPPED = ATTENTION | {State.SENDING}
"""Unless its record has changed, the ledger's reason says why such a document is not at the target."""
_SENDABLE = frozenset({State.PLANNED, State.GONE})
_LEFT_TO_PERSON = ATTENTION | {State.IGNORED}


def compare(
    planned: PlannedDocument,
    entry: Entry | None,
    left_out: LeftOut | None,
    records: Sequence[TargetRecord],
    expected: Callable[[], Statement],
    *,
    has_changed: Callable[[], bool],
) -> Row:
    """Return what the comparison of a document comes to.

    :param planned: the document at the source
    :param entry: the document in the ledger
    :param left_out: why the account's rules leave it out
    :param records: its records at the target
    :param expected: returns what its record has to say, or raises an :class:`Obstacle`
    :param has_changed: returns whether the source has changed it since the ledger's reasons were found; reads the
        record that the ledger kept, so it is called only where that matters
    """
    is_done = entry is not None and entry.state in DONE
    if not was_sent(entry) and (reason := _reason_to_stay(entry, left_out, records)):
        return _row(CheckOutcome.LEFT_OUT, planned, entry, records, message=reason)
    if is_done and not records and entry and not entry.target_id:
        return _row(CheckOutcome.LEFT_OUT, planned, entry, records, message=Message("check_marked_moved"))
    obstacle, here = None, None
    try:
        here = expected()
    except Obstacle as met:
        obstacle = met.message
    if not is_done and not records and obstacle is None and entry and entry.state is State.WAITING:
        return _row(CheckOutcome.LEFT_OUT, planned, entry, records, message=entry.message)
    if not records:
        decided = _why_missing(entry) if entry and entry.state in STOPPED and not has_changed() else None
        message = decided or obstacle or _why_missing(entry)
        is_missing = obstacle is None and _is_sendable(entry)
        here = here or _of_record(planned)
        return _row(CheckOutcome.ONLY_HERE, planned, entry, records, here, message, is_missing=is_missing)
    if here is None:
        return _row(CheckOutcome.ERROR, planned, entry, records, message=obstacle)
    if len(records) > 1:
        return _row(CheckOutcome.DIFFERS, planned, entry, records, here, _doubled(entry, records))
    if differences := here.differences(records[0].statement):
        message = Message(_differing(entry), differences=differences)
        return _row(CheckOutcome.DIFFERS, planned, entry, records, here, message)
    return _row(CheckOutcome.SAME, planned, entry, records, here, _note(entry, records[0]))


def was_sent(entry: Entry | None) -> bool:
    """Return whether a document was moved; one that is open, e.g. held since the target has it twice, was too."""
    return entry is not None and (entry.state in DONE or entry.was_there)


def only_there(source_id: str, records: Sequence[TargetRecord], deleted: Message) -> Row:
    """Return that the target has records of a document that the source does not have.

    :param deleted: why the source does not have it
    """
    return _of_target(CheckOutcome.ONLY_THERE, source_id, records, deleted)


def by_others(record: TargetRecord) -> Row:
    """Return that the target has a record that no account made."""
    return _of_target(CheckOutcome.OTHERS, "", [record], Message("check_no_mark"))


def by_account(source_id: str, records: Sequence[TargetRecord], account: str) -> Row:
    """Return that the target has records that another account made of a document of its own."""
    return _of_target(CheckOutcome.OTHERS, source_id, records, Message("check_by_account", account=account))


def _of_target(outcome: CheckOutcome, source_id: str, records: Sequence[TargetRecord], message: Message) -> Row:
    first = records[0]
    ids = tuple(record.id for record in records)
    there = first.statement
    return Row(outcome, source_id, ids, there.date, first.number, first.party, there=there, message=message)


def _row(
    outcome: CheckOutcome,
    planned: PlannedDocument,
    entry: Entry | None,
    records: Sequence[TargetRecord],
    here: Statement | None = None,
    message: Message | None = None,
    *,
    is_missing: bool = False,
) -> Row:
    return Row(
        outcome,
        planned.source_id,
        tuple(record.id for record in records),
        (here and here.date) or planned.document_date,
        planned.document_number,
        planned.company,
        here,
        records[0].statement if records else None,
        message,
        is_missing,
        entry.id if entry else None,
    )


def _reason_to_stay(entry: Entry | None, left_out: LeftOut | None, records: Sequence[TargetRecord]) -> Message | None:
    """Return why a document that this account has not moved is not to be at the target."""
    if left_out is not None:
        return left_out.message
    if records or entry is None:
        return None
    return Message("check_ignored") if entry.state is State.IGNORED else None


def _why_missing(entry: Entry | None) -> Message:
    if entry is None or entry.state in _SENDABLE:
        return Message("check_not_sent")
    if entry.state in DONE:
        return Message("check_not_there", record=entry.target_id)
    return entry.message or Message("check_under_way")


def _is_sendable(entry: Entry | None) -> bool:
    """Return whether a run can send a missing document: no person decided otherwise, and no attempt is open."""
    return entry is None or entry.state in _SENDABLE or (entry.state in DONE and bool(entry.target_id))


def _of_record(planned: PlannedDocument) -> Statement | None:
    """Return what the source's record says of a document that cannot be booked; its tax rates do not count."""
    if planned.gross_amount is None:
        return None
    return Statement.of_total(planned.document_date, (), planned.gross_amount, planned.currency)


def _note(entry: Entry | None, record: TargetRecord) -> Message | None:
    """Return what the ledger does not know of a document that is the same at both ends."""
    if entry is None or entry.state not in DONE:
        return Message("check_not_marked" if _is_left_to_person(entry) else "check_not_in_ledger")
    if entry.target_id and entry.target_id != record.id:
        return Message("check_other_record", record=entry.target_id)
    return None


def _doubled(entry: Entry | None, records: Sequence[TargetRecord]) -> Message:
    """Return that a document has several records, with a remedy that its state allows and that adds none."""
    message = booked_twice(as_copies(records))
    if entry and entry.state is State.HELD and entry.reason_code == message.code and not entry.wants_new_record:
        return message
    return Message("check_doubled_mark" if _is_left_to_person(entry) else "check_doubled", **message.params)


def _differing(entry: Entry | None) -> str:
    """Return the code that says that a record has other figures, with a remedy of the same kind."""
    if entry and entry.state in DONE:
        return "check_differs"
    return "check_differs_mark" if _is_left_to_person(entry) else "check_differs_run"


def _is_left_to_person(entry: Entry | None) -> bool:
    """Return whether a document that the target has stays open until a person marks it as there.

    A run would leave it alone, or make one more record of it because a person wanted that.
    """
    if entry is None or entry.state not in origins(EventKind.MARKED_MOVED):
        return False
    return entry.state in _LEFT_TO_PERSON or entry.wants_new_record


def as_copies(records: Sequence[TargetRecord]) -> list[Copy]:
    """Return the records of a document as those that carry its marker."""
    return [
        Copy(one.id, one.number, one.statement.date, one.statement.gross, one.statement.currency, one.has_file)
        for one in records
    ]
