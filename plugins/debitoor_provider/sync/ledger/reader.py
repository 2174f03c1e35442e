"""The half of the ledger that only answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self, Unpack

from debitoor_provider.sync.ledger import figures, names, queries, runs, schema
from debitoor_provider.sync.ledger.engine import CACHE, Database, connect, disconnect, parse
from debitoor_provider.sync.ledger.pending import Pending

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import date

    from debitoor_provider.sync.ledger.queries import Filters, Order
    from debitoor_provider.sync.ledger.records import Entry, Event, Run, Watermark
    from debitoor_provider.sync.ledger.states import Direction, State


class LedgerReader:
    """Questions to a ledger; changes are in :class:`~debitoor_provider.sync.ledger.store.Ledger`.

    Every method raises :class:`~debitoor_provider.sync.ledger.errors.LedgerUnavailable` when the database cannot be
    used just now.
    """

    def __init__(self, url: str, *, now: Callable[[], datetime] | None = None, cache: int = CACHE) -> None:
        self._url = parse(url)
        self._now = now
        self._cache = cache

    @classmethod
    def open(cls, url: str, *, now: Callable[[], datetime] | None = None, cache: int = CACHE) -> Self:
        """Open a ledger, creating its tables in a new database.

        :param url: ``sqlite:////path/to/ledger.db`` or ``postgresql://user:password@host/database``
        :param now: the clock, aware; default the machine's, and for leases on PostgreSQL the database's
        :param cache: kilobytes that a reader of a SQLite file keeps in memory; more for who often asks about all of it
        :raises LedgerOutdated: when an upgrade is needed
        :raises LedgerTooNew: when a newer provider has upgraded it
        :raises LedgerMisconfigured: for an address that cannot work
        """
        ledger = cls(url, now=now, cache=cache)
        schema.ensure(ledger._database)
        return ledger

    @property
    def place(self) -> str:
        """Where it is, without user and password."""
        return self._database.place

    def __repr__(self) -> str:
        return f"<Ledger {self.place}>"

    @property
    def revision(self) -> str | None:
        """The version of the tables; ``None`` when there are none."""
        return schema.current(self._database)

    def close(self) -> None:
        """Close this process's connections; a later call opens new ones."""
        disconnect(self._database)

    def entries(
        self,
        account: str | None = None,
        direction: Direction | None = None,
        states: Collection[State] | None = None,
        *,
        order: Order = "-changed",
        limit: int | None = None,
        offset: int = 0,
        **filters: Unpack[Filters],
    ) -> list[Entry]:
        """Return the documents that fit all that is given; see :func:`.queries.conditions`."""
        where = queries.conditions(account=account, direction=direction, states=states, **filters)
        with self._database.read() as connection:
            are_few = account is None and states is not None
            return queries.entries(connection, where, order, limit, offset, are_few=are_few)

    def count(
        self,
        account: str | None = None,
        direction: Direction | None = None,
        states: Collection[State] | None = None,
        **filters: Unpack[Filters],
    ) -> dict[State, int]:
        """Return how many documents that fit are in each state."""
        where = queries.conditions(account=account, direction=direction, states=states, **filters)
        with self._database.read() as connection:
            return queries.count(connection, where)

    def entries_by_ids(self, ids: Iterable[int]) -> list[Entry]:
        """Return the documents with these ids, in the order of the ids."""
        with self._database.read() as connection:
            return queries.by_ids(connection, ids)

    def count_codes(
        self,
        account: str | None = None,
        direction: Direction | None = None,
        states: Collection[State] | None = None,
        **filters: Unpack[Filters],
    ) -> dict[str, int]:
        """Return how many documents that fit have each reason."""
        where = queries.conditions(account=account, direction=direction, states=states, **filters)
        with self._database.read() as connection:
            return queries.count_codes(connection, where)

    def ids(
        self,
        account: str | None = None,
        direction: Direction | None = None,
        states: Collection[State] | None = None,
        **filters: Unpack[Filters],
    ) -> list[int]:
        """Return the ids of the documents that fit, e.g. to read them bit by bit."""
        where = queries.conditions(account=account, direction=direction, states=states, **filters)
        with self._database.read() as connection:
            return queries.ids(connection, where)

    def pending(
        self, account: str, direction: Direction, states: Collection[State], *, planned_by: str | None = None
    ) -> Pending:
        """Choose the documents of an account in some states, older ones first.

        :param planned_by: those that this run planned
        """
        where = queries.conditions(account=account, direction=direction, states=states, planned_by=planned_by)
        with self._database.read() as connection:
            return Pending(self.entries_by_ids, queries.pending(connection, where))

    def unnamed(self, account: str, direction: Direction, *, planned_by: str | None = None) -> Pending:
        """Choose the planned documents of an account that have no name, in the order in which they came."""
        where = queries.conditions(account=account, direction=direction, planned_by=planned_by)
        with self._database.read() as connection:
            return Pending(self.entries_by_ids, queries.unnamed(connection, where))

    def to_archive(self, account: str) -> Pending:
        """Choose what a run verified at the target and the source did not archive; see :func:`.queries.to_archive`."""
        with self._database.read() as connection:
            return Pending(self.entries_by_ids, queries.to_archive(connection, account))

    def changes(self, since: datetime) -> dict[str, tuple[int, float]]:
        """Tell, by account, what differs as soon as one of its documents changes that has changed since then."""
        with self._database.read() as connection:
            return figures.changes(connection, since)

    def totals(self, accounts: Iterable[str] | None = None) -> dict[str, dict[State, int]]:
        """Return how many documents of each account, or of these, are in each state."""
        with self._database.read() as connection:
            return figures.totals(connection, accounts)

    def moved_by_day(self, since: datetime, accounts: Iterable[str] | None = None) -> dict[str, dict[date, int]]:
        """Return how many documents of each account, or of these, were moved on each day (UTC) since then."""
        with self._database.read() as connection:
            return figures.moved_by_day(connection, since, accounts)

    def dealt_with(self, run_ids: Iterable[str]) -> dict[str, int]:
        """Return how many documents each of these runs has brought to an end, be it a good one or not."""
        with self._database.read() as connection:
            return figures.dealt_with(connection, run_ids)

    def known(self, account: str, direction: Direction, source_ids: Iterable[str]) -> dict[str, Entry]:
        """Return, by source id, the entries of those that the ledger knows."""
        with self._database.read() as connection:
            return queries.known(connection, account, direction, source_ids)

    def entry(self, document_id: int) -> Entry | None:
        """Return one document."""
        with self._database.read() as connection:
            return next(iter(queries.by_ids(connection, [document_id])), None)

    def waiting(self, account: str, limit: int | None = None) -> list[Entry]:
        """Return the waiting documents of an account, those that were not asked about for longest first."""
        with self._database.read() as connection:
            return queries.waiting(connection, account, limit)

    def sent_elsewhere(self, entries: Iterable[Entry]) -> dict[int, Entry]:
        """Return, by entry id, the entry with which another account sent, or is sending, the same document."""
        with self._database.read() as connection:
            return queries.sent_elsewhere(connection, entries)

    def history(self, entry: Entry) -> list[Event]:
        """Return what happened to a document, oldest first."""
        with self._database.read() as connection:
            return queries.history(connection, entry.id)

    def run_counts(self, run_id: str) -> dict[str, int]:
        """Return how many documents the run moved, archived, held, rejected or made wait, and that still are so."""
        with self._database.read() as connection:
            return queries.run_counts(connection, run_id)

    def run(self, run_id: str) -> Run | None:
        """Return a run, ``None`` when it is not known."""
        with self._database.read() as connection:
            return runs.find(connection, run_id)

    def runs_known(self, run_ids: Iterable[str]) -> dict[str, Run]:
        """Return, by their ids, the runs that are known."""
        with self._database.read() as connection:
            return runs.known(connection, run_ids)

    def runs(
        self, account: str | None = None, limit: int = 50, *, accounts: Collection[str] | None = None
    ) -> list[Run]:
        """Return the latest runs, of an account or of any of several, newest first."""
        with self._database.read() as connection:
            return runs.latest(connection, account, limit, accounts)

    def last_judged(self, account: str, verdicts: Collection[str] | None = None) -> Run | None:
        """Return the account's latest run that was to move something and has a verdict, or one of these."""
        with self._database.read() as connection:
            return runs.last_judged(connection, account, verdicts)

    def watermark(self, account: str, direction: Direction) -> Watermark:
        """Return how far the source was asked."""
        with self._database.read() as connection:
            return runs.watermark(connection, account, direction)

    def names_taken(self, account: str, direction: Direction, prefix: str) -> set[str]:
        """Return the names in use that begin so, without regard to case."""
        with self._database.read() as connection:
            return names.names_taken(connection, account, direction, prefix)

    def name_keys_taken(self, account: str, direction: Direction, wishes: Iterable[str]) -> set[str]:
        """Return the keys of those of these names that are in use, without regard to case."""
        with self._database.read() as connection:
            return names.keys_taken(connection, account, direction, wishes)

    @property
    def _database(self) -> Database:
        return connect(self._url, self._cache)

    def _time(self) -> datetime:
        return self._now() if self._now else datetime.now(UTC)
