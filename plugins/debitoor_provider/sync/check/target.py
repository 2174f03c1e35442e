"""The records of a target while they are compared: on the disk, each until it is matched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from debitoor_provider.services.record_file import RecordFileMapping
from debitoor_provider.sync.statement import TargetRecord

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator
    from types import TracebackType


class Unmatched:
    """Records that are not matched with a document yet."""

    def __init__(self) -> None:
        self._marked = RecordFileMapping[str, list[TargetRecord]]()
        self._others = RecordFileMapping[str, TargetRecord]()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._marked.__exit__(exc_type, exc, traceback)
        self._others.__exit__(exc_type, exc, traceback)

    def add(self, records: Iterable[TargetRecord], only: Container[str] | None = None) -> None:
        """Add records.

        :param only: none but those with the marker of one of these documents
        """
        for record in records:
            for source_id in record.source_ids:
                if only is None or source_id in only:
                    self._marked[source_id] = [*self._marked.get(source_id, ()), record]
            if not record.source_ids and only is None:
                self._others[record.id] = record

    def take(self, source_id: str, target_id: str | None = None) -> list[TargetRecord]:
        """Return the records of a document, which are matched then.

        :param target_id: the record that the ledger names, which may have lost its marker
        """
        found = self._marked.pop(source_id, [])
        if not found and target_id and (unmarked := self._others.pop(target_id, None)):
            found = [unmarked]
        return found

    def markers(self) -> list[str]:
        """Return the documents whose records are not matched."""
        return list(self._marked)

    def others(self) -> Iterator[TargetRecord]:
        """Return the records without a marker that are not matched."""
        return iter(self._others.values())
