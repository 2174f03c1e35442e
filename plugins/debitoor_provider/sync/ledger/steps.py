"""The part ``ledger.steps``: what a run records of a document while it moves and archives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debitoor_provider.sync.ledger.database.tables import documents
from debitoor_provider.sync.ledger.entries import NO_REASON, duplicate_columns, mark_columns
from debitoor_provider.sync.ledger.events import RUN
from debitoor_provider.sync.ledger.rows import sent_values, stated_values
from debitoor_provider.sync.ledger.sent import NOT_BOOKED
from debitoor_provider.sync.ledger.states import DONE, EventKind
from debitoor_provider.sync.ledger.transitions import advance, advance_all, advance_some, unchanged
from debitoor_provider.sync.marks import BOOKED_TWICE, POSSIBLE_DUPLICATE, STORED_DIFFERENTLY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from debitoor_provider.messages import Message
    from debitoor_provider.sync.ledger.database.clock import Clock
    from debitoor_provider.sync.ledger.database.engine import Database, StepTransaction
    from debitoor_provider.sync.ledger.entries import Entry
    from debitoor_provider.sync.ledger.sent import Sent


class Steps:
    """The steps of a run.

    Except for archiving they need an entry from :meth:`.Leases.claim`. They raise
    :class:`~debitoor_provider.sync.ledger.errors.IllegalTransition` or
    :class:`~debitoor_provider.sync.ledger.errors.LeaseLost` without having written anything.
    """

    def __init__(self, database: Callable[[], Database], clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def intend(
        self,
        entry: Entry,
        run_id: str = "",
        detail: Mapping[str, Any] | None = None,
        *,
        mark: Message | None = None,
        invoice: str = "",
        duplicate: Message | None = None,
        sent: Sent | None = None,
    ) -> Entry:
        """Record that the document is about to be sent: before the first write at the target, and before each retry.

        :param mark: what a person should know of the figures that are sent
        :param invoice: the result of reading the e-invoice in the document's file
        :param duplicate: what it may be a duplicate of
        :param sent: the figures that are sent
        :raises EntryChanged: when the document was planned again since it was claimed
        """
        values = {**NO_REASON, **mark_columns(mark), **duplicate_columns(duplicate), "invoice": invoice}
        values |= sent_values(entry, sent) if sent else {}
        return self._advance(EventKind.INTENT, entry, values, detail, run_id)

    def file_uploaded(
        self,
        entry: Entry,
        file_id: str,
        *,
        sha256: str | None = None,
        size: int | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> Entry:
        """Record that the target has the file, which no record uses yet.

        :param size: of the file in bytes
        """
        values = {"file_id": file_id, "file_sha256": sha256, "file_bytes": size}
        return self._advance(EventKind.FILE_UPLOADED, entry, values, detail)

    def unclear(self, entry: Entry, why: Message, *, detail: Mapping[str, Any] | None = None) -> Entry:
        """Record that it is unknown whether the document was sent: it stays *sending* until the target is checked."""
        return self._advance(EventKind.UNCLEAR, entry, {"message": why}, _because(why, detail))

    def postpone(self, entry: Entry, why: Message, *, detail: Mapping[str, Any] | None = None) -> Entry:
        """Record that the document was not sent, or not as far as that, and will be tried again."""
        return self._advance(EventKind.POSTPONED, entry, {"message": why, **NOT_BOOKED}, _because(why, detail))

    def moved(
        self,
        entry: Entry,
        target_id: str,
        *,
        sha256: str | None = None,
        size: int | None = None,
        detail: Mapping[str, Any] | None = None,
        mark: Message | None = None,
        invoice: str = "",
        sent: Sent | None = None,
        is_verified: bool = True,
    ) -> Entry:
        """Record that the document is verified at the target: sent, or found there before it was sent.

        :param mark: of a document that was found there; one that was sent has it from :meth:`intend`
        :param is_verified: whether the target's record was compared, so that the document may be archived
        """
        values = {**NO_REASON, "target_id": target_id, "file_id": None, "moved_at": self._clock.now()}
        file = {"file_sha256": sha256, "file_bytes": size}
        known = {name: value for name, value in file.items() if value is not None or not is_verified}
        if mark:
            known |= mark_columns(mark)
        if invoice:
            known["invoice"] = invoice
        if sent:
            known |= sent_values(entry, sent)
        return self._advance(EventKind.MOVED, entry, values | known, detail)

    def hold(
        self,
        entry: Entry,
        message: Message,
        *,
        code: str = "",
        detail: Mapping[str, Any] | None = None,
        invoice: str = "",
        sent: Sent | None = None,
    ) -> Entry:
        """Record that a rule requires a person's decision.

        :param message: the reason, and what resolves it
        :param code: the reason's short name in lists, where that is not the message's own
        :param invoice: the result of reading the e-invoice in the document's file
        :param sent: the figures that would have been sent, if they are known
        """
        values = stated_values(entry, sent) if sent else {}
        return self._stop(EventKind.HELD, entry, message, code, detail, invoice, values)

    def reject(
        self,
        entry: Entry,
        message: Message,
        *,
        code: str = "",
        detail: Mapping[str, Any] | None = None,
        invoice: str = "",
    ) -> Entry:
        """Record that the document cannot be sent as it is; the parameters are as for :meth:`hold`."""
        return self._stop(EventKind.REJECTED, entry, message, code, detail, invoice)

    def wait(
        self,
        entry: Entry,
        message: Message,
        *,
        code: str = "",
        detail: Mapping[str, Any] | None = None,
        invoice: str = "",
    ) -> Entry:
        """Record that the document has to wait, e.g. for an approval; possible only before it was sent.

        The parameters are as for :meth:`hold`.
        """
        values = {"reason_code": code or message.code, "message": message, "asked_at": self._clock.now()}
        values |= {"invoice": invoice} if invoice else {}
        return self._advance(EventKind.WAITS, entry, values, _because(message, detail))

    def archived(self, entries: Iterable[Entry], run_id: str) -> list[Entry]:
        """Record that moved documents are archived at the source; needs no lease, since archiving twice does no harm.

        Of one that was moved when it was read and has been held since, e.g. by a check, only the time is recorded.

        :return: those that are archived now
        :raises IllegalTransition: when none of them is or was moved or archived
        """
        at = self._clock.now()
        values = {**NO_REASON, "archived_at": at, "moved_by": run_id}
        read = {entry.id: entry.state for entry in entries}
        with self._database().write() as connection:
            after = advance_some(connection, EventKind.ARCHIVED, sorted(read), values, at=at, run_id=run_id)
            if len(after) < len(read):
                left = read.keys() - {entry.id for entry in after}
                left -= _note_archived(connection, [id_ for id_ in left if read[id_] in DONE], at)
                if left and not after:
                    return unchanged(connection, EventKind.ARCHIVED, min(left))
            return after

    def not_archived(self, entry: Entry, run_id: str, message: Message) -> Entry:
        """Record that the source refuses to archive a moved document."""
        values = {"reason_code": str(EventKind.NOT_ARCHIVED), "message": message}
        return self._advance(EventKind.NOT_ARCHIVED, entry, values, _because(message, None), run_id)

    def doubled(
        self, entry: Entry, run_id: str, message: Message, detail: Mapping[str, Any], *, actor: str = RUN
    ) -> None:
        """Hold a document of which the target has more than one record; needs no lease, since nothing is sent.

        The record that it was moved to is forgotten: when a person has deleted one of them, it may be the one.

        :param message: the records, and what resolves it
        :param detail: has their ids
        :param actor: who found it
        :raises IllegalTransition: when it is not at the target (any more), as far as the ledger knows
        """
        at = self._clock.now()
        values = {"reason_code": message.code, "message": message, "target_id": None, "moved_by": run_id}
        values["was_there"] = True
        with self._database().write() as connection:
            why = _because(message, detail)
            advance_all(connection, EventKind.DOUBLED, [entry], values, at=at, run_id=run_id, actor=actor, detail=why)

    def not_there(self, entry: Entry) -> Entry:
        """Record that the target, which had a record of a document, has none any more, and return the document."""
        with self._database().write() as connection:
            unchanged = documents.c.id == entry.id, documents.c.state == entry.state
            connection.execute(documents.update().where(*unchanged).values(was_there=False))
        return entry._replace(was_there=False)

    def booked(self, entry: Entry, run_id: str, number: str, *, actor: str = RUN) -> None:
        """Record that the draft at the target, for which a document is marked, has been booked; needs no lease.

        :param number: of the record, which the booking has given it
        :param actor: who found it
        :raises IllegalTransition: when it is not at the target (any more), as far as the ledger knows
        """
        at = self._clock.now()
        with self._database().write() as connection:
            values, detail = mark_columns(None), {"number": number}
            advance_all(connection, EventKind.BOOKED, [entry], values, at=at, run_id=run_id, actor=actor, detail=detail)

    def _stop(
        self,
        kind: EventKind,
        entry: Entry,
        message: Message,
        code: str,
        detail: Mapping[str, Any] | None,
        invoice: str,
        stated: Mapping[str, Any] | None = None,
    ) -> Entry:
        # At the target: only it is not certain which of the records stays.
        is_booked = message.code == BOOKED_TWICE or entry.was_there
        values = {"reason_code": code or message.code, "message": message, **({} if is_booked else NOT_BOOKED)}
        if message.code in {BOOKED_TWICE, STORED_DIFFERENTLY}:
            values["was_there"] = True
        values |= stated or {}
        if message.code == POSSIBLE_DUPLICATE:
            values |= duplicate_columns(message)  # found with those that were sent and marked
        return self._advance(kind, entry, values | ({"invoice": invoice} if invoice else {}), _because(message, detail))

    def _advance(
        self,
        kind: EventKind,
        entry: Entry,
        values: Mapping[str, Any],
        detail: Mapping[str, Any] | None,
        run_id: str = "",
    ) -> Entry:
        at = self._clock.now()
        clock_ms = self._clock.lease_ms(at)

        def step(transaction: StepTransaction) -> Entry:
            return advance(
                transaction, kind, entry, values, at=at, clock_ms=clock_ms, run_id=run_id or entry.run_id, detail=detail
            )

        return self._database().step(step)


def _note_archived(connection: Connection, ids: list[int], at: datetime) -> set[int]:
    """Write when documents were archived that are not at the target any more, as far as the ledger knows."""
    where = documents.c.id.in_(ids), documents.c.state.not_in(sorted(DONE))
    return set(connection.scalars(documents.update().where(*where).values(archived_at=at).returning(documents.c.id)))


def _because(why: Message, detail: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what the history keeps: the reason, since the document itself has only the last one."""
    return {"why": why.as_json(), **(detail or {})}
