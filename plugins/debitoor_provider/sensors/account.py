"""Wait for an account to be clean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debitoor_provider.links.synchronisation import SynchronisationLink
from debitoor_provider.runs.arguments import require_choice
from debitoor_provider.sensors.base import LookingSensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.triggers.base import BaseTrigger

_KINDS = ("attention", "to_do", "waiting")


class DebitoorAccountCleanSensor(LookingSensor):
    """Wait until the last run of an account went well and no document is left, and return the documents by state.

    It asks the ledger and no service. A document that is ignored, or left the source, is settled. Before the books of a
    month are closed, for instance::

        DebitoorAccountCleanSensor(
            task_id="settled",
            account="acme-receipts",
            period_from="2026-03-01",
            period_to="2026-03-31",
            synced_since="2026-04-01T00:00:00+02:00",
            deferrable=True,
        )

    :param account: id of the account
    :param without: what there may be none of: ``attention`` (held or rejected: a person has to decide), ``to_do`` (a
        run has to move it), ``waiting`` (for an approval or a tag)
    :param period_from: first document date, ``YYYY-MM-DD``, inclusive; empty: open. With a period, documents without a
        date do not count
    :param period_to: last document date, ``YYYY-MM-DD``, inclusive; empty: open
    :param synced_since: the last run that listed whatever was new has to have begun then or later: an ISO time, in UTC
        if it names no zone; empty: at any time
    """

    template_fields: Sequence[str] = ("account", "period_from", "period_to", "synced_since")
    operator_extra_links = (SynchronisationLink(),)
    found_nothing = "The account is not clean yet."
    ui_color = "#e6f1fb"

    def __init__(
        self,
        *,
        account: str,
        without: Sequence[str] = ("attention", "to_do"),
        period_from: str = "",
        period_to: str = "",
        synced_since: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.account = account
        self.without = (without,) if isinstance(without, str) else tuple(without)
        self.period_from = period_from
        self.period_to = period_to
        self.synced_since = synced_since
        for kind in self.without:
            require_choice("without", kind, _KINDS)

    def look(self) -> dict[str, int] | None:
        """Return the documents by state."""
        from debitoor_provider.runs.looking import find_clean

        return find_clean(self.account, self.without, self.period_from, self.period_to, self.synced_since)

    def trigger(self) -> BaseTrigger:
        """Return what waits in the triggerer."""
        from debitoor_provider.triggers.account import DebitoorAccountCleanTrigger

        return DebitoorAccountCleanTrigger(
            self.account,
            self.without,
            self.period_from,
            self.period_to,
            self.synced_since,
            poke_interval=self.poke_interval,
        )

    def returned(self, event: dict[str, dict[str, int]]) -> dict[str, int]:
        """Return the documents by state."""
        return event["counts"]
