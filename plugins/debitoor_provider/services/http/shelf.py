"""Records that lie on disk until they are asked for: a list of any length, in the memory of none or of its keys.

The files are temporary ones that nobody else can open, and go when they are closed.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import MutableMapping
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Generic, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

K = TypeVar("K")
V = TypeVar("V")


class Spool(Generic[V]):
    """Records in the order in which they came."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - closed with the spool

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()

    def append(self, record: V) -> int:
        """Write a record down; tells its place."""
        place = self._file.seek(0, os.SEEK_END)
        pickle.dump(record, self._file, pickle.HIGHEST_PROTOCOL)
        return place

    def at(self, place: int) -> V:
        """Read the record at a place."""
        self._file.seek(place)
        record: V = pickle.load(self._file)  # noqa: S301 - what this process wrote
        return record

    def __iter__(self) -> Iterator[V]:
        place, end = 0, self._file.seek(0, os.SEEK_END)
        while place < end:
            record = self.at(place)
            place = self._file.tell()
            yield record


class Shelf(MutableMapping[K, V]):
    """Records by their keys. What a key is given anew takes further room."""

    def __init__(self) -> None:
        self._records = Spool[V]()
        self._places: dict[K, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._records.__exit__(exc_type, exc, traceback)

    def __setitem__(self, key: K, record: V) -> None:
        self._places[key] = self._records.append(record)

    def __getitem__(self, key: K) -> V:
        return self._records.at(self._places[key])

    def __delitem__(self, key: K) -> None:
        del self._places[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
