"""The rename step: every planned document gets the file name that its copy at the target will have."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from debitoor_provider.sync.batches import WHOLE, chunks
from debitoor_provider.sync.ledger import State
from debitoor_provider.sync.naming.filename import name_key, split_name, unique
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
            [direction.wish(direction.corrected(direction.load(entry.snapshot), entry.decisions)) for entry in unnamed]
        )
        naming = job.ledger.names.give_all(zip(unnamed, given, strict=True), run_id=job.run_id)
        for entry in naming.named:
            log.info("Document %s: %r becomes %r", entry.source_id, entry.source_name, entry.target_name)
        named += len(naming.named)
        unnamed = sorted(naming.taken, key=lambda entry: turn(entry.source_id))
    return named


def turn(source_id: str) -> tuple[int, str]:
    """Return the key by which documents get their names in turn: older ones first, so that they get lower numbers."""
    return len(source_id), source_id


class FreeNames:
    """The file names that are free in an account: a wish that is taken gets ``_2``, ``_3`` (A-22).

    :param freed: names in the ledger that count as given up
    """

    def __init__(self, ledger: Ledger, account_id: str, direction: DirectionName, *, freed: Iterable[str] = ()) -> None:
        self._ledger = ledger
        self._account_id = account_id
        self._direction: DirectionName = direction
        self._freed = {name_key(name) for name in freed}
        self._used: set[str] = set()
        self._asked: set[str] = set()

    def give(self, wish: str) -> str:
        """Choose the name that comes next to the wish, and count it as taken."""
        return self.give_each([wish])[0]

    def give_each(self, wishes: Sequence[str]) -> list[str]:
        """Do the same for several wishes, in their order."""
        taken = self._ledger.names.keys_taken(self._account_id, self._direction, wishes)
        self._used |= taken - self._freed
        given = []
        for wish in wishes:
            if name_key(wish) in self._used:
                self._ask(cut(split_name(wish)[0], _STEM))
            given.append(unique(wish, self._used))
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
