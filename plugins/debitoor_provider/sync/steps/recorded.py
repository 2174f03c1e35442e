"""The records that a target has around the dates of some documents, and those of them that a document may repeat."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from itertools import chain
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

from debitoor_provider.sync.likeness import Facts, alike, digit_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from debitoor_provider.sync.statement import TargetRecord

Ask: TypeAlias = "Callable[[date, date], Iterable[TargetRecord]]"
"""Returns the target's records with dates of a period."""
_GAP = timedelta(days=31)  # two lists cost more than one that is longer by so much
_AROUND = timedelta(days=7)  # a record with the same number may have another date


class Recorded:
    """Records of a target, found by what a document has in common with them."""

    def __init__(self, records: Iterable[TargetRecord] = ()) -> None:
        self._by_amount: dict[tuple[Any, ...], list[TargetRecord]] = {}
        self._by_word: dict[str, list[TargetRecord]] = {}
        self._ask: Ask | None = None
        self._asked: list[tuple[date, date]] = []
        self._asking = Lock()
        self._add(records)

    def _add(self, records: Iterable[TargetRecord]) -> None:
        for record in records:
            facts = _facts(record)
            self._by_amount.setdefault(_amount(facts), []).append(record)
            for word in digit_words(f"{facts.number} {facts.text}"):
                self._by_word.setdefault(word, []).append(record)

    @classmethod
    def near(cls, ask: Ask, days: Iterable[date | None]) -> Recorded:
        """Ask the target for its records around some days; it is asked again for a document with another date.

        :param ask: :meth:`.Direction.target_records_near`
        """
        recorded = cls()
        recorded._ask = ask
        for first, last in _spans(days):
            recorded._ask_for(first, last)
        return recorded

    def _ask_for(self, first: date, last: date) -> None:
        if self._ask:
            self._add(self._ask(*_wider(first, last)))
            self._asked.append((first, last))

    def _look_around(self, day: date) -> None:
        """Ask for the month of a day that was not asked for: a document's date may be known from its file only."""
        with self._asking:
            if not any(first <= day <= last for first, last in self._asked):
                self._ask_for(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))

    def alike(self, facts: Facts, *, numbers_decide: bool) -> Iterator[TargetRecord]:
        """Yield the records that may stand for the same document.

        :param numbers_decide: as for :func:`~debitoor_provider.sync.likeness.alike`
        """
        if facts.date:
            self._look_around(facts.date)
        same_number = (self._by_word.get(word, ()) for word in sorted(digit_words(facts.number)))
        seen = set()
        for record in chain(*same_number, self._by_amount.get(_amount(facts), ())):
            is_near = record.id not in seen and _are_near(facts.date, record.statement.date)
            if is_near and alike(facts, _facts(record), numbers_decide=numbers_decide):
                yield record
            seen.add(record.id)


def _facts(record: TargetRecord) -> Facts:
    there = record.statement
    return Facts(record.document_number, there.date, there.gross, there.currency, record.party, record.text)


def _are_near(one: date | None, other: date | None) -> bool:
    return not (one and other) or abs(one - other) <= _AROUND


def _amount(facts: Facts) -> tuple[Any, ...]:
    return facts.date, facts.gross, facts.currency.upper()


def _spans(days: Iterable[date | None]) -> Iterator[tuple[date, date]]:
    """Yield first and last days of few periods that have all days."""
    known = sorted(filter(None, set(days)))
    if not known:
        return
    first = last = known[0]
    for day in known[1:]:
        if day - last > _GAP:
            yield first, last
            first = day
        last = day
    yield first, last


def _wider(first: date, last: date) -> tuple[date, date]:
    start = first - _AROUND if first - date.min > _AROUND else date.min
    return start, last + _AROUND if date.max - last > _AROUND else date.max
