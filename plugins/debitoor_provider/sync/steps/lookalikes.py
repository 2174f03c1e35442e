"""Documents that may be duplicates although no marker connects them: under another id, or booked by hand.

Among documents of the ledger the one that came later may be the duplicate; of two that go in the same run, that is the
one that was planned later. So a preview, a run and its next attempt come to the same result.
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import DUE, likeness_keys
from debitoor_provider.sync.likeness import Facts, alike
from debitoor_provider.sync.marks import POSSIBLE_DUPLICATE
from debitoor_provider.sync.obstacle import Obstacle, ObstacleKind
from debitoor_provider.sync.steps.known import GIVEN_UP, Known, by_likeness, key_of, one_each, others_like
from debitoor_provider.sync.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date
    from decimal import Decimal

    from debitoor_provider.sync.ledger import Described, Entry, Sent
    from debitoor_provider.sync.statement import Statement, TargetRecord
    from debitoor_provider.sync.steps.job import Job
    from debitoor_provider.sync.steps.recorded import Recorded
    from debitoor_provider.sync.steps.turns import SharedJudgement

_MOST_NAMED = 5
_MOST_KEPT = 20  # of each kind: many equal documents need no list of all others at each of them
CODE: str = POSSIBLE_DUPLICATE
"""The reason of a held document, and the mark of one that was sent."""
TARGET = "target"


class Lookalikes:
    """What the documents of a batch may be duplicates of.

    Most documents are compared by their records, and in any order. What is to be sent of a document may be known from
    its file only, or be what a person chose. Such a document waits until those that began before it have been compared;
    then its figures are compared with the others' records, and with the figures of other such documents. A document
    whose record is like that of one that began before it waits too: the other may be sent with other figures.

    :param known: documents of the ledger that share number, or date and amount, with one of them
    :param recorded: returns the target's records around their dates
    :param is_known: whether one of these ids is a document of the account that is compared itself, see
        :attr:`.Known.stands_for_record`
    :param judged: knows the turns of these documents, and of those that began before
    :param first: how many documents have begun with the last of these
    :param find: returns other documents of the ledger that share number, or date and amount, with one
    """

    def __init__(
        self,
        job: Job,
        known: Iterable[Known],
        recorded: Callable[[], Recorded],
        is_known: Callable[[frozenset[str]], bool],
        judged: SharedJudgement,
        first: int,
        find: Callable[[Described], Iterable[Known]],
    ) -> None:
        self._job = job
        self._recorded = recorded
        self._is_known = is_known
        self._judged = judged
        self._turns = judged.turns
        self._first = first
        self._find = find
        self._by_key = by_likeness(sorted(known, key=lambda one: one.order))

    def read(self, this: Known, sent: Sent) -> None:
        """Take note of the figures that are to be sent of a document, once its file was read."""
        now = this.to_be_sent(sent)
        if now is this and this.is_certain:
            return  # as most are
        self._turns.wait(this.key)
        self._judged.note(now)

    def end(self, key: str) -> None:
        """Let those continue that wait for the document of this key: it was judged, or does not come so far."""
        self._turns.end(key)

    def judge(self, this: Known, statement: Statement, party: str, *, invoice: str = "") -> Message | None:
        """Return what a document may be a duplicate of, apart from what a person has ruled out.

        :param statement: what the target's record of it would say
        :param party: supplier or company of that record
        :raises Obstacle: when the account holds such documents
        """
        try:
            message = self._judge(this, statement, party)
        finally:
            self.end(this.key)
        if message and self._job.account.duplicates == "hold":
            raise Obstacle(ObstacleKind.HELD, message, invoice=invoice)
        return message

    def _judge(self, this: Known, statement: Statement, party: str) -> Message | None:
        if this.entry and this.entry.wants_new_record:
            return None
        now = self._judged.read.get(this.key)
        in_ledger = list(islice(self._by_figures(this, now) if now else self._by_record(this), _MOST_KEPT))
        found = {one.key: _document(one) for one in in_ledger}
        target_ids = {one.entry.target_id for one in in_ledger if one.entry}
        for record in islice(self._at_target(now or this, statement, party), _MOST_KEPT):
            if record.id not in target_ids:
                found[f"{TARGET}:{record.id}"] = _record(record, self._job.direction.target_title)
        if found:
            ruled_out = self._ruled_out(this, in_ledger)
            found = {key: message for key, message in found.items() if key not in ruled_out}
        if not found:
            return None
        self._judged.repeats[this.key] = found.keys()
        return Message(CODE, records=list(found.values())[:_MOST_NAMED], keys=list(found))

    def _ruled_out(self, this: Known, others: Iterable[Known]) -> set[str]:
        """Return the keys of what a person said a document is no duplicate of, whichever of the two they said it of."""
        entries = {one.key: one.entry for one in (this, *others) if one.entry}
        said = self._job.ledger.documents.distinct_from(entries.values())
        own = said.get(entries[this.key].id, set()) if this.key in entries else set()
        return own | {key for key, entry in entries.items() if this.key in said.get(entry.id, ())}

    def _by_record(self, this: Known) -> Iterator[Known]:
        """Yield the documents whose records are like this document's, and are still so as they are sent."""
        for one in one_each(others_like(this, self._by_key), self._job.account_id):
            if (one.order < this.order or one.is_sent) and self._alike(this, one):
                if self._is_left(one):
                    self._turns.wait(this.key)
                sent = self._judged.read.get(one.key, one)
                if self._alike(this, sent) and not self._is_repeat(one, this):
                    yield sent

    def _by_figures(self, this: Known, now: Known) -> Iterator[Known]:
        """Yield the documents that are like this document as it is to be sent.

        :param now: with those figures
        """
        others = {one.key: one for one in others_like(this, self._by_key)}
        others |= {one.key: one for one in others_like(now, self._by_key)}
        if likeness_keys(now.described) != likeness_keys(this.described):
            others |= {one.key: one for one in self._find(now.described) if one.key not in others}
        others |= {one.key: one for one in others_like(now, self._judged.read_by_key)}
        sent = (self._judged.read.get(one.key, one) for one in one_each(others.values(), self._job.account_id))
        for one in sorted(sent, key=lambda one: one.order):
            if one.described.exchange_key == this.described.exchange_key or not self._alike(now, one):
                continue
            if one.is_sent or not (self._comes_later(one, this) or self._is_repeat(one, this)):
                yield one

    def _comes_later(self, one: Known, this: Known) -> bool:
        """Return whether it is the other document that is found to be like this one."""
        if one.key in self._judged.read:
            return False  # it began before, and this one's figures were not known then
        if self._is_left(one) and not one.is_certain:
            return True
        return one.order > this.order and self._alike(this, one)

    def _is_left(self, one: Known) -> bool:
        """Return whether a document is still to be judged; of one of a later batch, only its entry says so."""
        if self._turns.is_among(one.key, self._first):
            return self._turns.is_left(one.key)
        return one.entry is not None and one.account == self._job.account_id and one.entry.state in DUE

    def _is_repeat(self, one: Known, this: Known) -> bool:
        """Return whether another document was found to be like this one before."""
        if one.is_sent:
            return False
        if self._turns.is_among(one.key, self._first):
            return one.key in self._judged.read and this.key in self._judged.repeats.get(one.key, ())
        return one.entry is not None and this.key in lookalike_keys(one.entry)

    def _alike(self, one: Known, other: Known) -> bool:
        decide = self._job.direction.numbers_decide
        return alike(Facts.of(one.described), Facts.of(other.described), numbers_decide=decide)

    def _at_target(self, this: Known, statement: Statement, party: str) -> Iterator[TargetRecord]:
        number, gross = this.described.document_number, statement.gross or None
        facts = Facts(number, statement.date, gross, statement.currency, party)
        for record in self._recorded().alike(facts, numbers_decide=self._job.direction.numbers_decide):
            if not self._is_known(record.source_ids):  # the document that it belongs to is judged instead
                yield record


@contextmanager
def turn_of(lookalikes: Lookalikes | None, entry: Entry) -> Iterator[None]:
    """Let those continue that wait for a document, also after an error."""
    try:
        yield
    finally:
        if lookalikes:
            lookalikes.end(key_of(entry))


def in_ledger(job: Job, claimed: Sequence[Entry], judged: SharedJudgement, recorded: Sequence[Recorded]) -> Lookalikes:
    """Return what the documents of a batch that a run has claimed may be duplicates of.

    :param judged: what the run knows of the documents of its batches
    :param recorded: has the target's records before the first document is judged
    """
    first = judged.begin(Known.of(entry, job.run_id).key for entry in claimed)
    known = [Known.of(entry, job.run_id) for entry in job.ledger.documents.alike(claimed)]
    ids = {entry.id for entry in claimed}

    def find(described: Described) -> Iterator[Known]:
        return (Known.of(entry, job.run_id) for entry in job.ledger.documents.alike([described]) if entry.id not in ids)

    def is_known(source_ids: frozenset[str]) -> bool:
        entries = job.ledger.documents.known(job.account_id, job.direction.name, source_ids) if source_ids else {}
        there = [Known.of(entry, job.run_id) for entry in entries.values() if entry.state not in GIVEN_UP]
        return any(one.stands_for_record for one in there)

    return Lookalikes(job, known, lambda: recorded[0], is_known, judged, first, find)


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


def lookalikes_of_account(entry: Entry) -> list[str]:
    """Return the ids, at the source, of the documents of its account that a document may be a duplicate of."""
    keys = (key.rpartition("/") for key in lookalike_keys(entry))
    return [source_id for account, _, source_id in keys if account == entry.account]


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
