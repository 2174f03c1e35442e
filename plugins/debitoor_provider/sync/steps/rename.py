"""The rename step: every planned document gets the file name that its copy at the target will have.

A document that is edited before its file is uploaded gets another name then: of the record that is sent.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from debitoor_provider.sync.batches import WHOLE, chunks
from debitoor_provider.sync.ledger import State
from debitoor_provider.sync.naming.filename import is_numbered, name_key, split_name, unique
from debitoor_provider.sync.text import cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from debitoor_provider.sync.ledger import DirectionName, Entry, Ledger
    from debitoor_provider.sync.steps.job import Job

log = logging.getLogger(__name__)

_STEM = 40  # characters that a number at the end of a long name never cuts away, even if each has four bytes
_ROUNDS = 50  # other runs may take a name between our look and our write


def rename(job: Job) -> int:
    """Give each planned document of the run that has none its name; a name once given stays.

    :return: how many got a name now
    """
    return rename_each(job, job.unnamed())


def rename_each(job: Job, entries: Iterable[Entry]) -> int:
    """Give documents their names in this order; of those that have one, or are not planned, none changes.

    :return: how many got a name now
    """
    unnamed = (entry for entry in entries if entry.target_name is None and entry.state is State.PLANNED)
    return sum(_rename(some, job) for some in chunks(unnamed, WHOLE))


def _rename(unnamed: list[Entry], job: Job) -> int:
    direction = job.direction
    named = 0
    for _ in range(_ROUNDS):
        if not unnamed:
            break
        names = FreeNames(job.ledger, job.account_id, direction.name)
        given = names.give_each(
            [
                direction.wanted_name(direction.corrected(direction.load(entry.snapshot), entry.decisions))
                for entry in unnamed
            ]
        )
        naming = job.ledger.names.give_all(zip(unnamed, given, strict=True), run_id=job.run_id)
        for entry in naming.named:
            log.info("Document %s: %r becomes %r", entry.source_id, entry.source_name, entry.target_name)
        named += len(naming.named)
        unnamed = sorted(naming.taken, key=lambda entry: naming_order(entry.source_id))
    return named


def name_again(job: Job, entry: Entry, record: Any) -> Entry:
    """Give a document the name that its record makes now, if that is another one; to be called before its upload.

    For an unchanged document this makes no statement.

    :param entry: announced, and leased to this run
    :param record: the document as it is sent, but for what a person has stated about it
    """
    wanted = other_wanted_name(job, entry, record)
    if wanted is None:
        return entry
    for _ in range(_ROUNDS):
        names = FreeNames(job.ledger, job.account_id, job.direction.name)
        name = names.give_instead(entry.target_name, wanted)
        if name == entry.target_name:
            break
        if changed := job.ledger.names.change(entry, name):
            log.info("Document %s was edited: %r becomes %r", entry.source_id, entry.target_name, name)
            return changed
    return entry


def other_wanted_name(job: Job, entry: Entry, record: Any) -> str | None:
    """Return which name a document should have; ``None`` when it is the one that it has, apart from a number.

    :param record: the document as it is now, but for what a person has stated about it
    """
    direction, name = job.direction, entry.target_name or ""
    wanted = direction.wanted_name(direction.corrected(record, entry.decisions))
    if name == wanted:
        return None
    before = direction.wanted_name(direction.corrected(direction.load(entry.snapshot), entry.decisions))
    return None if before == wanted and is_numbered(name, wanted) else wanted


def naming_order(source_id: str) -> tuple[int, str]:
    """Return the key by which documents get their names in order: older ones first, so that they get lower numbers."""
    return len(source_id), source_id


class FreeNames:
    """The file names that are free in an account: a wanted one that is taken gets ``_2``, ``_3`` (A-22).

    :param freed: names in the ledger that count as given up
    """

    def __init__(self, ledger: Ledger, account_id: str, direction: DirectionName, *, freed: Iterable[str] = ()) -> None:
        self._ledger = ledger
        self._account_id = account_id
        self._direction: DirectionName = direction
        self._freed = {name_key(name) for name in freed}
        self._used: set[str] = set()
        self._asked: set[str] = set()

    def give(self, wanted: str) -> str:
        """Choose the name that comes next to the wanted name, and count it as taken."""
        return self.give_each([wanted])[0]

    def give_instead(self, given_up: str | None, wanted: str) -> str:
        """Choose the name that comes next to the wanted name for a document that gives up the name that it has."""
        if given_up:
            key = name_key(given_up)
            self._freed.add(key)
            self._used.discard(key)
        return self.give(wanted)

    def give_each(self, wanted_names: Sequence[str]) -> list[str]:
        """Give each of several wanted names the one that is free, in their order."""
        taken = self._ledger.names.keys_taken(self._account_id, self._direction, wanted_names)
        self._used |= taken - self._freed
        given = []
        for wanted in wanted_names:
            if name_key(wanted) in self._used:
                self._ask(cut(split_name(wanted)[0], _STEM))
            given.append(unique(wanted, self._used))
            self.keep(given[-1])
        return given

    def _ask(self, stem: str) -> None:
        """Read the names with the same stem, among which a free number has to be found."""
        if stem not in self._asked:
            self._asked.add(stem)
            taken = self._ledger.names.taken(self._account_id, self._direction, stem)
            self._used |= {name_key(name) for name in taken} - self._freed

    def keep(self, name: str) -> None:
        """Count a name as taken."""
        self._used.add(name_key(name))
