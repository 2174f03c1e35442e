"""The documents of a run as one stream: while those of a batch move, the next batch is claimed and prepared."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor, Future

    from debitoor_provider.sync.ledger import Entry
    from debitoor_provider.sync.steps.lease import RunLeases

    Mover = Callable[[Entry], None]

BATCH = 100  # documents claimed, and looked up at the target, at once; two batches are in memory


class Batch:
    """Claimed documents and what moves them; their leases are released when all are through.

    :param claimed: at least one
    """

    def __init__(self, claimed: list[Entry], mover: Mover, leases: RunLeases) -> None:
        self.claimed = claimed
        self.through = threading.Event()
        self._mover = mover
        self._leases = leases
        self._under_way = len(claimed)
        self._lock = threading.Lock()

    def move(self, entry: Entry, move: Callable[[Entry, Mover], None]) -> None:
        """Move one of them, and count it as done, also after an error."""
        try:
            move(entry, self._mover)
        finally:
            with self._lock:
                self._under_way -= 1
                is_last = not self._under_way
            if is_last:
                self._leases.release(self.claimed)
                self.through.set()


class Stream:
    """All documents of a run, each with its batch.

    The next batch is claimed in the background as soon as half of the present one has begun and all of the one before
    are through. So there are two at most, and no worker waits for the last document of a batch.

    :param pending: what the run is to move
    :param prepare: returns what moves claimed documents
    :param background: runs one thing after the other
    """

    def __init__(
        self,
        pending: Sequence[Entry],
        run_id: str,
        leases: RunLeases,
        prepare: Callable[[list[Entry]], Mover],
        background: Executor,
    ) -> None:
        self.held_elsewhere = 0
        """How many documents another run was found to hold."""
        self._pending = pending
        self._run_id = run_id
        self._leases = leases
        self._prepare = prepare
        self._background = background
        self._start = 0

    def __len__(self) -> int:
        return len(self._pending)

    def __iter__(self) -> Iterator[tuple[Batch, Entry]]:
        before: Batch | None = None
        batch = self._claim()
        while batch:
            coming: Future[Batch | None] | None = None
            for begun, entry in enumerate(batch.claimed):
                if coming is None and 2 * begun >= len(batch.claimed) and (before is None or before.through.is_set()):
                    before, coming = None, self._background.submit(self._claim)
                yield batch, entry
            if coming is None:
                if before:
                    before.through.wait()  # they have all begun, so they end
                coming = self._background.submit(self._claim)
            before, batch = batch, coming.result()

    def _claim(self) -> Batch | None:
        """Claim and prepare the next documents that no other run holds; ``None``: there are no more."""
        while self._start < len(self._pending):
            some = self._pending[self._start : self._start + BATCH]
            self._start += BATCH
            claimed = self._leases.claim(some, self._run_id)
            self.held_elsewhere += len(some) - len(claimed)
            if claimed:
                return Batch(claimed, self._prepare(claimed), self._leases)
        return None
