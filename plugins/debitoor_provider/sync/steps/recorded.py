"""The records that a target has around the dates of some documents, and those of them that a document may repeat."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import chain
from typing import TYPE_CHECKING

from debitoor_provider.sync.likeness import Facts, alike, digit_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from debitoor_provider.sync.statement import TargetRecord

_GAP = timedelta(days=31)  # two lists cost more than one that is longer by so much
_AROUND = timedelta(days=7)  # a record with the same number may have another date


class Recorded:
    """Records of a target, found by what a document has in common with them."""

    def __init__(self, records: Iterable[TargetRecord] = ()) -> None:
        self._by_amount: dict[tuple[Any, ...], list[TargetRecord]] = {}
        self._by_word: dict[str, list[TargetRecord]] = {}
        for record in records:
            facts = _facts(record)
            self._by_amount.setdefault(_amount(facts), []).append(record)
            for word in digit_words(f"{facts.number} {facts.text}"):
                self._by_word.setdefault(word, []).append(record)

    @classmethod
    def near(cls, ask: Callable[[date, date], Iterable[TargetRecord]], days: Iterable[date | None]) -> Recorded:
        """Ask the target for its records around some days.

        :param ask: :meth:`.Direction.recorded`
        """
        return cls(record for start, end in _spans(days) for record in ask(start, end))

    def alike(self, facts: Facts, *, numbers_decide: bool) -> Iterator[TargetRecord]:
        """Yield the records that may stand for the same document.

        :param numbers_decide: as for :func:`~debitoor_provider.sync.likeness.alike`
        """
        same_number = (self._by_word.get(word, ()) for word in sorted(digit_words(facts.number)))
        seen = set()
        for record in chain(*same_number, self._by_amount.get(_amount(facts), ())):
            if record.id not in seen and alike(facts, _facts(record), numbers_decide=numbers_decide):
                yield record
            seen.add(record.id)


def _facts(record: TargetRecord) -> Facts:
    there = record.statement
    return Facts(record.document_number, there.date, there.gross, there.currency, record.party, record.text)


def _amount(facts: Facts) -> tuple[Any, ...]:
    return facts.date, facts.gross, facts.currency.upper()


def _spans(days: Iterable[date | None]) -> Iterator[tuple[date, date]]:
    """Yield first and last days of few periods that hold all days."""
    known = sorted(filter(None, set(days)))
    if not known:
        return
    first = last = known[0]
    for day in known[1:]:
        if day - last > _GAP:
            yield _wider(first, last)
            first = day
        last = day
    yield _wider(first, last)


def _wider(first: date, last: date) -> tuple[date, date]:
    start = first - _AROUND if first - date.min > _AROUND else date.min
    return start, last + _AROUND if date.max - last > _AROUND else date.max
