"""What a store has to offer in which the calls of a key are counted, and what is said when it cannot.

Every answer of a store is one atomic step by the store's own clock, so that processes and machines whose clocks differ
never get more together than the allowance. No store holds anything while somebody waits: one key's wait is no other's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from debitoor_provider.services.http.errors import Misconfigured, NotSent

Windows = tuple[tuple[int, float], ...]
"""Pairs of number of calls and seconds, from the shortest."""

SWEEP_EVERY = 500
"""Calls after which outdated entries are removed from a store that does not forget by itself."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Why a call is not allowed yet.

    :param seconds: before it is worth asking again
    :param asked: whether the service asked for it; otherwise the allowance is spent
    """

    seconds: float
    asked: bool = False


class Store(Protocol):
    """The calls of one key; may be used by many threads at once.

    Every method raises :class:`NotSent` when the store is away just now, and :class:`Misconfigured` when a person has
    to mend something.
    """

    def take(self, share: float = 1.0, calls: int = 1) -> Wait | None:
        """Count a call if it is allowed now; otherwise tell how long to wait.

        :param share: part of each window that may be full after the call, whoever filled it
        :param calls: to be counted together, all or none; never more than a window has
        """

    def pause(self, seconds: float) -> None:
        """Allow no call to anybody before so many seconds have passed."""

    def left(self) -> int:
        """Tell how many calls the longest window still allows."""


def part(limit: int, share: float) -> int:
    """Tell how many calls make a part of a window, at least one."""
    return max(1, int(limit * share))


def away(place: str) -> NotSent:
    """Make the error of a store that does not answer.

    Nothing was sent: a call that is not counted could be one too many for everybody who uses the key.
    """
    return NotSent(f"The store that counts the calls ({place}) does not answer, so nothing was sent.")


def unusable(place: str, remedy: str) -> Misconfigured:
    """Make the error of a store that a person has to mend."""
    return Misconfigured(f"The store for pacing ({place}) cannot be used.", remedy=remedy)
