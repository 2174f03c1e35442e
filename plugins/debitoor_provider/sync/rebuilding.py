"""A lost ledger, restored from the marks that every record at the target carries (design section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.services.getmyinvoices.enums import Archived
from debitoor_provider.sync.ledger import FoundDocument, RebuildResult
from debitoor_provider.sync.specification import ANY_SALES_MARKER, find_marker, find_sales_marker

if TYPE_CHECKING:
    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.sync.ledger import Ledger


def rebuild_export(
    *, account_id: str, ledger: Ledger, getmyinvoices: GetMyInvoicesClient, debitoor: DebitoorClient
) -> RebuildResult:
    """Enter every document whose mark is on an expense in Debitoor as moved.

    Two sync accounts that share both services find each other's documents too: that keeps either from sending them.
    """
    number = getmyinvoices.account_number
    found: dict[int, FoundDocument] = {}
    for expense in debitoor.expenses():
        uid = next(filter(None, (find_marker(line.description) for line in expense.lines)), None)
        if uid is not None:
            found[uid] = FoundDocument(
                source_id=str(uid),
                exchange_key=f"getmyinvoices:{number}:{uid}",
                target_id=expense.id,
                target_name=expense.file.file_name if expense.file else None,
                document_date=expense.date,
                company=expense.supplier_name,
                currency=expense.currency,
                net_amount=expense.total_net_amount,
                gross_amount=expense.total_gross_amount,
                moved_at=expense.created_date,
            )
    return ledger.documents.rebuild(account_id, "export", found.values())


def rebuild_import(*, account_id: str, ledger: Ledger, getmyinvoices: GetMyInvoicesClient) -> RebuildResult:
    """Enter every sales document whose mark is in a note in GetMyInvoices as moved."""
    found: dict[str, FoundDocument] = {}
    for document in getmyinvoices.documents(archived=Archived.ANY, note=ANY_SALES_MARKER):
        sales_id = find_sales_marker(document.note)
        if sales_id:
            found[sales_id] = FoundDocument(
                source_id=sales_id,
                exchange_key=f"debitoor:{sales_id}",
                target_id=str(document.document_uid),
                target_name=document.filename or None,
                document_date=document.document_date,
                document_number=document.document_number,
                company=document.company_name,
                currency=document.currency,
                net_amount=document.net_amount,
                gross_amount=document.gross_amount,
            )
    return ledger.documents.rebuild(account_id, "import", found.values())
