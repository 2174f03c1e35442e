"""Settings before they are saved: checked, and tried on the account's real documents."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from debitoor_provider.messages import Message, localized
from debitoor_provider.sync.accounts.finding import Finding
from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX
from debitoor_provider.sync.accounts.schedule import next_runs
from debitoor_provider.sync.books import country_of_books
from debitoor_provider.sync.countries import iso_code
from debitoor_provider.sync.home_rate import rate_doubts
from debitoor_provider.sync.naming.filename import name_key, unique
from debitoor_provider.sync.obstacle import Obstacle
from debitoor_provider.sync.text import fold
from debitoor_provider.sync.vat_rates import standard_rate_on
from debitoor_provider.ui import entered_settings, previews, samples
from debitoor_provider.ui.access import ENTER
from debitoor_provider.ui.folder import account_files
from debitoor_provider.ui.models.accounts import ProblemModel
from debitoor_provider.ui.models.entered_settings import (
    Checked,
    HomeRate,
    NameSample,
    NameSamples,
    Records,
    RecordSample,
    SettingsBody,
    SettingsPreviewRequest,
    SourceLists,
)
from debitoor_provider.ui.models.previews import PreviewModel
from debitoor_provider.ui.strict import StrictRoute

if TYPE_CHECKING:
    from collections.abc import Iterable

    from debitoor_provider.sync.accounts.problems import Problem
    from debitoor_provider.sync.steps.direction import Direction
    from debitoor_provider.sync.steps.drafts import Drafts

router = APIRouter(
    prefix="/accounts/{account_id}/draft", tags=["Drafts"], dependencies=[Depends(ENTER)], route_class=StrictRoute
)

_NEXT_RUNS = 5
_NAMES = 10
_RECORDS = 3


def not_valid(problems: Iterable[Problem]) -> JSONResponse:
    """Return the answer to settings that are not valid."""
    shown = [ProblemModel.of(problem).model_dump(mode="json") for problem in problems]
    return JSONResponse({"detail": Message("settings_not_valid").text(), "problems": shown}, 422)


@router.post("/check")
def check(account_id: str, entered: SettingsBody) -> Checked:
    """Return the file that the settings would become, what is wrong in it, and when it would run. Asks no service."""
    draft = entered_settings.judge(account_id, entered.settings)
    files = account_files().values()
    scheduled = entered_settings.scheduled_account(draft, entered.settings)
    return Checked(
        yaml=draft.yaml,
        problems=list(map(ProblemModel.of, draft.problems)),
        dag_id=DAG_ID_PREFIX + account_id,
        exists=any(fold(file.account_id) == fold(account_id) for file in files),
        warnings=[ProblemModel.of(warning) for warning in entered_settings.warnings(draft, scheduled)],
        next_runs=next_runs(scheduled, _NEXT_RUNS) if scheduled else [],
    )


@router.get("/source")
def read_source(account_id: str, connection: str, user: GetUserDep) -> SourceLists:
    """Return tags and companies of a GetMyInvoices connection, to choose from."""
    entered_settings.require_connections(user, account_id, {"getmyinvoices": connection})
    with samples.opened_getmyinvoices(connection) as client:
        companies = {company.name for company in client.companies() if company.name}
        return SourceLists(tags=sorted(set(client.tags()), key=fold), companies=sorted(companies, key=fold))


@router.get("/home-rate")
def read_home_rate(
    account_id: str,
    user: GetUserDep,
    connection: str = "",
    country: str = "",
    entered: Annotated[Decimal | None, Query(ge=0, le=100, description="The rate in the form")] = None,
) -> HomeRate:
    """Return the standard VAT rate of the country of the books: the stated one, or else that of a connection."""
    home, found = iso_code(country), list[Finding]()
    if connection and not home:
        entered_settings.require_connections(user, account_id, {"debitoor": connection})
        with samples.opened_debitoor(connection) as client:
            home = country_of_books(client)
        found = rate_doubts(entered, home) if home and entered is not None else []
    return HomeRate(
        country=home or None,
        rate=standard_rate_on(home, datetime.now(UTC).date()) if home else None,
        doubts=list(map(ProblemModel.of_finding, found)),
    )


@router.post("/names")
def preview_names(account_id: str, entered: SettingsBody, user: GetUserDep) -> NameSamples:
    """Return the names that a few real documents would get."""
    entered_settings.require_connections(user, account_id, entered_settings.connections_in(entered.settings))
    account, problems = entered_settings.sample_account(entered.settings)
    problem = next((problem for problem in problems if account is None or problem.field == "rename"), None)
    if account is None or problem is not None:
        return NameSamples(problem=ProblemModel.of(problem) if problem else None, names=[])
    taken: set[str] = set()
    names = []
    with samples.opened_direction(account) as direction:
        for record in direction.samples(_NAMES):
            document = direction.planned(record)
            names.append(
                NameSample(
                    source_name=document.source_name,
                    name=unique(direction.wanted_name(record), taken),
                    document_date=document.document_date,
                    company=document.company,
                )
            )
            taken.add(name_key(names[-1].name))
    return NameSamples(problem=None, names=names)


@router.post("/record")
def preview_record(account_id: str, entered: SettingsBody, user: GetUserDep) -> Records:
    """Return what the other service would store of a few real documents."""
    entered_settings.require_connections(user, account_id, entered_settings.connections_in(entered.settings))
    account, _ = entered_settings.sample_account(entered.settings)
    if account is None:
        return Records(records=[])
    with samples.opened_direction(account) as direction:
        records = direction.samples(_RECORDS)
        prepared = direction.drafts(records, look=False) if records else None
        return Records(records=[_sample(direction, prepared, record) for record in records if prepared])


@router.post("/preview", response_model=PreviewModel)
def preview(account_id: str, entered: SettingsPreviewRequest, user: GetUserDep) -> PreviewModel | JSONResponse:
    """Return what the first run with these settings would do."""
    entered_settings.require_connections(user, account_id, entered_settings.connections_in(entered.settings))
    draft = entered_settings.judge(account_id, entered.settings)
    if draft.account is None:
        return not_valid(draft.problems)
    return previews.preview(account_id, draft.account, entered, is_draft=account_id not in account_files())


def _sample(direction: Direction[Any], prepared: Drafts[Any], record: Any) -> RecordSample:
    document = direction.planned(record)
    try:
        shown = prepared.draft(record).shown()
    except Obstacle as obstacle:
        return RecordSample(
            source_name=document.source_name,
            description=prepared.description(record),
            lines=[],
            supplier=document.company,
            date=document.document_date,
            category="",
            reason=str(obstacle),
        )
    return RecordSample(
        source_name=document.source_name,
        description=shown.description,
        lines=[localized(f"{line} {shown.currency}") for line in shown.lines],
        supplier=shown.party,
        date=shown.date,
        category=shown.category,
        marks=list(map(str, shown.marks)),
    )
