"""Wait in the triggerer for documents of GetMyInvoices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debitoor_provider.runs.looking import find_documents
from debitoor_provider.triggers.looking import LookingTrigger

if TYPE_CHECKING:
    from collections.abc import Mapping


class GetMyInvoicesDocumentTrigger(LookingTrigger):
    """Wait until there are documents that pass the filters; the event has their ids.

    :param getmyinvoices_conn_id: id of the connection
    :param wanted: the filters of the sensor
    :param at_least: how many documents are enough
    :param poke_interval: seconds between two looks
    """

    arguments = ("getmyinvoices_conn_id", "wanted", "at_least")

    def __init__(
        self, getmyinvoices_conn_id: str, wanted: Mapping[str, Any], at_least: int = 1, poke_interval: float = 60
    ) -> None:
        super().__init__(poke_interval=poke_interval)
        self.getmyinvoices_conn_id = getmyinvoices_conn_id
        self.wanted = dict(wanted)
        self.at_least = at_least

    @property
    def lock_key(self) -> str:
        """The connection."""
        return self.getmyinvoices_conn_id

    def look(self) -> list[int]:
        """Return the ids of the documents."""
        return find_documents(self.getmyinvoices_conn_id, self.wanted, self.at_least)
