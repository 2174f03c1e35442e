"""Wait in the triggerer for an account to be clean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.runs.looking import find_clean
from debitoor_provider.triggers.looking import LookingTrigger

if TYPE_CHECKING:
    from collections.abc import Sequence


class DebitoorAccountCleanTrigger(LookingTrigger):
    """Wait until the last run of an account went well and nothing is left; the event counts documents by state.

    :param account: id of the account
    :param without: as in the sensor
    :param period_from: as in the sensor
    :param period_to: as in the sensor
    :param synced_since: as in the sensor
    :param poke_interval: seconds between two looks
    """

    arguments = ("account", "without", "period_from", "period_to", "synced_since")

    def __init__(
        self,
        account: str,
        without: Sequence[str],
        period_from: str = "",
        period_to: str = "",
        synced_since: str = "",
        poke_interval: float = 60,
    ) -> None:
        super().__init__(poke_interval=poke_interval)
        self.account = account
        self.without = list(without)
        self.period_from = period_from
        self.period_to = period_to
        self.synced_since = synced_since

    @property
    def lock_key(self) -> str:
        """The account."""
        return f"account {self.account}"

    def look(self) -> dict[str, dict[str, int]] | None:
        """Return the counts, in a mapping that is not empty when they are."""
        counts = find_clean(self.account, self.without, self.period_from, self.period_to, self.synced_since)
        return None if counts is None else {"counts": counts}
