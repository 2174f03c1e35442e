"""The documents of an account: their states, and the actions of users on them."""

from __future__ import annotations

import mimetypes
from typing import Annotated

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Depends, Path
from fastapi.responses import StreamingResponse

from debitoor_provider.services.errors import NotFound
from debitoor_provider.sync.contradictions import contradictions
from debitoor_provider.sync.directions import DIRECTIONS
from debitoor_provider.sync.ledger import Entry
from debitoor_provider.sync.steps.direction import Side
from debitoor_provider.sync.steps.lookalikes import lookalikes
from debitoor_provider.ui import audit
from debitoor_provider.ui.access import EDIT, RUN, SEE
from debitoor_provider.ui.corrections import asked_books_currency, books_currency, correct, stated_of
from debitoor_provider.ui.csv_export import CsvForm, rows_of
from debitoor_provider.ui.document_actions import act
from debitoor_provider.ui.document_files import fetch
from debitoor_provider.ui.document_lists import FilterOfAccount, ListPart, counts_of, read_list, read_sums
from debitoor_provider.ui.downloads import as_csv, attachment
from debitoor_provider.ui.folder import settings_of
from debitoor_provider.ui.ledger import opened_ledger
from debitoor_provider.ui.models.corrections import BooksCurrency, CorrectionRequest
from debitoor_provider.ui.models.documents import (
    LARGEST_ID,
    ActionRequest,
    ActionResult,
    ContradictionModel,
    DocumentList,
    DocumentModel,
    DocumentWithHistory,
    EventModel,
)
from debitoor_provider.ui.models.lookalikes import LookalikeModel
from debitoor_provider.ui.models.sums import SumList
from debitoor_provider.ui.record_links import record_urls
from debitoor_provider.ui.refusals import RequestRefused
from debitoor_provider.ui.strict import StrictRoute

router = APIRouter(tags=["Documents"], route_class=StrictRoute)

DocumentId = Annotated[int, Path(ge=1, le=LARGEST_ID)]

_SHOWN_AS = {"application/pdf", "image/jpeg", "image/png", "image/gif"}


@router.get("/accounts/{account_id}/documents", dependencies=[Depends(SEE)])
def list_documents(
    account_id: str, wanted: Annotated[FilterOfAccount, Depends()], part: Annotated[ListPart, Depends()]
) -> DocumentList:
    """List documents of an account."""
    listing = read_list(wanted, part, **wanted.of(account_id))
    return DocumentList(**counts_of(listing), documents=[DocumentModel.of(entry) for entry in listing.entries])


@router.get("/accounts/{account_id}/documents.csv", dependencies=[Depends(SEE)])
def export_documents(
    account_id: str, wanted: Annotated[FilterOfAccount, Depends()], form: Annotated[CsvForm, Depends()]
) -> StreamingResponse:
    """Return documents of an account as a table for spreadsheets."""
    ledger = opened_ledger()
    ids = ledger.lists.ids(wanted.chosen(), **wanted.narrowed(**wanted.of(account_id)))
    return as_csv(f"{account_id}.csv", rows_of(ledger, ids, form.dialect()))


@router.get("/accounts/{account_id}/documents/sums", dependencies=[Depends(SEE)])
def sum_documents(account_id: str, wanted: Annotated[FilterOfAccount, Depends()]) -> SumList:
    """Add up documents of an account, by month, currency and tax rate."""
    return read_sums(wanted, **wanted.of(account_id))


@router.get("/accounts/{account_id}/documents/{document_id}", dependencies=[Depends(SEE)])
def read_document(account_id: str, document_id: DocumentId) -> DocumentWithHistory:
    """Return one document with its history."""
    entry = _entry(account_id, document_id)
    history = [EventModel.of(event, entry) for event in opened_ledger().documents.history(entry)]
    row, urls = DIRECTIONS[entry.direction], record_urls(entry)
    return DocumentWithHistory.of(
        entry,
        stated=stated_of(entry),
        correctable=row.correctable(entry),
        books_currency=books_currency(entry),
        history=history,
        contradictions=[
            ContradictionModel.model_validate(one) for one in contradictions(entry.message, entry.currency)
        ],
        lookalikes=_lookalikes(entry),
        source_url=urls.get("source"),
        target_url=urls.get("target"),
        source_title=row.source_title,
        target_title=row.target_title,
    )


@router.get("/accounts/{account_id}/documents/{document_id}/file", dependencies=[Depends(RUN)])
def read_file(account_id: str, document_id: DocumentId, at: Side) -> StreamingResponse:
    """Return a document's file from the service at one end."""
    entry = _entry(account_id, document_id)
    try:
        name, pieces = fetch(entry, settings_of(account_id), at)
    except NotFound as error:
        raise RequestRefused(error.message.code, status=404, **error.message.params) from None
    media_type = mimetypes.guess_type(name)[0]
    headers = attachment(name) | {"Content-Security-Policy": "sandbox; default-src 'none'"}
    shown_as = media_type if media_type in _SHOWN_AS else "application/octet-stream"
    return StreamingResponse(pieces, headers=headers, media_type=shown_as)


@router.post("/accounts/{account_id}/documents/actions", dependencies=[Depends(EDIT)])
def act_on_documents(account_id: str, body: ActionRequest, user: GetUserDep) -> ActionResult:
    """Do something with documents: named ones, or all that fit."""
    ledger = opened_ledger()
    if body.fitting:
        period = (body.fitting.start, body.fitting.end)
        ids = ledger.documents.ids(
            account_id,
            states=body.fitting.states,
            text=body.fitting.search,
            period=period,
            mark=body.fitting.mark,
            invoice=body.fitting.invoice,
        )
    else:
        ids = sorted(set(body.ids or []))
    changed = act(account_id, body.action, ids, audit.actor(user), body.reason, reason_code=body.reason_code)
    left = len(ids) - changed
    if ids and not changed:
        raise RequestRefused("no_document_allows", status=409)
    if changed:
        audit.note(user, f"documents_{body.action}", account_id, changed=changed, left=left, reason=body.reason)
    return ActionResult(changed=changed, left=left)


@router.get("/accounts/{account_id}/documents/{document_id}/books-currency", dependencies=[Depends(EDIT)])
def read_books_currency(account_id: str, document_id: DocumentId) -> BooksCurrency:
    """Return the currency of the books that a document goes to; ask Debitoor for it if nothing else states it."""
    return BooksCurrency(currency=asked_books_currency(_entry(account_id, document_id)))


@router.post("/accounts/{account_id}/documents/{document_id}/corrections", dependencies=[Depends(EDIT)])
def correct_document(
    account_id: str, document_id: DocumentId, body: CorrectionRequest, user: GetUserDep
) -> DocumentModel:
    """State facts about a document in place of its record; it goes with the next run."""
    correct(_entry(account_id, document_id), body.stated.corrections(), audit.actor(user), body.reason)
    audit.note(user, "document_corrected", account_id, document=document_id, reason=body.reason)
    return DocumentModel.of(_entry(account_id, document_id))


def _lookalikes(entry: Entry) -> list[LookalikeModel]:
    """Return what a document may be a duplicate of; those of its own account can be opened."""
    found = lookalikes(entry)
    own = [one["source_id"] for one in found if one["account"] == entry.account]
    known = opened_ledger().documents.known(entry.account, entry.direction, own) if own else {}
    ids = {source_id: other.id for source_id, other in known.items()}
    return [LookalikeModel.of(one, ids.get(one["source_id"]) if one["source_id"] in own else None) for one in found]


def _entry(account_id: str, document_id: int) -> Entry:
    entry = opened_ledger().documents.entry(document_id)
    if entry is None or entry.account != account_id:
        raise RequestRefused("document_not_found", status=404, account=account_id, document=document_id)
    return entry
