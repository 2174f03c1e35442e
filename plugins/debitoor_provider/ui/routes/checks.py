"""Whether the two ends of an account are the same."""

from __future__ import annotations

from typing import Annotated

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from debitoor_provider.ui import audit, checks
from debitoor_provider.ui.access import RUN
from debitoor_provider.ui.checks import CheckPart
from debitoor_provider.ui.csv_export import CsvForm
from debitoor_provider.ui.folder import settings_of
from debitoor_provider.ui.models.checks import CheckModel, CheckRequest
from debitoor_provider.ui.models.common import RequestDay
from debitoor_provider.ui.origin import not_from_another_site
from debitoor_provider.ui.refusals import RequestRefused
from debitoor_provider.ui.strict import StrictRoute

router = APIRouter(tags=["Checks"], route_class=StrictRoute)


@router.post("/accounts/{account_id}/check", dependencies=[Depends(RUN)])
def check_account(account_id: str, body: CheckRequest, user: GetUserDep) -> CheckModel:
    """Compare source, target and ledger of a period; nothing is written to source or target."""
    if body.start and body.end and body.start > body.end:
        raise RequestRefused("period_reversed", status=422)
    return checks.check(account_id, settings_of(account_id), body.start, body.end, audit.actor(user))


# A check takes calls, and holds what the target has twice.
@router.get("/accounts/{account_id}/check.csv", dependencies=[Depends(RUN), Depends(not_from_another_site)])
def export_check(
    account_id: str,
    user: GetUserDep,
    form: Annotated[CsvForm, Depends()],
    part: Annotated[CheckPart, Query(description="All documents, or the sums")] = "documents",
    start: Annotated[RequestDay | None, Query(alias="from", description="First document date, inclusive")] = None,
    end: Annotated[RequestDay | None, Query(alias="to", description="Last document date, inclusive")] = None,
) -> StreamingResponse:
    """Compare a period, and return what was found as a table for spreadsheets."""
    account, actor = settings_of(account_id), audit.actor(user)
    pieces = checks.csv_of(account_id, account, start, end, part, form.dialect(), actor)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{account_id}-check-{part}.csv",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(pieces, headers=headers, media_type="text/csv; charset=utf-8")
