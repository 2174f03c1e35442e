"""Compares a plan with the documents of the ledger and writes what has changed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from debitoor_provider.sync.batches import WHOLE, chunks
from debitoor_provider.sync.ledger.adoption import adopt, is_alone, known_elsewhere
from debitoor_provider.sync.ledger.database.engine import upsert
from debitoor_provider.sync.ledger.database.history import write_events
from debitoor_provider.sync.ledger.database.tables import documents
from debitoor_provider.sync.ledger.entries import NO_REASON, NO_TRACES
from debitoor_provider.sync.ledger.events import event_values
from debitoor_provider.sync.ledger.plan_decisions import KnownBefore, decide, takes_over
from debitoor_provider.sync.ledger.rekeying import require_same_target, require_target_of_latest, set_keys
from debitoor_provider.sync.ledger.results import Outcome, PlanResult
from debitoor_provider.sync.ledger.rows import document_values, search_text
from debitoor_provider.sync.ledger.states import ATTENTION, OPEN, EventKind, State, origins, require_legal

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from debitoor_provider.sync.ledger.entries import Entry, PlannedDocument
    from debitoor_provider.sync.ledger.states import DirectionName


_KNOWN = [documents.c[name] for name in KnownBefore._fields]
_ENTERED = {Outcome.NEW, Outcome.REFRESHED, Outcome.RETURNED}
_UNTRIED = origins(EventKind.ADOPTED)


class PlanWriter:
    """Writes one plan.

    :param connection: of the transaction in which the plan is written
    :param at: the time of the plan
    :param write: ``False`` writes nothing and only returns what would happen
    :param same_target: whether another name of the target is known to be one of the same
    """

    def __init__(
        self,
        connection: Connection,
        account: str,
        direction: DirectionName,
        run_id: str,
        settings_fingerprint: str,
        at: datetime,
        *,
        write: bool,
        same_target: bool = False,
    ) -> None:
        self._connection = connection
        self._account = account
        self._direction = direction
        self._run_id = run_id
        self._settings_fingerprint = settings_fingerprint
        self._at = at
        self._writes = write
        self._same_target = same_target

    def enter(self, listed: Iterable[PlannedDocument]) -> PlanResult:
        """Write the listed documents, in their order."""
        outcomes: dict[str, Outcome] = {}
        waiting = 0
        for chunk in chunks(listed, WHOLE):
            if not (outcomes or self._same_target):
                require_target_of_latest(self._connection, self._account, self._direction, chunk[0])
            by_id: dict[str, PlannedDocument] = {}
            for document in chunk:
                if document.source_id not in outcomes:
                    by_id.setdefault(document.source_id, document)
            known = {row.source_id: row for row in self._rows(documents.c.source_id.in_(list(by_id)))}
            adopted = self._known_elsewhere(by_id, known)
            new: list[PlannedDocument] = []
            keyed: list[tuple[KnownBefore, PlannedDocument]] = []
            refreshed: list[tuple[KnownBefore, PlannedDocument]] = []
            seen: list[int] = []
            for source_id, document in by_id.items():
                before = known.get(source_id)
                outcome = outcomes[source_id] = decide(before, document, self._settings_fingerprint)
                if before is not None and before.exchange_key != document.exchange_key:
                    keyed.append((before, document))
                if source_id in adopted:
                    is_ignored = adopted[source_id].state is State.IGNORED
                    outcomes[source_id] = Outcome.IGNORED if is_ignored else Outcome.DONE
                    continue
                if before is None:
                    new.append(document)
                elif outcome in {Outcome.REFRESHED, Outcome.RETURNED}:
                    refreshed.append((before, document))
                elif before.state in {State.PLANNED, State.WAITING, State.SENDING}:
                    seen.append(before.id)
                is_now = document.state if before is None or outcome in _ENTERED else before.state
                waiting += is_now is State.WAITING
            if not self._same_target:
                require_same_target(keyed)
            if self._writes:
                self._insert(new)
                self._adopt([(by_id[id_], known.get(id_), other) for id_, other in adopted.items()])
                set_keys(self._connection, keyed)
                self._refresh(refreshed)
                self._touch(seen)
        return PlanResult(outcomes, waiting=waiting, gone=0)

    def leave(self, *, gone: Iterable[str], listed: Container[str] | None) -> int:
        """Set to gone the unsent documents that left the source or the filter; return how many.

        Those of which the target had a record stay: no filter decides about what has been sent.

        :param gone: source ids that are known to have left
        :param listed: the source ids of a full listing; documents that are missing there have left too
        """
        is_open = documents.c.state.in_(sorted(OPEN))
        found: list[KnownBefore] = []
        for chunk in chunks(sorted(set(gone))):
            found += self._rows(documents.c.source_id.in_(chunk), is_open)
        if listed is not None:
            # A document that was archived after it had been sent, and is to be sent again, is in no listing.
            rows = self._rows(is_open, documents.c.archived_at.is_(None))
            found += [row for row in rows if row.source_id not in listed]
        leaving = {row.id: row.state for row in found if not row.was_there}
        if self._writes:
            for ids in chunks(sorted(leaving)):
                self._connection.execute(
                    documents.update()
                    .where(documents.c.id.in_(ids))
                    .values(
                        {"previous_state": documents.c.state, "state": State.GONE, "changed_at": self._at}
                        | {**NO_REASON, **NO_TRACES}
                    )
                )
                write_events(
                    self._connection, [self._event(id_, EventKind.GONE, leaving[id_], State.GONE) for id_ in ids]
                )
            self._look_for({row.id: row.state for row in found if row.was_there and row.state not in ATTENTION})
        return len(leaving)

    def _look_for(self, sent: Mapping[int, State]) -> None:
        """Leave it to the run to find out whether the target still has documents of which it had a record.

        Those that need attention stay as they are until a person has decided.

        :param sent: the state of each
        """
        for ids in chunks(sorted(sent)):
            self._touch(ids)
            waiting = [id_ for id_ in ids if sent[id_] is State.WAITING]
            if waiting:
                values = {"previous_state": documents.c.state, "state": State.PLANNED, "changed_at": self._at}
                where = documents.c.id.in_(waiting)
                self._connection.execute(documents.update().where(where).values({**values, **NO_REASON}))
                events = [self._event(id_, EventKind.LISTED, State.WAITING, State.PLANNED) for id_ in waiting]
                write_events(self._connection, events)

    def _rows(self, *where: sa.ColumnElement[bool]) -> Iterator[KnownBefore]:
        rows = self._connection.execute(
            sa.select(*_KNOWN)
            .where(documents.c.account == self._account, documents.c.direction == self._direction, *where)
            .order_by(documents.c.id)
            .with_for_update()  # PostgreSQL; SQLite has one writer
        )
        return (KnownBefore(*row) for row in rows)

    def _known_elsewhere(
        self, by_id: Mapping[str, PlannedDocument], known: Mapping[str, KnownBefore]
    ) -> dict[str, Entry]:
        """Return by source id what this account takes over from others, instead of sending it itself."""
        unsent = [
            document
            for id_, document in by_id.items()
            if id_ not in known or (known[id_].state in _UNTRIED and document.state is State.PLANNED)
        ]
        if not unsent or self._is_alone:
            return {}
        found = known_elsewhere(self._connection, self._account, self._direction, unsent)
        return {id_: other for id_, other in found.items() if takes_over(by_id[id_], known.get(id_), other)}

    @cached_property
    def _is_alone(self) -> bool:
        return is_alone(self._connection, self._account)

    def _adopt(self, pairs: list[tuple[PlannedDocument, KnownBefore | None, Entry]]) -> None:
        common = {"account": self._account, "direction": self._direction, "created_at": self._at, "attempts": 0}
        rows = [
            (common | {"source_id": new.source_id} | self._values(new), before.state if before else None, other)
            for new, before, other in pairs
        ]
        adopt(self._connection, rows, at=self._at, run_id=self._run_id)

    def _insert(self, new: list[PlannedDocument]) -> None:
        if not new:
            return
        for document in new:
            require_legal(EventKind.LISTED, None, document.state)
        statement = (
            upsert(self._connection, documents)
            .on_conflict_do_nothing(index_elements=["account", "direction", "source_id"])
            .returning(documents.c.id, documents.c.state)
        )
        common = {"account": self._account, "direction": self._direction, "created_at": self._at, "attempts": 0}
        rows = self._connection.execute(
            statement, [common | {"source_id": document.source_id} | self._values(document) for document in new]
        )
        write_events(self._connection, [self._event(id_, EventKind.LISTED, None, state) for id_, state in rows])

    def _refresh(self, rows: list[tuple[KnownBefore, PlannedDocument]]) -> None:
        if not rows:
            return
        for before, document in rows:
            require_legal(EventKind.LISTED, before.state, document.state)
        columns: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in self._values(rows[0][1])}
        is_same = sa.and_(*(documents.c[name] == columns[name] for name in ("fingerprint", "settings_fingerprint")))
        choice = sa.case((is_same, documents.c.choice), else_="")  # it outlasts e.g. a wait
        has_waited = sa.and_(is_same, documents.c.state == State.WAITING)
        invoice = sa.case((has_waited, documents.c.invoice), else_="")  # its file may not be read again
        fixed = {**NO_TRACES, "choice": choice, "invoice": invoice, "previous_state": documents.c.state, "attempts": 0}
        self._connection.execute(
            documents.update().where(documents.c.id == sa.bindparam("the_id")).values({**fixed, **columns}),
            [
                {"the_id": before.id} | {f"new_{name}": value for name, value in self._values(document).items()}
                for before, document in rows
            ],
        )
        write_events(
            self._connection,
            [self._event(before.id, EventKind.LISTED, before.state, document.state) for before, document in rows],
        )

    def _touch(self, ids: list[int]) -> None:
        if ids:
            # What is being sent keeps the record that was sent first, whatever the listing shows; and what was there
            # may be left out by now. Both are read again.
            is_read_again = sa.or_(documents.c.state == State.SENDING, documents.c.was_there)
            asked_at = sa.case((is_read_again, sa.null()), else_=sa.literal(self._at, documents.c.asked_at.type))
            self._connection.execute(
                documents.update().where(documents.c.id.in_(ids)).values(planned_by=self._run_id, asked_at=asked_at)
            )

    def _values(self, document: PlannedDocument) -> dict[str, Any]:
        return document_values(document) | {
            "state": document.state,
            "reason_code": document.reason_code,
            "message": document.message,
            "source_name": document.source_name,
            "search": search_text(
                document.source_id,
                document.document_number,
                document.company,
                document.source_name,
                document.gross_amount,
            ),
            "fingerprint": document.fingerprint,
            "settings_fingerprint": self._settings_fingerprint,
            "planned_by": self._run_id,
            "asked_at": self._at,
            "changed_at": self._at,
        }

    def _event(self, document_id: int, kind: EventKind, before: State | None, after: State) -> dict[str, Any]:
        return event_values(document_id, kind, before, after, at=self._at, run_id=self._run_id)
