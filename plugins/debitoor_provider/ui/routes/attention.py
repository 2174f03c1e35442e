"""What needs a decision, over all accounts."""

from __future__ import annotations

from typing import Annotated

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Depends, Query

from debitoor_provider.ui.access import ANY_USER, Right, rights
from debitoor_provider.ui.account_states import NEED_HELP
from debitoor_provider.ui.document_lists import ListPart, Newest, counts_of, read_attention
from debitoor_provider.ui.fileless import fileless_accounts
from debitoor_provider.ui.ledger import opened_ledger
from debitoor_provider.ui.models.documents import AttentionCount, AttentionList, DocumentOfAccount
from debitoor_provider.ui.overview import overview
from debitoor_provider.ui.strict import StrictRoute
from debitoor_provider.ui.visible_accounts import accounts_of

router = APIRouter(tags=["Documents"], route_class=StrictRoute)


@router.get("/attention", dependencies=[Depends(ANY_USER)])
def list_attention(
    user: GetUserDep,
    account: Annotated[str | None, Query(max_length=250)] = None,
    search: Annotated[str, Query(max_length=200, description="Found in id, number, company, names or amount")] = "",
    newest: Newest = False,
    code: Annotated[str | None, Query(max_length=200, description="Only those with this reason")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> AttentionList:
    """List the held and rejected documents of all accounts that the user may see, newest change first."""
    mine = accounts_of(user, account)
    with opened_ledger().reading():
        found = read_attention(search.strip(), newest, code, ListPart(limit=limit, offset=offset), **mine.filters())
    editable = rights(user, {entry.account for entry in found.entries}, [Right.EDIT])
    return AttentionList(
        **counts_of(found),
        documents=[
            DocumentOfAccount.of(
                entry,
                account_name=mine.name(entry.account),
                **({} if editable[entry.account][Right.EDIT] else {"actions": []}),
            )
            for entry in found.entries
        ],
    )


@router.get("/attention/count", dependencies=[Depends(ANY_USER)])
def count_attention(user: GetUserDep) -> AttentionCount:
    """Count what needs a person, of all accounts that the user may see: documents, and accounts by their state."""
    mine = accounts_of(user)
    with opened_ledger().reading():
        counts = opened_ledger().figures.counts()
        rows = overview({id_: file for id_, file in mine.files.items() if id_ in mine.ids}, counts)
        others = mine.ids - mine.files.keys()
        states = [row.state for row in rows]
        states += [row.state for row in fileless_accounts(others, counts)] if others else []
    documents = sum(counts[account].attention for account in mine.ids & counts.keys())
    accounts = sum(state in NEED_HELP for state in states)
    return AttentionCount(total=documents + accounts, documents=documents, accounts=accounts)
