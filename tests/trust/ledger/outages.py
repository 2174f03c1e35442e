"""The ledger's database fails from a chosen transaction on: with errors of its own, not with made-up ones."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.sync.ledger import LedgerUnavailable
from debitoor_provider.sync.ledger.database.engine import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from tests.postgresql import Cluster
    from tests.sync.stage import Stage

    Trouble = Callable[[], AbstractContextManager[None]]


_NOBODY = 65534


class Outage:
    """Counts the ledger's transactions, and lets the trouble begin right before one of them.

    :param trouble: begins when it is entered and lasts until :meth:`end`
    :param at: number of the transaction, from 1; 0: there is no trouble
    :param answer_is_lost: the one transaction is carried out, but its answer is lost
    """

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        trouble: Trouble | None = None,
        at: int = 0,
        *,
        answer_is_lost: bool = False,
    ) -> None:
        self.transactions = 0
        self._trouble, self._at, self._answer_is_lost = trouble, at, answer_is_lost
        self._lasting = ExitStack()
        for name in ("read", "write"):
            monkeypatch.setattr(Database, name, self._watched(getattr(Database, name)))

    @property
    def struck(self) -> bool:
        """Whether it came to that."""
        return 0 < self._at <= self.transactions

    def end(self) -> None:
        """Restore the state before the outage."""
        self._at = 0
        self._lasting.close()

    def _watched(self, original: Callable[[Database], AbstractContextManager[Connection]]) -> object:
        @contextmanager
        def transaction(database: Database) -> Iterator[Connection]:
            self.transactions += 1
            strikes = self.transactions == self._at
            if strikes and self._trouble:
                self._lasting.enter_context(self._trouble())
            with original(database) as connection:
                yield connection
            if strikes and self._answer_is_lost:
                raise LedgerUnavailable(f"The ledger ({database.place}) cannot be reached.")

        return transaction


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Lock the ledger's file as another program does, a back-up for instance."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextmanager
def nothing_can_be_written() -> Iterator[None]:
    """Refuse all writes to files of this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def not_permitted(stage: Stage) -> Iterator[None]:
    """Run as a user who may not open the ledger's folder."""
    stage.ledger.close()
    if os.geteuid() == 0:  # who may open everything
        stage.folder.chmod(0o700)
        os.seteuid(_NOBODY)
    else:
        stage.folder.chmod(0)
    try:
        yield
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
        stage.folder.chmod(0o700)


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """Mount a disk of 8 MB; skip where mounting is not permitted."""
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", place]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no small disk: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


@contextmanager
def full(disk: Path, room: int) -> Iterator[None]:
    """Fill the disk except for some bytes."""
    others = disk / "other files"
    others.write_bytes(bytes(shutil.disk_usage(disk).free - room))
    try:
        yield
    finally:
        others.unlink()


@contextmanager
def moved_away(stage: Stage, *, for_good: bool, reconnecting: bool = False) -> Iterator[None]:
    """Move the ledger's files while they are in use.

    :param for_good: it does not come back: the ledger is lost
    :param reconnecting: the connections end with it, as when its disk is taken away
    """
    elsewhere = stage.folder / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    if reconnecting:
        stage.ledger.close()
    for file in stage.folder.glob("ledger.db*"):
        file.rename(elsewhere / file.name)
    try:
        yield
    finally:
        stage.ledger.close()  # as at the end of the process
        if not for_good:
            for file in stage.folder.glob("ledger.db*"):
                file.unlink()
            for file in elsewhere.iterdir():
                file.rename(stage.folder / file.name)
        stage.open_ledger("ledger")


@contextmanager
def crashed(cluster: Cluster) -> Iterator[None]:
    """Kill the PostgreSQL server with its connections; then start it, and it recovers."""
    cluster.stop(signal.SIGQUIT)
    try:
        yield
    finally:
        cluster.start()
