"""What a store that counts the calls of a key has to offer, and its errors.

Every answer of a store is one atomic step by the store's own clock, so that processes and machines whose clocks differ
never get more together than the allowance. No store holds a lock while a caller waits: the wait of one key delays no
other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import Misconfigured, NotSent

Windows = tuple[tuple[int, float], ...]
"""Pairs of number of calls and seconds, from the shortest."""

SWEEP_EVERY = 500
"""Calls after which outdated entries are removed from a store that does not expire entries."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Why a call is not allowed yet.

    :param seconds: before it is worth asking again
    :param requested: whether the service asked for it; otherwise the allowance is used up
    """

    seconds: float
    requested: bool = False


class Store(Protocol):
    """The calls of one key; may be used by many threads at once.

    Every method raises :class:`NotSent` when the store is not available now, and :class:`Misconfigured` when a person
    has to act.
    """

    def take(self, share: float = 1.0, calls: int = 1) -> Wait | None:
        """Count a call if it is allowed now; otherwise return how long to wait.

        :param share: part of each window that may be full after the call
        :param calls: to be counted together, all or none; never more than a window has
        """

    def pause(self, seconds: float) -> None:
        """Allow no call with the key before so many seconds have passed."""

    def left(self) -> int:
        """Return how many calls the longest window still allows."""


def share_of(limit: int, share: float) -> int:
    """Return how many calls make a share of a window, at least one."""
    return max(1, int(limit * share))


def store_unavailable(store: str) -> NotSent:
    """Make the error of a store that does not answer.

    Nothing was sent: a call that is not counted could be one too many for all who use the key.
    """
    return NotSent(Message("pacing_store_unavailable", store=store))


def store_unusable(message: Message) -> Misconfigured:
    """Make the error of a store that does not work until a person has acted."""
    return Misconfigured(message)
