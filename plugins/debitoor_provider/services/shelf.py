"""Records by their keys, kept on disk: a list of any length in the memory of its keys."""

from __future__ import annotations

import os
import pickle
from collections.abc import MutableMapping
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import Self

K = TypeVar("K")
V = TypeVar("V")


class Shelf(MutableMapping[K, V]):
    """A mapping whose values lie in a temporary file, which nobody else can open and which goes when it is closed.

    What a key is given anew takes further room there: it is for records that are written once or a few times.
    """

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - closed with the shelf
        self._places: dict[K, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()

    def __setitem__(self, key: K, value: V) -> None:
        place = self._file.seek(0, os.SEEK_END)
        pickle.dump(value, self._file, pickle.HIGHEST_PROTOCOL)
        self._places[key] = place

    def __getitem__(self, key: K) -> V:
        self._file.seek(self._places[key])
        value: V = pickle.load(self._file)  # noqa: S301 - what this process wrote
        return value

    def __delitem__(self, key: K) -> None:
        del self._places[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
