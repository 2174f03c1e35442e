"""What the operations of the ledger return."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from debitoor_provider.sync.ledger.entries import Entry


class Outcome(StrEnum):
    """What a plan meant for one document."""

    NEW = "new"
    REFRESHED = "refreshed"  # known and not sent; now with the new record
    RETURNED = "returned"  # was gone, or needed attention and has changed since
    UNCHANGED = "unchanged"
    SENDING = "sending"  # another run is at it, or its outcome has to be settled first
    DONE = "done"  # at the target already
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class PlanResult:
    """What a plan came to.

    :param outcomes: by source id
    :param waiting: how many of the listed documents are now waiting
    :param gone: how many documents left the source or the filter
    """

    outcomes: Mapping[str, Outcome]
    waiting: int
    gone: int

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many documents had each outcome."""
        return dict(Counter(self.outcomes.values()))


@dataclass(frozen=True, slots=True)
class Naming:
    """The result of assigning names.

    :param named: those that have a name now, with it
    :param taken: those whose name another document of the account has: try the next
    """

    named: list[Entry]
    taken: list[Entry]


@dataclass(frozen=True, slots=True)
class RebuildResult:
    """How many documents a rebuild added, set to moved, and found as they were."""

    added: int
    restored: int
    unchanged: int
