"""What Debitoor has for a window; choosing from it comes after."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from debitoor_provider.services.errors import NotFound
from debitoor_provider.sync.accounts.sections import SalesKind
from debitoor_provider.sync.source_ids import SALES_ID, not_an_id
from debitoor_provider.sync.window import manual

if TYPE_CHECKING:
    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.debitoor.models import SalesDocument
    from debitoor_provider.services.debitoor.sales import SalesFilters
    from debitoor_provider.sync.accounts.settings import ImportAccount
    from debitoor_provider.sync.window import Window

_RECENT = (90, 730)
"""Days to look back for samples: the service gives all of a period or none, so the short one is tried first."""


def list_sales(
    window: Window, account: ImportAccount, debitoor: DebitoorClient
) -> tuple[list[SalesDocument], list[str]]:
    """Return the sales documents that the window asks for, and the ids that do not exist any more."""
    gone: list[str] = []
    found: dict[str, SalesDocument] = {}
    if window.document_ids:
        for document_id in window.document_ids:
            try:
                found[document_id] = sales_document(document_id, debitoor)
            except NotFound:
                gone.append(document_id)
    elif not window.is_empty:
        asked: SalesFilters = {
            "changed_since": window.updated_since,
            "from_date": window.asked_start,
            "to_date": window.asked_end,
            "include_deleted": True,
        }
        if window.unfiltered or SalesKind.INVOICES in account.documents:
            rows = debitoor.invoices(**asked)
            found |= {row.id: row for row in rows}
        if window.unfiltered or SalesKind.CREDIT_NOTES in account.documents:
            rows = debitoor.credit_notes(**asked)
            found |= {row.id: row for row in rows}
    return list(found.values()), gone


def sales_document(document_id: str, debitoor: DebitoorClient) -> SalesDocument:
    """Return an invoice or a credit note; whether the invoices' path gives both is an assumption (A28).

    :raises NotFound: when it does not exist (any more)
    """
    if not SALES_ID.fullmatch(document_id):
        raise not_an_id(document_id, "Debitoor", "59f0c1d2e3a4b5c6d7e8f901")
    try:
        return debitoor.invoice(document_id)
    except NotFound:
        return debitoor.credit_note(document_id)


def sample_sales(account: ImportAccount, debitoor: DebitoorClient) -> list[SalesDocument]:
    """Return recent sales documents of the account's period, the newest first."""
    found: list[SalesDocument] = []
    last = min(account.period.end or date.max, datetime.now(UTC).date())
    for days in _RECENT:
        window = manual(last - timedelta(days=days), None, ()).within(account.period.start, account.period.end)
        found = found or list_sales(window, account, debitoor)[0]
    return sorted(found, key=_newest, reverse=True)


def _newest(document: SalesDocument) -> tuple[bool, date | None, str]:
    return document.date is not None, document.date, document.id
