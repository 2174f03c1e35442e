"""Settings before they are saved: checked, and tried on the account's real documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.api_fastapi.core_api.security import GetUserDep  # noqa: TC002  FastAPI reads it
from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX
from debitoor_provider.sync.accounts.schedule import next_runs
from debitoor_provider.sync.accounts.settings import ExportAccount
from debitoor_provider.sync.export.expense import draft as expense_of
from debitoor_provider.sync.import_.upload import new_document, upload_name
from debitoor_provider.sync.money import cents
from debitoor_provider.sync.naming.naming import preview as names_of
from debitoor_provider.sync.naming.template import Template
from debitoor_provider.sync.obstacle import Obstacle
from debitoor_provider.sync.specification import describe
from debitoor_provider.sync.text import fold
from debitoor_provider.ui import drafts, previews, samples
from debitoor_provider.ui.access import EDIT
from debitoor_provider.ui.folder import account_files
from debitoor_provider.ui.models.accounts import ProblemModel
from debitoor_provider.ui.models.drafts import (
    Checked,
    Entered,
    EnteredToPreview,
    Names,
    NameSample,
    Records,
    RecordSample,
    SourceLists,
)
from debitoor_provider.ui.models.previews import PreviewModel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from debitoor_provider.services.debitoor.models import SalesDocument
    from debitoor_provider.services.getmyinvoices.models import Document
    from debitoor_provider.sync.accounts.problems import Problem
    from debitoor_provider.sync.accounts.settings import ImportAccount

router = APIRouter(prefix="/accounts/{account_id}/draft", tags=["Drafts"], dependencies=[Depends(EDIT)])

_NEXT_RUNS = 5
_NAMES = 10
_RECORDS = 3


def not_valid(problems: Iterable[Problem]) -> JSONResponse:
    """Return the answer to settings that are not valid."""
    shown = [ProblemModel.of(problem).model_dump(mode="json") for problem in problems]
    return JSONResponse({"detail": "The settings are not valid.", "problems": shown}, 422)


@router.post("/check")
def check(account_id: str, entered: Entered) -> Checked:
    """Return the file that the settings would become, what is wrong in it, and when it would run. Asks no service."""
    draft = drafts.judge(account_id, entered.settings)
    files = account_files().values()
    scheduled = drafts.scheduled_account(draft, entered.settings)
    return Checked(
        yaml=draft.yaml,
        problems=list(map(ProblemModel.of, draft.problems)),
        dag_id=DAG_ID_PREFIX + account_id,
        exists=any(fold(file.account_id) == fold(account_id) for file in files),
        warnings=[ProblemModel.of(warning) for warning in drafts.warnings(draft, scheduled)],
        next_runs=next_runs(scheduled, _NEXT_RUNS) if scheduled else [],
    )


@router.get("/source")
def read_source(account_id: str, connection: str, user: GetUserDep) -> SourceLists:
    """Tell tags and companies of a GetMyInvoices connection, to choose from."""
    drafts.require_connections(user, account_id, {"getmyinvoices": connection})
    companies = {company.name for company in samples.companies(connection).values() if company.name}
    return SourceLists(tags=sorted(set(samples.tags(connection)), key=fold), companies=sorted(companies, key=fold))


@router.post("/names")
def preview_names(account_id: str, entered: Entered, user: GetUserDep) -> Names:
    """Tell the names that a few real documents would get."""
    drafts.require_connections(user, account_id, drafts.connections_in(entered.settings))
    account, problems = drafts.sample_account(entered.settings)
    problem = next((problem for problem in problems if account is None or problem.field == "rename"), None)
    if account is None or problem is not None:
        return Names(problem=ProblemModel.of(problem) if problem else None, names=[])
    if isinstance(account, ExportAccount):
        documents = samples.documents(account, _NAMES)
        names = names_of(Template.parse(account.rename), documents)
        found = [_name(document, *name) for document, name in zip(documents, names, strict=True)]
    else:
        found = [_sales_name(document) for document in samples.sales(account, _NAMES)]
    return Names(problem=None, names=found)


@router.post("/record")
def preview_record(account_id: str, entered: Entered, user: GetUserDep) -> Records:
    """Tell what the other service would get to know about a few real documents."""
    drafts.require_connections(user, account_id, drafts.connections_in(entered.settings))
    account, _ = drafts.sample_account(entered.settings)
    if account is None:
        return Records(records=[])
    if isinstance(account, ExportAccount):
        return Records(records=_expenses(account))
    return Records(records=[_upload(document, account) for document in samples.sales(account, _RECORDS)])


@router.post("/preview", response_model=PreviewModel)
def preview(account_id: str, entered: EnteredToPreview, user: GetUserDep) -> PreviewModel | JSONResponse:
    """Tell what the first run with these settings would do."""
    drafts.require_connections(user, account_id, drafts.connections_in(entered.settings))
    draft = drafts.judge(account_id, entered.settings)
    if draft.account is None:
        return not_valid(draft.problems)
    return previews.preview(account_id, draft.account, entered)


def _name(document: Document, source_name: str, name: str) -> NameSample:
    return NameSample(
        source_name=source_name, name=name, document_date=document.document_date, company=document.company_name
    )


def _sales_name(document: SalesDocument) -> NameSample:
    return NameSample(
        source_name=document.number,
        name=upload_name(document),
        document_date=document.date,
        company=document.customer_name,
    )


def _expenses(account: ExportAccount) -> list[RecordSample]:
    documents = samples.documents(account, _RECORDS)
    if not documents:
        return []
    books, companies = samples.books(account), samples.companies(account.connections.getmyinvoices)
    records = []
    for document in documents:
        record = RecordSample(
            source_name=document.filename,
            description=describe(document, account.specification),
            lines=[],
            supplier=document.company_name,
            date=document.document_date,
            category=account.category or "",
        )
        try:
            expense = expense_of(document, companies.get(document.company_uid or 0), books, account).expense
        except Obstacle as obstacle:
            record.reason = str(obstacle)
        else:
            record.description = expense.lines[0].description
            record.lines = [
                f"{line.tax_rate:f} %: {cents(line.gross_amount)} {books.currency}" for line in expense.lines
            ]
            record.supplier = expense.supplier_name
        records.append(record)
    return records


def _upload(document: SalesDocument, account: ImportAccount) -> RecordSample:
    upload = new_document(document, account, None, upload_name(document))
    gross = [] if upload.gross_amount is None else [f"{cents(upload.gross_amount)} {upload.currency}"]
    return RecordSample(
        source_name=upload.file_name,
        description=" ".join([upload.note, *(f"#{tag}" for tag in upload.tags)]),
        lines=gross,
        supplier=account.defaults.company or "",
        date=upload.document_date,
        category=upload.document_type,
    )
