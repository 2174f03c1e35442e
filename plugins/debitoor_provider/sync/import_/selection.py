"""Which sales documents of Debitoor an account takes, and why not the others. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.debitoor.enums import SalesType
from debitoor_provider.sync.accounts.sections import SalesKind
from debitoor_provider.sync.period import outside
from debitoor_provider.sync.steps.left_out import LeftOut
from debitoor_provider.sync.text import shown

if TYPE_CHECKING:
    from debitoor_provider.services.debitoor.models import SalesDocument
    from debitoor_provider.sync.accounts.settings import ImportAccount


def select_sales(document: SalesDocument, account: ImportAccount) -> LeftOut | None:
    """Return why an account does not take a sales document; ``None`` when it does."""
    kind = SalesKind.CREDIT_NOTES if document.type is SalesType.CREDIT_NOTE else SalesKind.INVOICES
    if kind not in account.documents:
        return LeftOut(Message("document_type", which=Message(f"{kind.value}_not_imported")))
    if document.is_deleted:
        return LeftOut(Message("deleted", service="Debitoor"))
    if document.cancelled and SalesKind.CREDIT_NOTES not in account.documents:  # alone it would stay at its full amount
        return LeftOut(Message("cancelled_by_credit_note"))
    return outside(document.date, account.period, undated(document))


def undated(document: SalesDocument) -> Message:
    """Return why a sales document has no date: Debitoor states none, or it cannot be read."""
    if document.unread_date:
        return Message("sales_date_unreadable", date=shown(document.unread_date))
    return Message("sales_no_date")
