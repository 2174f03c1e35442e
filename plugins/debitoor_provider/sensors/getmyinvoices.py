"""Wait for documents of GetMyInvoices."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from debitoor_provider.links.records import SourceRecordLink
from debitoor_provider.runs.arguments import require_choice, require_count
from debitoor_provider.sensors.base import LookingSensor
from debitoor_provider.services.getmyinvoices.enums import Archived, DocumentType, PaymentStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.triggers.base import BaseTrigger

    from debitoor_provider.sync.steps.direction import Side


class GetMyInvoicesDocumentSensor(LookingSensor):
    """Wait until documents are there that pass all filters, and return their ids.

    It takes one call for each look, two with tags, at low priority: a fifth of the key's allowance is left to others.
    What is returned are the documents of the first pages that were read, a few hundred at most.

    :param getmyinvoices_conn_id: id of a connection of the type ``getmyinvoices``
    :param document_type: such as ``RECEIPT`` or ``INCOMING_INVOICE``
    :param company_uid: of one company; -1 for documents without one
    :param period_from: first document date, ``YYYY-MM-DD`` or a date, inclusive; empty: open
    :param period_to: last document date, ``YYYY-MM-DD`` or a date, inclusive; empty: open
    :param updated_since: created or changed then or later; an ISO time, in UTC if it names no zone
    :param tags: documents with any of these tags, in upper or lower case
    :param payment_status: ``Paid``, ``Not paid``, ``Partially`` or ``Unknown``
    :param note: text that the note contains
    :param number: text that the document number contains
    :param search: full-text search
    :param archived: ``any``, ``no`` or ``only``
    :param at_least: how many documents are waited for
    """

    template_fields: Sequence[str] = (
        "getmyinvoices_conn_id",
        "document_type",
        "company_uid",
        "period_from",
        "period_to",
        "updated_since",
        "tags",
        "payment_status",
        "note",
        "number",
        "search",
    )
    operator_extra_links = (SourceRecordLink(),)
    found_nothing = "There is no such document yet."
    ui_color = "#e6f1fb"

    def __init__(
        self,
        *,
        getmyinvoices_conn_id: str = "getmyinvoices_default",
        document_type: str = "",
        company_uid: int | str | None = None,
        period_from: str | date = "",
        period_to: str | date = "",
        updated_since: str | datetime = "",
        tags: Sequence[str] = (),
        payment_status: str = "",
        note: str = "",
        number: str = "",
        search: str = "",
        archived: str = "any",
        at_least: int = 1,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.getmyinvoices_conn_id = getmyinvoices_conn_id
        self.document_type = document_type
        self.company_uid = company_uid
        self.period_from = period_from
        self.period_to = period_to
        self.updated_since = updated_since
        self.tags = tags
        self.payment_status = payment_status
        self.note = note
        self.number = number
        self.search = search
        self.archived = archived
        self.at_least = at_least
        self.record_urls: dict[Side, str] = {}
        require_choice("document_type", document_type, ("", *map(str, DocumentType)))
        require_choice("payment_status", payment_status, ("", *map(str, PaymentStatus)))
        require_choice("archived", archived, [choice.name.lower() for choice in Archived])
        require_count("at_least", at_least)

    def look(self) -> list[int] | None:
        """Return the ids of the documents."""
        from debitoor_provider.runs.looking import find_documents

        found = find_documents(self.getmyinvoices_conn_id, self._wanted(), self.at_least)
        return self.returned(found) if found else None

    def returned(self, event: list[int]) -> list[int]:
        """Return the ids, and leave the address of the first document for the task's link."""
        from debitoor_provider.hooks.fields import address_of
        from debitoor_provider.runs.record_pages import page_of_connection

        if page := page_of_connection(self.getmyinvoices_conn_id, "web_url"):
            self.record_urls = {"source": address_of(page, str(event[0]))}
        return event

    def trigger(self) -> BaseTrigger:
        """Return what waits in the triggerer."""
        from debitoor_provider.triggers.getmyinvoices import GetMyInvoicesDocumentTrigger

        return GetMyInvoicesDocumentTrigger(
            self.getmyinvoices_conn_id, self._wanted(), self.at_least, poke_interval=self.poke_interval
        )

    def _wanted(self) -> dict[str, Any]:
        """Return the filters as the trigger is stored with them."""
        return {
            "archived": self.archived,
            "company_uid": self.company_uid,
            "tags": [self.tags] if isinstance(self.tags, str) else list(self.tags),
            **{name: _text(getattr(self, name)) for name in ("period_from", "period_to", "updated_since")},
            **{name: getattr(self, name) for name in ("document_type", "payment_status", "note", "number", "search")},
        }


def _text(moment: str | date | datetime | None) -> str:
    if isinstance(moment, date):
        return moment.isoformat()
    return moment or ""
