"""The results of runs, and what a run would do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from debitoor_provider.sync.ledger import Verdict
from debitoor_provider.sync.steps.preview import count
from debitoor_provider.sync.window import RunKind, manual
from debitoor_provider.ui import previews
from debitoor_provider.ui.access import ANY_USER, RUN, SEE
from debitoor_provider.ui.airflow_state import FAILED, states_of
from debitoor_provider.ui.folder import settings_of
from debitoor_provider.ui.jobs import opened_job
from debitoor_provider.ui.ledger import opened_ledger
from debitoor_provider.ui.models.common import RequestDay
from debitoor_provider.ui.models.previews import PreviewModel, PreviewRequest
from debitoor_provider.ui.models.runs import RunList, RunModel
from debitoor_provider.ui.refusals import RequestRefused
from debitoor_provider.ui.strict import StrictRoute
from debitoor_provider.ui.visible_accounts import accounts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from debitoor_provider.sync.ledger import Run

router = APIRouter(tags=["Runs"], route_class=StrictRoute)

Limit = Annotated[int, Query(ge=1, le=200)]


class BackfillSize(BaseModel):
    """How much a backfill would move."""

    documents: int | None = Field(description="Documents of the period that fit the filters and are not there yet")


@router.get("/runs", dependencies=[Depends(ANY_USER)])
def list_all_runs(user: GetUserDep, limit: Limit = 50) -> RunList:
    """List the last runs of all accounts that the user may see."""
    ledger = opened_ledger()
    runs = ledger.runs.latest(limit=limit)
    mine = accounts_of(user, ran={run.account for run in runs})
    if any(run.account not in mine.ids for run in runs):
        runs = ledger.runs.latest(limit=limit, accounts=mine.ids)
    return _listed(runs, {run.account: mine.name(run.account) for run in runs})


@router.get("/accounts/{account_id}/runs", dependencies=[Depends(SEE)])
def list_runs(account_id: str, user: GetUserDep, limit: Limit = 50) -> RunList:
    """List the last runs of an account."""
    name = accounts_of(user, account_id).name(account_id)
    return _listed(opened_ledger().runs.latest(account_id, limit), {account_id: name})


@router.post("/accounts/{account_id}/preview", dependencies=[Depends(RUN)])
def preview_run(account_id: str, body: PreviewRequest) -> PreviewModel:
    """Return what a run would do; nothing is moved."""
    return previews.preview(account_id, settings_of(account_id), body)


@router.get("/accounts/{account_id}/backfill", dependencies=[Depends(RUN)])
def size_backfill(
    account_id: str,
    start: Annotated[RequestDay, Query(alias="from", description="First document date")],
    end: Annotated[RequestDay, Query(alias="to", description="Last document date")],
) -> BackfillSize:
    """Return how many documents a backfill of a period would move; it may still hold some of them."""
    if start > end:
        raise RequestRefused("period_reversed", status=422)
    with opened_job(account_id, settings_of(account_id), RunKind.BACKFILL) as job:
        return BackfillSize(documents=count(job, manual(start, end, ())))


def _listed(runs: Iterable[Run], names: Mapping[str, str]) -> RunList:
    """Show runs; one that was ended without a report does not count as running."""
    models = [RunModel.of(run, names[run.account]) for run in runs]
    open_ = [model for model in models if not model.verdict and not model.finished_at]
    states = states_of((model.dag_id, model.dag_run_id) for model in open_)
    for model in open_:
        state = states.get((model.dag_id, model.dag_run_id), "")
        if state not in {"running", "queued"}:
            model.verdict = Verdict.STOPPED if state == FAILED else "ended"
    return RunList(runs=models)
