"""Allow what stopped an account's run because of a limit, once."""

from __future__ import annotations

from typing import Annotated

from airflow.api_fastapi.core_api.security import GetUserDep
from airflow.utils.session import create_session
from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX
from debitoor_provider.ui import audit
from debitoor_provider.ui.access import EDIT
from debitoor_provider.ui.airflow_state import waiting_runs
from debitoor_provider.ui.ledger import opened_ledger
from debitoor_provider.ui.models.documents import LARGEST_ID
from debitoor_provider.ui.refusals import RequestRefused
from debitoor_provider.ui.strict import StrictRoute

router = APIRouter(prefix="/accounts/{account_id}", tags=["Accounts"], route_class=StrictRoute)


class AllowRequest(BaseModel):
    """Which stops to allow: those that the user has seen."""

    model_config = ConfigDict(extra="forbid")

    ids: Annotated[list[Annotated[int, Field(ge=1, le=LARGEST_ID)]], Field(min_length=1, max_length=20)]
    reason: Annotated[str, Field(max_length=500, description="Kept with the permission")] = ""


class Allowed(BaseModel):
    """What was allowed."""

    allowed: int


@router.post("/limits/allow", dependencies=[Depends(EDIT)])
def allow_once(account_id: str, body: AllowRequest, user: GetUserDep) -> Allowed:
    """Let the next run exceed, once, the limits that stopped the last one. A plan that waits is answered in Airflow."""
    dag_id = DAG_ID_PREFIX + account_id
    with create_session() as session:
        waiting = [run_id for known, run_id in waiting_runs(session) if known == dag_id]
    if waiting:
        raise RequestRefused("plan_answer_in_airflow", status=409, run=waiting[0])
    stops = opened_ledger().stops.allow(account_id, audit.actor(user), body.reason, ids=body.ids)
    if not stops:
        raise RequestRefused("nothing_stopped", status=409)
    for stop in stops:
        audit.note(user, "limit_allowed", account_id, limit=stop.limit_name, number=stop.number, reason=body.reason)
    return Allowed(allowed=len(stops))
