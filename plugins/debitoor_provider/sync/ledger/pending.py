"""Documents that are chosen now and read when they are needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

from debitoor_provider.sync.ledger.rows import WHOLE, chunks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from debitoor_provider.sync.ledger.records import Entry

    Read = Callable[[Sequence[int]], list[Entry]]


class Pending(Sequence["Entry"]):
    """Documents of a ledger in their order: any number of them, in the memory of their ids.

    Each is as it is when it is read, whatever it was when it was chosen.

    :param read: gives the documents of some ids
    """

    def __init__(self, read: Read, ids: Sequence[int]) -> None:
        self._read = read
        self._ids = ids

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[Entry]:
        for some in chunks(self._ids, WHOLE):
            found = {entry.id: entry for entry in self._read(some)}
            yield from (found[id_] for id_ in some)

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> Pending: ...
    def __getitem__(self, index: int | slice) -> Entry | Pending:
        if isinstance(index, slice):
            return Pending(self._read, self._ids[index])
        return next(iter(self._read([self._ids[index]])))
