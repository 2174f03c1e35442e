"""Documents that may be duplicates although no mark connects them: under another id, or booked by hand.

Among documents of the ledger the one that came later may be the duplicate; of two that go in the same run, that is the
one that was planned later. So a preview, a run and its next attempt come to the same result.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import DONE, State, likeness_keys
from debitoor_provider.sync.likeness import Facts, alike
from debitoor_provider.sync.obstacle import Obstacle, ObstacleKind
from debitoor_provider.sync.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from debitoor_provider.sync.ledger import Described, Entry
    from debitoor_provider.sync.statement import Statement, TargetRecord
    from debitoor_provider.sync.steps.job import Job
    from debitoor_provider.sync.steps.recorded import Recorded

_MOST_NAMED = 5
_MOST_KEPT = 20  # of each kind: many equal documents need no list of all others at each of them
CODE = "possible_duplicate"
"""The reason of a held document, and the mark of one that was sent."""
TARGET = "target"
GIVEN_UP = frozenset({State.IGNORED, State.GONE})
"""The states of documents that no other one repeats."""


@dataclass(frozen=True, slots=True)
class Known:
    """A document that another one may repeat.

    :param order: a document may repeat those with a lower order
    :param described: what the source states of it
    :param account: that it belongs to
    :param entry: what the ledger has of it; ``None`` for one that a preview would enter
    :param is_sent: whether an earlier run has sent it, so that any document may repeat it
    """

    order: tuple[int, int]
    described: Described
    account: str
    entry: Entry | None = None
    is_sent: bool = False

    @classmethod
    def of(cls, entry: Entry, run_id: str, described: Described | None = None) -> Known:
        """Return what an entry of the ledger stands for.

        :param run_id: the run that asks; what it has sent itself is judged by its order
        :param described: what the plan would make of it
        """
        is_sent = entry.state in DONE and entry.moved_by != run_id
        return cls((0, entry.id), described or entry, entry.account, entry, is_sent)

    @property
    def key(self) -> str:
        """By which a person's decision remembers it."""
        return f"{self.account}/{self.described.source_id}"


class Lookalikes:
    """What the documents of a batch may be duplicates of.

    :param known: documents of the ledger that share number, or date and amount, with one of them
    :param recorded: returns the target's records around their dates
    :param distinct: by the id of an entry, what a person said it is no duplicate of
    :param is_known: whether one of these ids is a document of the account that is compared itself, see
        :func:`stands_for_record`
    """

    def __init__(
        self,
        job: Job,
        known: Iterable[Known],
        recorded: Callable[[], Recorded],
        distinct: Mapping[int, Collection[str]],
        is_known: Callable[[frozenset[str]], bool],
    ) -> None:
        self._job = job
        self._recorded = recorded
        self._distinct = distinct
        self._is_known = is_known
        self._by_key: dict[str, list[Known]] = {}
        for one in sorted(known, key=lambda one: one.order):
            for key in filter(None, likeness_keys(one.described).values()):
                self._by_key.setdefault(key, []).append(one)

    def judge(self, this: Known, statement: Statement, party: str, *, invoice: str = "") -> Message | None:
        """Return what a document may be a duplicate of, apart from what a person has ruled out.

        :param statement: what the target's record of it would say
        :param party: supplier or company of that record
        :raises Obstacle: when the account holds such documents
        """
        if this.entry and this.entry.wants_new_record:
            return None
        in_ledger = list(islice(self._in_ledger(this), _MOST_KEPT))
        found = {one.key: _document(one) for one in in_ledger}
        target_ids = {one.entry.target_id for one in in_ledger if one.entry}
        for record in islice(self._at_target(this, statement, party), _MOST_KEPT):
            if record.id not in target_ids:
                found[f"{TARGET}:{record.id}"] = _record(record, self._job.direction.target_title)
        if found and this.entry:
            ruled_out = self._distinct.get(this.entry.id, ())
            found = {key: message for key, message in found.items() if key not in ruled_out}
        if not found:
            return None
        message = Message(CODE, records=list(found.values())[:_MOST_NAMED], keys=list(found))
        if self._job.account.duplicates == "hold":
            raise Obstacle(ObstacleKind.HELD, message, invoice=invoice)
        return message

    def _in_ledger(self, this: Known) -> Iterator[Known]:
        facts, unique = Facts.of(this.described), self._job.direction.numbers_decide
        seen = set()
        for key in likeness_keys(this.described).values():
            for one in self._by_key.get(key, ()):
                may_be = one.order < this.order or one.is_sent
                if not may_be or one.key in seen or one.described.exchange_key == this.described.exchange_key:
                    continue
                seen.add(one.key)
                if alike(facts, Facts.of(one.described), numbers_decide=unique):
                    yield one

    def _at_target(self, this: Known, statement: Statement, party: str) -> Iterator[TargetRecord]:
        number, gross = this.described.document_number, statement.gross or None
        facts = Facts(number, statement.date, gross, statement.currency, party)
        for record in self._recorded().alike(facts, numbers_decide=self._job.direction.numbers_decide):
            if not self._is_known(record.source_ids):  # the document that it belongs to is judged instead
                yield record


def in_ledger(job: Job, claimed: Sequence[Entry], recorded: Sequence[Recorded]) -> Lookalikes:
    """Return what the documents that a run has claimed may be duplicates of.

    :param recorded: has the target's records before the first document is judged
    """
    known = [Known.of(entry, job.run_id) for entry in job.ledger.documents.alike(claimed)]

    def is_known(source_ids: frozenset[str]) -> bool:
        entries = job.ledger.documents.known(job.account_id, job.direction.name, source_ids) if source_ids else {}
        there = [Known.of(entry, job.run_id) for entry in entries.values() if entry.state not in GIVEN_UP]
        return any(map(stands_for_record, there))

    return Lookalikes(job, known, lambda: recorded[0], job.ledger.documents.distinct_from(claimed), is_known)


def stands_for_record(known: Known) -> bool:
    """Return whether a document is compared instead of the record that the target has of it.

    Of one that was sent without a number of its own, e.g. one that a rebuild found, the record's text may have it.
    """
    return bool(known.described.document_number) or not known.is_sent


def lookalikes(entry: Entry) -> list[dict[str, Any]]:
    """Return the records that a document may be a duplicate of, as far as they are named.

    :return: ``where``, ``account`` and ``source_id`` (empty for a record of the target), ``number``, ``date``,
        ``gross``, ``currency`` and ``party`` of each
    """
    message = _message(entry)
    named = message.params["records"] if message else []
    return [_read(record["params"]) for record in named]


def _read(params: dict[str, Any]) -> dict[str, Any]:
    where = Message.from_json(params["where"])
    place = {"where": where.text()} | {name: where.params.get(name, "") for name in ("account", "source_id")}
    return place | {name: params[name] for name in ("number", "date", "gross", "currency", "party")}


def _message(entry: Entry) -> Message | None:
    return entry.duplicate or (entry.message if entry.reason_code == CODE else None)


def lookalike_keys(entry: Entry) -> list[str]:
    """Return the keys of the records that a document may be a duplicate of."""
    message = _message(entry)
    return list(message.params["keys"]) if message else []


def _document(one: Known) -> Message:
    document = one.described
    where = Message("lookalike_document", source_id=document.source_id, account=one.account)
    return _lookalike(
        where,
        document.document_number,
        document.document_date,
        document.gross_amount,
        document.currency,
        document.company,
    )


def _record(record: TargetRecord, service: str) -> Message:
    there = record.statement
    where = Message("lookalike_record", record=record.number or record.id, service=service)
    number = record.document_number
    return _lookalike(where, number, there.date, there.gross, there.currency, record.party)


def _lookalike(
    where: Message, number: str, day: date | None, gross: Decimal | None, currency: str, party: str
) -> Message:
    parts = [
        one_line(party),
        one_line(number),
        Message("lookalike_day", day=day) if day else "",
        Message("lookalike_amount", gross=f"{gross:.2f}", currency=currency) if gross is not None else "",
    ]
    return Message(
        "lookalike",
        what=[part for part in parts if part],
        where=where,
        number=number,
        date=day,
        gross=gross,
        currency=currency,
        party=party,
    )
