"""The documents of all accounts as one list."""

from __future__ import annotations

from typing import Annotated

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from debitoor_provider.ui.access import ANY_USER
from debitoor_provider.ui.csv_export import CsvForm, rows_of
from debitoor_provider.ui.document_lists import DocumentListFilter, ListPart, counts_of, read_list, read_sums
from debitoor_provider.ui.downloads import as_csv
from debitoor_provider.ui.ledger import opened_ledger
from debitoor_provider.ui.models.documents import DocumentListOfAccounts, DocumentOfAccount
from debitoor_provider.ui.models.sums import SumList
from debitoor_provider.ui.strict import StrictRoute
from debitoor_provider.ui.visible_accounts import Accounts, accounts_of

router = APIRouter(tags=["Documents"], route_class=StrictRoute)


def _mine(user: GetUserDep, account: Annotated[str | None, Query(max_length=250)] = None) -> Accounts:
    return accounts_of(user, account)


Mine = Annotated[Accounts, Depends(_mine)]


@router.get("/documents", dependencies=[Depends(ANY_USER)])
def list_all_documents(
    mine: Mine, wanted: Annotated[DocumentListFilter, Depends()], part: Annotated[ListPart, Depends()]
) -> DocumentListOfAccounts:
    """List documents of all accounts that the user may see."""
    listing = read_list(wanted, part, **mine.filters())
    documents = [DocumentOfAccount.of(entry, account_name=mine.name(entry.account)) for entry in listing.entries]
    return DocumentListOfAccounts(**counts_of(listing), documents=documents)


@router.get("/documents.csv", dependencies=[Depends(ANY_USER)])
def export_all_documents(
    mine: Mine, wanted: Annotated[DocumentListFilter, Depends()], form: Annotated[CsvForm, Depends()]
) -> StreamingResponse:
    """Return documents of all accounts that the user may see as a table for spreadsheets."""
    ledger = opened_ledger()
    ids = ledger.lists.ids(wanted.chosen(), **wanted.narrowed(**mine.filters()))
    names = {account_id: mine.name(account_id) for account_id in mine.ids}
    return as_csv("documents.csv", rows_of(ledger, ids, form.dialect(), names))


@router.get("/documents/sums", dependencies=[Depends(ANY_USER)])
def sum_all_documents(mine: Mine, wanted: Annotated[DocumentListFilter, Depends()]) -> SumList:
    """Add up documents of all accounts that the user may see, by month, currency and tax rate."""
    return read_sums(wanted, **mine.filters())
