"""How many documents of a period are still to be moved, before anything is planned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.sync.ledger import DONE, State
from debitoor_provider.sync.listing import list_documents, list_sales
from debitoor_provider.sync.selection import select, select_sales
from debitoor_provider.sync.window import manual

if TYPE_CHECKING:
    from datetime import date

    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.sync.accounts.settings import Account, ExportAccount, ImportAccount
    from debitoor_provider.sync.ledger import Ledger


def count_export(
    start: date,
    end: date,
    *,
    account: ExportAccount,
    account_id: str,
    ledger: Ledger,
    getmyinvoices: GetMyInvoicesClient,
) -> int:
    """Count the documents of GetMyInvoices that an export of a period would take up.

    No list tells the approval: with ``approved_only`` some of them may wait.
    """
    window = manual(start, end, ()).within(account.period.start, account.period.end)
    listed = list_documents(window, account, getmyinvoices, {})[0]
    fitting = [str(document.document_uid) for document in listed if select(document, account) is None]
    return _still_open(fitting, account, account_id, ledger)


def count_import(
    start: date, end: date, *, account: ImportAccount, account_id: str, ledger: Ledger, debitoor: DebitoorClient
) -> int:
    """Count the sales documents of Debitoor that an import of a period would take up."""
    window = manual(start, end, ()).within(account.period.start, account.period.end)
    listed = list_sales(window, account, debitoor)[0]
    fitting = [document.id for document in listed if select_sales(document, account) is None]
    return _still_open(fitting, account, account_id, ledger)


def _still_open(fitting: list[str], account: Account, account_id: str, ledger: Ledger) -> int:
    known = ledger.documents.known(account_id, account.type, fitting).values()
    return len(fitting) - sum(entry.state in {*DONE, State.IGNORED} for entry in known)
