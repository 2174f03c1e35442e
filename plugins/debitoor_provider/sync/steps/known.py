"""Documents as others are compared with them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from debitoor_provider.sync.ledger import DONE, State, likeness_keys, restated
from debitoor_provider.sync.likeness import number_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from debitoor_provider.sync.ledger import Described, Entry, Sent

GIVEN_UP = frozenset({State.IGNORED, State.GONE})
"""The states of documents that no other one repeats."""


@dataclass(frozen=True, slots=True)
class Known:
    """A document that another one may repeat.

    :param order: a document may repeat those with a lower order
    :param described: what the source states of it, or what was sent
    :param account: that it belongs to
    :param entry: what the ledger has of it; ``None`` for one that a preview would enter
    :param is_sent: whether an earlier run has sent it, so that any document may repeat it
    :param is_decided: whether a person has decided what is booked, or stated facts of it
    """

    order: tuple[int, int]
    described: Described
    account: str
    entry: Entry | None = None
    is_sent: bool = False
    is_decided: bool = False

    @classmethod
    def of(cls, entry: Entry, run_id: str, described: Described | None = None) -> Known:
        """Return what an entry of the ledger stands for.

        :param run_id: the run that asks; what it has sent itself is judged by its order
        :param described: what the plan would make of it
        """
        is_sent = entry.state in DONE and entry.moved_by != run_id
        return cls((0, entry.id), described or entry, entry.account, entry, is_sent, bool(entry.decisions))

    @property
    def key(self) -> str:
        """By which a person's decision remembers it."""
        return _key(self.account, self.described.source_id)

    @property
    def is_certain(self) -> bool:
        """Whether its record has all by which it is compared, and no person has decided to book something else."""
        one = self.described
        is_complete = bool(one.document_number and one.document_date and one.gross_amount and one.currency)
        return is_complete and not self.is_decided

    @property
    def stands_for_record(self) -> bool:
        """Whether it is compared instead of the record that the target has of it.

        Of one that was sent without a number of its own, e.g. one that a rebuild found, the record's text may have it.
        """
        return bool(self.described.document_number) or not self.is_sent

    def to_be_sent(self, sent: Sent) -> Known:
        """Return it with the figures that are to be sent: itself if they are those that it has already."""
        one = self.described
        same = (
            number_key(one.document_number) == number_key(sent.document_number)
            and (one.document_date, one.gross_amount) == (sent.date, sent.gross_amount)
            and one.currency.strip().upper() == sent.document_currency.strip().upper()
            and sent.company in (None, one.company)
        )
        return self if same else replace(self, described=restated(one, sent))


def one_each(found: Iterable[Known], account: str) -> Iterable[Known]:
    """Return one for each source document, which several accounts may have: as it was sent, else this account's own.

    :param account: that asks
    """
    best: dict[str, tuple[tuple[bool, bool, tuple[int, int]], Known]] = {}
    for one in found:
        rank = not one.is_sent, one.account != account, one.order
        known = best.get(one.described.exchange_key)
        if known is None or rank < known[0]:
            best[one.described.exchange_key] = rank, one
    return [one for _, one in best.values()]


def by_likeness(known: Iterable[Known]) -> dict[str, list[Known]]:
    """Return documents by what others may have in common with them."""
    by_key: dict[str, list[Known]] = {}
    for one in known:
        index(one, by_key)
    return by_key


def index(one: Known, by_key: dict[str, list[Known]]) -> None:
    """Add a document to those of :func:`by_likeness`."""
    for key in filter(None, likeness_keys(one.described).values()):
        by_key.setdefault(key, []).append(one)


def others_like(this: Known, by_key: Mapping[str, Sequence[Known]]) -> Iterator[Known]:
    """Yield the documents that share a key with one, apart from those of the same source document."""
    seen = set()
    for key in likeness_keys(this.described).values():
        for one in by_key.get(key, ()):
            if one.key not in seen and one.described.exchange_key != this.described.exchange_key:
                seen.add(one.key)
                yield one


def key_of(entry: Entry) -> str:
    """Return by which a person's decision remembers a document."""
    return _key(entry.account, entry.source_id)


def _key(account: str, source_id: str) -> str:
    return f"{account}/{source_id}"
