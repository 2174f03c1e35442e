"""Records in a temporary file: a list or mapping of any length takes hardly any memory.

Other processes cannot open the files, and they are deleted when they are closed.
"""

from __future__ import annotations

import errno
import os
import pickle
import sqlite3
from collections.abc import MutableMapping
from contextlib import suppress
from functools import cached_property
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from debitoor_provider.services.temporary import disk_failure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

K = TypeVar("K", int, str)
V = TypeVar("V")

_BEGINNING = (
    "PRAGMA cache_size = -512",  # KiB; SQLite would take 2,000 for each mapping
    "PRAGMA journal_mode = OFF",  # nothing is rolled back
    "PRAGMA synchronous = OFF",
    "BEGIN EXCLUSIVE",  # never committed: pages are written when the cache is full, not for each statement
    "CREATE TABLE keys (id INTEGER PRIMARY KEY, key UNIQUE, position INTEGER NOT NULL)",
)
_SET = "INSERT INTO keys (key, position) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET position = excluded.position"
_NEXT = "SELECT id, key FROM keys WHERE id > ? ORDER BY id LIMIT ?"
_KEYS_AT_ONCE = 500


class RecordFile(Generic[V]):
    """Records in the order in which they were appended.

    :raises RetryError: by every use, when the disk of temporary files is full or fails
    """

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - closed with the record file

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with suppress(OSError):  # what is still buffered is not needed
            self._file.close()

    def append(self, record: V) -> int:
        """Append a record, and return its position."""
        try:
            position = self._file.seek(0, os.SEEK_END)
            pickle.dump(record, self._file, pickle.HIGHEST_PROTOCOL)
        except OSError as error:
            raise disk_failure(error) from error
        return position

    def at(self, position: int) -> V:
        """Read the record at a position."""
        try:
            self._file.seek(position)  # writes out what is buffered
            record: V = pickle.load(self._file)  # noqa: S301 - what this process wrote
        except OSError as error:
            raise disk_failure(error) from error
        return record

    def __iter__(self) -> Iterator[V]:
        try:
            position, end = 0, self._file.seek(0, os.SEEK_END)
        except OSError as error:
            raise disk_failure(error) from error
        while position < end:
            record = self.at(position)
            position = self._file.tell()
            yield record


class RecordFileMapping(MutableMapping[K, V]):
    """Records by their keys, in the order in which the keys were first set.

    A key that is set again takes further room in the file.

    :raises RetryError: by every use, when the disk of temporary files is full or fails
    """

    def __init__(self) -> None:
        self._records = RecordFile[V]()
        self._keys = _Keys()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._records.__exit__(exc_type, exc, traceback)
        self._keys.close()

    def __setitem__(self, key: K, record: V) -> None:
        self._keys.execute(_SET, key, self._records.append(record))

    def __getitem__(self, key: K) -> V:
        found = self._keys.execute("SELECT position FROM keys WHERE key = ?", key)
        if not found:
            raise KeyError(key)
        return self._records.at(found[0][0])

    def __delitem__(self, key: K) -> None:
        if not self._keys.execute("DELETE FROM keys WHERE key = ? RETURNING position", key):
            raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return bool(self._keys.execute("SELECT 1 FROM keys WHERE key = ?", key))

    def __iter__(self) -> Iterator[K]:
        last = 0
        while some := self._keys.execute(_NEXT, last, _KEYS_AT_ONCE):
            last = some[-1][0]
            for _, key in some:
                yield key

    def __len__(self) -> int:
        count: int = self._keys.execute("SELECT count(*) FROM keys")[0][0]
        return count

    def __bool__(self) -> bool:
        return bool(self._keys.execute("SELECT 1 FROM keys LIMIT 1"))


class _Keys:
    """The positions of the records of a mapping, by their keys, in a temporary database that is made on first use."""

    def __init__(self) -> None:
        self._is_closed = False

    @cached_property
    def _database(self) -> sqlite3.Connection:
        try:
            with NamedTemporaryFile(prefix="records-") as file:  # deleted once it is open
                database = sqlite3.connect(file.name, isolation_level=None, check_same_thread=False)
                for statement in _BEGINNING:
                    database.execute(statement)
        except OSError as error:
            raise disk_failure(error) from error
        return database

    def execute(self, statement: str, *parameters: object) -> list[Any]:
        """Return the rows of a statement."""
        if self._is_closed:
            raise ValueError("The record file is closed.")
        try:
            return self._database.execute(statement, parameters).fetchall()
        except sqlite3.OperationalError as error:
            is_full = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_FULL
            raise disk_failure(OSError(errno.ENOSPC if is_full else errno.EIO, "")) from error

    def close(self) -> None:
        """Delete the positions."""
        self._is_closed = True
        if "_database" in self.__dict__:
            self._database.close()
