"""The ledger: a database and the parts that work on it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Self

from debitoor_provider.sync.ledger.consents import Consents
from debitoor_provider.sync.ledger.database import schema
from debitoor_provider.sync.ledger.database.clock import Clock
from debitoor_provider.sync.ledger.database.engine import READER_CACHE, Database, connect, disconnect
from debitoor_provider.sync.ledger.database.url import parse
from debitoor_provider.sync.ledger.documents import Documents
from debitoor_provider.sync.ledger.figures import Figures
from debitoor_provider.sync.ledger.leases import Leases
from debitoor_provider.sync.ledger.lists import Lists
from debitoor_provider.sync.ledger.names import Names
from debitoor_provider.sync.ledger.notices import Notices
from debitoor_provider.sync.ledger.plans import Plans
from debitoor_provider.sync.ledger.runs import Runs
from debitoor_provider.sync.ledger.steps import Steps
from debitoor_provider.sync.ledger.stops import Stops
from debitoor_provider.sync.ledger.wrong import WrongAccounts

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime

    from debitoor_provider.messages import Message


class Ledger:
    """The memory of the exchange (design section 5). Open it with :meth:`open`.

    May be used by many threads and processes, and after a fork. Each method of a part is one short transaction; on
    SQLite, steps that several threads take at the same time share one. Each raises
    :class:`~debitoor_provider.sync.ledger.errors.LedgerUnavailable` when the database cannot be used at the moment.

    :param url: ``sqlite:////path/to/ledger.db`` or ``postgresql://user:password@host/database``
    :param now: the clock, returns aware times; default the machine's, and for leases on PostgreSQL the database's
    :param cache: kilobytes that a reader of a SQLite file caches; more for a process that often reads all of it
    :raises LedgerMisconfigured: for an invalid address
    """

    def __init__(self, url: str, *, now: Callable[[], datetime] | None = None, cache: int = READER_CACHE) -> None:
        parsed = parse(url)
        database = partial(connect, parsed, cache)  # in each process its own
        clock = Clock(now, leases_by_database=parsed.get_backend_name() != "sqlite")
        self._connect = database
        self.documents = Documents(database, clock)
        self.runs = Runs(database, clock)
        self.names = Names(database, clock)
        self.leases = Leases(database, clock)
        self.plans = Plans(database, clock)
        self.steps = Steps(database, clock)
        self.figures = Figures(database)
        self.lists = Lists(database)
        self.consents = Consents(database, clock)
        self.stops = Stops(database, clock)
        self.notices = Notices(database)
        self.wrong = WrongAccounts(database)

    @classmethod
    def open(cls, url: str, *, now: Callable[[], datetime] | None = None, cache: int = READER_CACHE) -> Self:
        """Open a ledger and create its tables in a new database; for the parameters see the class.

        :raises LedgerOutdated: when an upgrade is needed
        :raises LedgerTooNew: when a newer provider has upgraded it
        :raises LedgerMisconfigured: for an invalid address
        """
        ledger = cls(url, now=now, cache=cache)
        schema.ensure(ledger._database)
        return ledger

    def __repr__(self) -> str:
        return f"<Ledger {self.place}>"

    @property
    def place(self) -> Message:
        """Where it is, without user and password."""
        return self._database.place

    @property
    def revision(self) -> str | None:
        """The version of the tables; ``None`` when there are none."""
        return schema.current(self._database)

    def upgrade(self) -> None:
        """Upgrade the tables to the version of this code."""
        schema.upgrade(self._database)

    def reading(self) -> AbstractContextManager[None]:
        """Let everything that a ``with`` block reads in its thread share one transaction.

        What is written meanwhile, by the block too, is seen or not, as the database has it: only read in the block.
        """
        return self._database.reading()

    def close(self) -> None:
        """Close this process's connections; a later call opens new ones."""
        disconnect(self._database)

    @property
    def _database(self) -> Database:
        return self._connect()
