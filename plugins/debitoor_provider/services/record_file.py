"""Records in a temporary file: a list of any length takes no memory, a mapping only that of its keys.

Other processes cannot open the files, and they are deleted when they are closed.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import MutableMapping
from contextlib import suppress
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from debitoor_provider.services.temporary import disk_failure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

K = TypeVar("K")
V = TypeVar("V")


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
    """Records by their keys. A key that is set again takes further room in the file."""

    def __init__(self) -> None:
        self._records = RecordFile[V]()
        self._positions: dict[K, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._records.__exit__(exc_type, exc, traceback)

    def __setitem__(self, key: K, record: V) -> None:
        self._positions[key] = self._records.append(record)

    def __getitem__(self, key: K) -> V:
        return self._records.at(self._positions[key])

    def __delitem__(self, key: K) -> None:
        del self._positions[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._positions)

    def __len__(self) -> int:
        return len(self._positions)
