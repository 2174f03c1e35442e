"""The leases of a run on its documents, and until when they are known to hold.

A process may be stopped (SIGSTOP, a paused container) or its machine may sleep, at any point and for any time. What it
knew of its leases before is then out of date, and nothing notifies it. So the time until which they hold is kept on a
clock that runs on in the meantime, and it is looked at before every piece of every write at the target.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from debitoor_provider.services.steady_clock import steady_seconds
from debitoor_provider.sync.ledger import LeaseLost

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import timedelta

    from debitoor_provider.sync.ledger import Entry, Ledger


class RunLeases:
    """The leases of one owner.

    :param owner: unique for each attempt of each task
    :param ttl: how long they last from the last extension
    :param clock: its seconds pass while the process is stopped and while the machine sleeps
    """

    def __init__(
        self, ledger: Ledger, owner: str, ttl: timedelta, *, clock: Callable[[], float] = steady_seconds
    ) -> None:
        self.owner = owner
        self.wrote = False
        """Whether a write at the target was permitted."""
        self.lost = False
        """Whether another run was found to have taken over a document."""
        self.every = ttl.total_seconds() / 4
        """Seconds after which they are extended while the work continues."""
        self._ledger = ledger
        self._ttl = ttl
        self._spare = ttl.total_seconds() / 2  # for the service to carry out what it has received completely
        self._clock = clock
        self._held: frozenset[str] = frozenset()
        self._until = 0.0
        self._lock = threading.Lock()

    def claim(self, entries: Iterable[Entry], run_id: str) -> list[Entry]:
        """Lease documents; return those that were free, as they are now."""
        asked = self._clock()  # before the statement: the leases hold at least so long
        claimed = self._ledger.leases.claim(entries, self.owner, self._ttl, run_id=run_id)
        until = asked + self._ttl.total_seconds()
        with self._lock:
            self._until = min(self._until, until) if self._held else until
            self._held |= {entry.exchange_key for entry in claimed}
        return claimed

    def release(self, entries: Collection[Entry] | None = None) -> None:
        """Release those on some documents, or all of them."""
        with self._lock:
            self._held -= self._held if entries is None else {entry.exchange_key for entry in entries}
        self._ledger.leases.release(self.owner, entries)

    def refresh(self) -> None:
        """Extend the leases after a part of their time."""
        with self._lock:
            if self._left() <= self._ttl.total_seconds() - self.every:
                self._extend()

    def permit(self, entry: Entry) -> None:
        """Make sure that a document's lease holds long enough for what is sent now to be carried out.

        :raises LeaseLost: when it does not, because another run holds it
        """
        with self._lock:
            if self._left() < self._spare:
                self._extend()
            if entry.exchange_key not in self._held or self._left() < self._spare:
                raise LeaseLost(f"Document {entry.source_id} is not leased to this run any more; another one has it.")
            self.wrote = True

    def _left(self) -> float:
        return self._until - self._clock()

    def _extend(self) -> None:
        asked = self._clock()
        self._held &= self._ledger.leases.extend_held(self.owner, self._ttl)
        self._until = asked + self._ttl.total_seconds()
