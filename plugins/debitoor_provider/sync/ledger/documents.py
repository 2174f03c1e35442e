"""The part ``ledger.documents``: reading documents, a person's decisions about them, and restoring them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

import sqlalchemy as sa

from debitoor_provider.sync.batches import chunks
from debitoor_provider.sync.ledger.adoption import owners, sent_elsewhere
from debitoor_provider.sync.ledger.choices import answer
from debitoor_provider.sync.ledger.database.tables import documents, events
from debitoor_provider.sync.ledger.database.types import storable
from debitoor_provider.sync.ledger.entries import DECIDED, NO_TRACES, Event, duplicate_columns, require_key
from debitoor_provider.sync.ledger.events import last_way_to_moved
from debitoor_provider.sync.ledger.filters import Filters, Order, conditions
from debitoor_provider.sync.ledger.likeness import read_alike, read_distinct
from debitoor_provider.sync.ledger.orders import along_index, is_in_index_of_states, sort, unindexed
from debitoor_provider.sync.ledger.pending import Pending, read_by_ids, read_in_order, waiting_ids
from debitoor_provider.sync.ledger.rebuild import Rebuild
from debitoor_provider.sync.ledger.rows import COLUMNS, to_entry
from debitoor_provider.sync.ledger.states import DONE, DirectionName, EventKind, State
from debitoor_provider.sync.ledger.transitions import advance_groups

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import datetime

    from debitoor_provider.sync.ledger.database.clock import Clock
    from debitoor_provider.sync.ledger.database.engine import Database
    from debitoor_provider.sync.ledger.entries import Entry, FoundDocument
    from debitoor_provider.sync.ledger.results import RebuildResult
    from debitoor_provider.sync.ledger.rows import Described
    from debitoor_provider.sync.ledger.transitions import Group


class Documents:
    """Reads documents and changes them as a person decides; see :func:`.conditions` for the filters."""

    def __init__(self, database: Callable[[], Database], clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def entry(self, document_id: int) -> Entry | None:
        """Return one document, ``None`` when there is none with this id."""
        return next(iter(self.by_ids([document_id])), None)

    def by_ids(self, ids: Iterable[int]) -> list[Entry]:
        """Return the documents with these ids, by ascending id."""
        return read_by_ids(self._database, ids)

    def entries(
        self,
        account: str | None = None,
        direction: DirectionName | None = None,
        states: Collection[State] | None = None,
        *,
        order: Order = "-changed",
        limit: int | None = None,
        offset: int = 0,
        **filters: Unpack[Filters],
    ) -> list[Entry]:
        """Return the documents that match all filters, ties by id."""
        where = conditions(account=account, direction=direction, states=states, **filters)
        is_of_states = account is None and states is not None
        by = unindexed(order) if is_of_states else sort(order)  # few documents are sorted
        page = sa.select(documents.c.id).where(*where).order_by(*by)
        if is_of_states and states and limit and is_in_index_of_states(order, filters):
            where = conditions(direction=direction, **filters)
            page = along_index(where, states, order, offset + limit, of_one_account=False)
        with self._database().read() as connection:
            if limit is None:
                rows = connection.execute(sa.select(*COLUMNS).where(*where).order_by(*by).offset(offset or None))
                return [to_entry(row) for row in rows]
            return read_in_order(connection, connection.scalars(page.limit(limit).offset(offset or None)).all())

    def ids(
        self,
        account: str | None = None,
        direction: DirectionName | None = None,
        states: Collection[State] | None = None,
        **filters: Unpack[Filters],
    ) -> list[int]:
        """Return the ids of the documents that match all filters, e.g. to read them in batches."""
        where = conditions(account=account, direction=direction, states=states, **filters)
        with self._database().read() as connection:
            return list(connection.scalars(sa.select(documents.c.id).where(*where).order_by(documents.c.id)).all())

    def count(
        self,
        account: str | None = None,
        direction: DirectionName | None = None,
        states: Collection[State] | None = None,
        **filters: Unpack[Filters],
    ) -> dict[State, int]:
        """Return how many matching documents are in each state; states without any are left out."""
        where = conditions(account=account, direction=direction, states=states, **filters)
        query = sa.select(documents.c.state, sa.func.count()).where(*where).group_by(documents.c.state)
        with self._database().read() as connection:
            return {state: number for state, number in connection.execute(query)}  # noqa: C416 (mypy: a row is no pair)

    def codes(
        self,
        account: str | None = None,
        direction: DirectionName | None = None,
        states: Collection[State] | None = None,
        **filters: Unpack[Filters],
    ) -> dict[str, int]:
        """Return how many matching documents have each reason code."""
        where = conditions(account=account, direction=direction, states=states, **filters)
        query = sa.select(documents.c.reason_code, sa.func.count()).where(*where).group_by(documents.c.reason_code)
        with self._database().read() as connection:
            return {code: number for code, number in connection.execute(query)}  # noqa: C416 (mypy: a row is no pair)

    def known(self, account: str, direction: DirectionName, source_ids: Iterable[str]) -> dict[str, Entry]:
        """Return the known documents among these source ids, by source id."""
        found: dict[str, Entry] = {}
        with self._database().read() as connection:
            for chunk in chunks(sorted({storable(source_id) for source_id in source_ids})):
                rows = connection.execute(
                    sa.select(*COLUMNS).where(
                        documents.c.account == account,
                        documents.c.direction == direction,
                        documents.c.source_id.in_(chunk),
                    )
                )
                found |= {entry.source_id: entry for entry in map(to_entry, rows)}
        return found

    def waiting(self, account: str, limit: int | None = None, codes: Collection[str] | None = None) -> Pending:
        """Return the waiting documents of an account, those first that were listed or asked about longest ago.

        :param codes: the reasons for which they wait; ``None``: any
        """
        with self._database().read() as connection:
            return Pending(self._database, waiting_ids(connection, account, limit, codes))

    def sent_elsewhere(self, entries: Iterable[Entry]) -> dict[int, Entry]:
        """Return, by the id of each given entry, the entry by which another account sent or is sending the same."""
        with self._database().read() as connection:
            return sent_elsewhere(connection, entries)

    def owners(self, account: str, direction: DirectionName, target_ids: Iterable[str]) -> dict[str, str]:
        """Return, by its id, which other account made a record at the target."""
        with self._database().read() as connection:
            return owners(connection, account, direction, target_ids)

    def alike(self, entries: Iterable[Described]) -> list[Entry]:
        """Return the documents, these included, with the target and the number, or date and amount, of one of these."""
        with self._database().read() as connection:
            return read_alike(connection, entries)

    def distinct_from(self, entries: Iterable[Entry]) -> dict[int, set[str]]:
        """Return, by the id of a document, what a person said it is no duplicate of, see :meth:`distinguish`."""
        with self._database().read() as connection:
            return read_distinct(connection, (entry.id for entry in entries))

    def last_moved_at(self, account: str, direction: DirectionName) -> datetime | None:
        """Return when a document of an account was last recorded as moved."""
        query = sa.select(sa.func.max(documents.c.moved_at)).where(
            documents.c.account == account, documents.c.direction == direction
        )
        with self._database().read() as connection:
            last: datetime | None = connection.scalar(query)
        return last

    def to_archive(self, account: str, direction: DirectionName | None = None) -> Pending:
        """Return the exported documents that a run verified at the target and that are still to be archived.

        Documents that a person marked as moved or that a rebuild found are left out, even if a run worked on them
        before: their files were not compared.
        """
        query = sa.select(documents.c.id).where(
            *conditions(account=account, direction=direction, states=[State.MOVED]),
            documents.c.file_sha256.is_not(None),
            documents.c.reason_code != str(EventKind.NOT_ARCHIVED),
            last_way_to_moved().in_([str(EventKind.MOVED), str(EventKind.ADOPTED)]),
        )
        with self._database().read() as connection:
            return Pending(self._database, list(connection.scalars(query.order_by(documents.c.id))))

    def history(self, entry: Entry) -> list[Event]:
        """Return the events of a document, oldest first."""
        query = sa.select(events).where(events.c.document_id == entry.id).order_by(events.c.id)
        with self._database().read() as connection:
            return [Event(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - documented, despite its name

    # A person's decisions, which are refused while the outcome of a send is open

    def retry(
        self,
        entries: Iterable[Entry],
        actor: str,
        reason: str = "",
        *,
        if_missing: bool = False,
        new_record: bool = False,
    ) -> list[Entry]:
        """Plan held, rejected or ignored documents again; return those whose state allows it.

        :param actor: ``user:<name>``
        :param reason: recorded in the history
        :param if_missing: send moved documents again, unless the target still has them
        :param new_record: send moved documents again in any case, as one more record besides any that is there
        :raises IllegalTransition: when no document's state allows it
        """
        values: dict[str, Any] = {**DECIDED, "attempts": 0}
        if not if_missing and not new_record:
            return self._decide([(EventKind.RETRIED, entries, values)], actor, {"reason": reason})
        # ``archived_at`` stays: a document that was archived because it had been sent may be sent again.
        values |= {**NO_TRACES, "moved_at": None, "was_there": True}
        values["target_id"] = sa.func.coalesce(documents.c.target_id, "") if new_record else None
        return self._decide([(EventKind.SENT_AGAIN, entries, values)], actor, {"reason": reason, "anew": new_record})

    def choose(
        self,
        entries: Iterable[Entry],
        figures: str,
        actor: str,
        reason: str = "",
        *,
        questions: Callable[[Entry], Iterable[str]] | None = None,
    ) -> list[Entry]:
        """Plan documents again with the figures that a person wants booked; return those whose state allows it.

        It answers the question for which each was held, as given, and no other; answers to earlier ones are kept.

        :param figures: ``invoice`` or ``record``; remembered until the source record or the settings change
        :param questions: returns what it answers instead of a document
        :raises IllegalTransition: when no document's state allows it
        """
        by_answers: dict[str, list[Entry]] = {}
        for entry in entries:
            asked = questions(entry) if questions else [entry.reason_code]
            by_answers.setdefault("".join(answer(question, figures) for question in asked), []).append(entry)
        detail, values = {"reason": reason, "figures": figures}, {**DECIDED, "attempts": 0}
        each = [(some, {**values, "choice": documents.c.choice + answers}) for answers, some in by_answers.items()]
        return self._decide([(EventKind.RETRIED, *one) for one in each], actor, detail)

    def correct(
        self, entries: Iterable[Entry], corrections: str, actor: str, reason: str = "", *, detail: Mapping[str, Any]
    ) -> list[Entry]:
        """Plan documents with facts that a person states about them; return those whose state allows it.

        They replace all that was stated before, also after the source record has changed.

        :param corrections: as words ``name=value``; empty: the record alone counts again
        :param detail: the same for the history
        :raises IllegalTransition: when no document's state allows it
        """
        values = {**DECIDED, **NO_TRACES, "attempts": 0, "choice": documents.c.choice, "corrections": corrections}
        return self._decide([(EventKind.CORRECTED, entries, values)], actor, {"reason": reason, **detail})

    def distinguish(self, entries: Iterable[Entry], others: Iterable[str], actor: str, reason: str = "") -> list[Entry]:
        """Record that documents are no duplicates of some others; return those whose state allows it.

        Those that were sent lose their mark, and those that are held are planned again.

        :param others: keys of the records that they are not, see :class:`~debitoor_provider.sync.steps.lookalikes`
        :raises IllegalTransition: when no document's state allows it
        """
        detail = {"reason": reason, "distinct_from": sorted(others)}
        by_kind: dict[EventKind, list[Entry]] = {}
        for entry in entries:
            by_kind.setdefault(EventKind.DISTINCT if entry.state in DONE else EventKind.RETRIED, []).append(entry)
        values = {EventKind.DISTINCT: duplicate_columns(None), EventKind.RETRIED: {**DECIDED, "attempts": 0}}
        return self._decide([(kind, some, values[kind]) for kind, some in by_kind.items()], actor, detail)

    def ignore(self, entries: Iterable[Entry], actor: str, reason: str = "") -> list[Entry]:
        """Mark documents as never to be sent; return those whose state allows it.

        :raises IllegalTransition: when no document's state allows it
        """
        values = {"target_name": None, "target_name_key": None, **duplicate_columns(None)}
        return self._decide([(EventKind.IGNORED, entries, values)], actor, {"reason": reason})

    def mark_moved(
        self, entries: Iterable[Entry], actor: str, reason: str = "", *, target_id: str | None = None
    ) -> list[Entry]:
        """Record on a person's word that the target has these documents; return those whose state allows it.

        :raises IllegalTransition: when no document's state allows it
        """
        values = {**DECIDED, "target_id": target_id, "file_id": None, "moved_at": self._clock.now()}
        detail = {"reason": reason, "target_id": target_id}
        return self._decide([(EventKind.MARKED_MOVED, entries, values)], actor, detail)

    def _decide(self, groups: Iterable[Group], actor: str, detail: Mapping[str, Any]) -> list[Entry]:
        given = {name: value for name, value in detail.items() if value}
        with self._database().write() as connection:
            return advance_groups(connection, groups, at=self._clock.now(), actor=actor, detail=given)

    # A lost ledger

    def rebuild(self, account: str, direction: DirectionName, found: Iterable[FoundDocument]) -> RebuildResult:
        """Set to moved the documents that the target has, and add those that the ledger does not know."""
        require_key("account", account)
        with self._database().write() as connection:
            return Rebuild(connection, account, direction, self._clock.now()).restore(found)
