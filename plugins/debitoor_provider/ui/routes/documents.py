"""The documents of an account: their states, and the actions of users on them."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from airflow.api_fastapi.core_api.security import GetUserDep  # noqa: TC002
from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import StreamingResponse

from debitoor_provider.services.http.errors import NotFound
from debitoor_provider.sync.directions import DIRECTIONS
from debitoor_provider.sync.findings import EInvoice, Mark  # noqa: TC001  FastAPI reads it
from debitoor_provider.sync.ledger import Entry, Order, State  # noqa: TC001
from debitoor_provider.sync.steps.direction import Side  # noqa: TC001
from debitoor_provider.sync.steps.lookalikes import lookalikes
from debitoor_provider.ui import audit
from debitoor_provider.ui.access import EDIT, RUN, SEE
from debitoor_provider.ui.background import in_background
from debitoor_provider.ui.csv_export import CsvForm, dialect_of, rows_of
from debitoor_provider.ui.document_actions import act
from debitoor_provider.ui.document_files import fetch
from debitoor_provider.ui.folder import settings_of
from debitoor_provider.ui.ledger import opened_ledger
from debitoor_provider.ui.models.common import Day  # noqa: TC001  FastAPI reads it
from debitoor_provider.ui.models.documents import (
    LARGEST_ID,
    ActionResult,
    ActionWish,
    DocumentList,
    DocumentModel,
    DocumentWithHistory,
    EventModel,
    LookalikeModel,
)
from debitoor_provider.ui.refusals import Refused
from debitoor_provider.ui.strict import StrictRoute

router = APIRouter(tags=["Documents"], route_class=StrictRoute)

DocumentId = Annotated[int, Path(ge=1, le=LARGEST_ID)]

_SHOWN_AS = {"application/pdf", "image/jpeg", "image/png", "image/gif"}


@dataclass
class DocumentListFilter:
    """What the documents are narrowed by."""

    state: Annotated[list[State] | None, Query(description="May be given several times")] = None
    start: Annotated[Day | None, Query(alias="from", description="First document date, inclusive")] = None
    end: Annotated[Day | None, Query(alias="to", description="Last document date, inclusive")] = None
    search: Annotated[str, Query(max_length=200, description="Found in id, number, company, names or amount")] = ""
    run: Annotated[str | None, Query(max_length=1000, description="Of this run of the account's DAG")] = None
    mark: Annotated[Mark | None, Query(description="With this mark, or held for what it says")] = None
    invoice: Annotated[EInvoice | None, Query(description="With such an e-invoice, e.g. contradicts")] = None

    def __post_init__(self) -> None:
        """Refuse a period that no document can be in."""
        if self.start and self.end and self.start > self.end:
            raise Refused("period_reversed", status=422)

    def fitting(self, account_id: str) -> dict[str, Any]:
        """Ask the ledger for those of an account that fit, whatever their state, mark and e-invoice."""
        run = None if self.run is None else f"debitoor__{account_id}/{self.run}"
        return {"account": account_id, "text": self.search, "period": (self.start, self.end), "run": run}

    def findings(self) -> dict[str, Any]:
        """Ask for those with a mark, or held for it, or with an e-invoice."""
        return {"mark": self.mark, "invoice": self.invoice}


@router.get("/accounts/{account_id}/documents", dependencies=[Depends(SEE)])
def list_documents(
    account_id: str,
    wanted: Annotated[DocumentListFilter, Depends()],
    order: Order = "-changed",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> DocumentList:
    """List documents of an account."""
    ledger, fitting = opened_ledger(), wanted.fitting(account_id)
    counting = in_background(ledger.documents.count, **fitting, **wanted.findings())
    marking = in_background(ledger.documents.marks, **fitting, states=wanted.state, invoice=wanted.invoice)
    proving = in_background(ledger.documents.invoices, **fitting, states=wanted.state, mark=wanted.mark)
    entries = ledger.documents.entries(
        **fitting, **wanted.findings(), states=wanted.state, order=order, limit=limit, offset=offset
    )
    states = counting.result()
    return DocumentList(
        total=sum(number for state, number in states.items() if not wanted.state or state in wanted.state),
        states=states,
        marks=marking.result(),
        invoices=proving.result(),
        documents=[DocumentModel.of(entry) for entry in entries],
    )


@router.get("/accounts/{account_id}/documents.csv", dependencies=[Depends(SEE)])
def export_documents(
    account_id: str, wanted: Annotated[DocumentListFilter, Depends()], form: CsvForm = "data"
) -> StreamingResponse:
    """Return documents of an account as a table for spreadsheets."""
    ledger = opened_ledger()
    ids = ledger.documents.ids(**wanted.fitting(account_id), **wanted.findings(), states=wanted.state)
    headers = _attachment(f"{account_id}.csv")
    return StreamingResponse(
        rows_of(ledger, ids, dialect_of(form)), headers=headers, media_type="text/csv; charset=utf-8"
    )


@router.get("/accounts/{account_id}/documents/{document_id}", dependencies=[Depends(SEE)])
def read_document(account_id: str, document_id: DocumentId) -> DocumentWithHistory:
    """Return one document with its history."""
    entry = _entry(account_id, document_id)
    history = [EventModel.of(event, account_id) for event in opened_ledger().documents.history(entry)]
    row = DIRECTIONS[entry.direction]
    return DocumentWithHistory.of(
        entry,
        history=history,
        lookalikes=_lookalikes(entry),
        source_title=row.source_title,
        target_title=row.target_title,
    )


@router.get("/accounts/{account_id}/documents/{document_id}/file", dependencies=[Depends(RUN)])
def read_file(account_id: str, document_id: DocumentId, at: Side) -> StreamingResponse:
    """Return a document's file as the service at one end has it."""
    entry = _entry(account_id, document_id)
    try:
        name, pieces = fetch(entry, settings_of(account_id), at)
    except NotFound as error:
        raise Refused(error.message.code, status=404, **error.message.params) from None
    media_type = mimetypes.guess_type(name)[0]
    headers = _attachment(name) | {"Content-Security-Policy": "sandbox; default-src 'none'"}
    shown_as = media_type if media_type in _SHOWN_AS else "application/octet-stream"
    return StreamingResponse(pieces, headers=headers, media_type=shown_as)


@router.post("/accounts/{account_id}/documents/actions", dependencies=[Depends(EDIT)])
def act_on_documents(account_id: str, wish: ActionWish, user: GetUserDep) -> ActionResult:
    """Do something with documents: named ones, or all that fit."""
    ledger = opened_ledger()
    if wish.fitting:
        period = (wish.fitting.start, wish.fitting.end)
        ids = ledger.documents.ids(
            account_id,
            states=wish.fitting.states,
            text=wish.fitting.search,
            period=period,
            mark=wish.fitting.mark,
            invoice=wish.fitting.invoice,
        )
    else:
        ids = sorted(set(wish.ids or []))
    changed = act(account_id, wish.action, ids, audit.actor(user), wish.reason)
    left = len(ids) - changed
    if ids and not changed:
        raise Refused("no_document_allows", status=409)
    if changed:
        audit.note(user, f"documents_{wish.action}", account_id, changed=changed, left=left, reason=wish.reason)
    return ActionResult(changed=changed, left=left)


def _lookalikes(entry: Entry) -> list[LookalikeModel]:
    """Return what a document may be a duplicate of; those of its own account can be opened."""
    found = lookalikes(entry)
    own = [one["source_id"] for one in found if one["account"] == entry.account]
    known = opened_ledger().documents.known(entry.account, entry.direction, own) if own else {}
    ids = {source_id: other.id for source_id, other in known.items()}
    return [LookalikeModel(**one, id=ids.get(one["source_id"]) if one["source_id"] in own else None) for one in found]


def _entry(account_id: str, document_id: int) -> Entry:
    entry = opened_ledger().documents.entry(document_id)
    if entry is None or entry.account != account_id:
        raise Refused("document_not_found", status=404, account=account_id, document=document_id)
    return entry


def _attachment(name: str) -> dict[str, str]:
    """Have something saved as a file, never shown as a page; whatever its name holds."""
    safe = quote(name.encode("utf-8", "replace"), safe="")
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{safe}", "X-Content-Type-Options": "nosniff"}
