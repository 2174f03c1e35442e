"""An account without a file: a DAG of its author's moves its documents, by the settings in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message
from debitoor_provider.sync.directions import title_of
from debitoor_provider.sync.ledger import Counts
from debitoor_provider.sync.steps.report import STOPPED
from debitoor_provider.ui.access import Right, may
from debitoor_provider.ui.account_states import FAILED, AccountState
from debitoor_provider.ui.airflow_state import states_of
from debitoor_provider.ui.chart import chart, first_day
from debitoor_provider.ui.ledger import opened_ledger
from debitoor_provider.ui.models.accounts import AccountDetail, StopModel
from debitoor_provider.ui.models.common import RunRef

if TYPE_CHECKING:
    from airflow.api_fastapi.auth.managers.models.base_user import BaseUser

    from debitoor_provider.sync.ledger import Run


def fileless_account(account_id: str, user: BaseUser) -> AccountDetail:
    """Return what the ledger has of an account without a file; actions that need a file are not allowed."""
    ledger, today = opened_ledger(), datetime.now(UTC).date()
    with ledger.reading():
        counts = ledger.figures.counts([account_id]).get(account_id, Counts())
        days = ledger.figures.moved_by_day(first_day(today), [account_id])
        run = next(iter(ledger.runs.latest(account_id, 1)), None)
    ref = RunRef.of(run.id, account_id) if run else None
    in_airflow = next(iter(states_of([(ref.dag_id, ref.dag_run_id)]).values()), "") if ref else ""
    state = _state(run, in_airflow, counts)
    advice, code = _advice(state, run, counts)
    return AccountDetail.model_validate(
        {
            "id": account_id,
            "dag_id": ref.dag_id if ref else "",
            "name": account_id,
            "direction": run.direction if run else None,
            "direction_title": title_of(run.direction) if run else "",
            "companies": [],
            "frequency": None,
            "timezone": None,
            "note": "",
            "state": state,
            "advice": advice,
            "advice_code": code,
            "paused": None,
            "known": True,
            "last_run": _last_run(run, ref, in_airflow),
            "next_run": None,
            **counts._asdict(),
            "progress": None,
            "chart": chart(days.get(account_id, {}), today),
            "problems": [],
            "stops": list(
                map(StopModel.of, ledger.stops.pending([account_id]) if state is AccountState.STOPPED else ())
            ),
            "rights": {"run": False, "edit": may(user, Right.EDIT, account_id), "delete": False},
            "file": "",
            "settings": None,
            "yaml": "",
            "version": None,
        }
    )


def _state(run: Run | None, in_airflow: str, counts: Counts) -> AccountState:
    if run and not run.verdict and in_airflow in {"running", "queued"}:
        return AccountState.RUNNING
    if run and run.verdict in {FAILED, STOPPED}:
        return AccountState.STOPPED if run.verdict == STOPPED else AccountState.FAILED
    return AccountState.ATTENTION if counts.attention else AccountState.WELL


def _advice(state: AccountState, run: Run | None, counts: Counts) -> tuple[str, str]:
    """Return in one sentence what to do, and its code for a translation, as for an account with a file."""
    if run and state in {AccountState.STOPPED, AccountState.FAILED}:
        return run.remedy or run.error, ""
    if state is AccountState.ATTENTION:
        return Message("advice_decide", count=counts.attention).text(), "decide"
    return "", ""


def _last_run(run: Run | None, ref: RunRef | None, in_airflow: str) -> dict[str, Any] | None:
    if run is None or ref is None:
        return None
    return {
        "dag_run_id": ref.dag_run_id,
        "state": in_airflow or ("success" if run.finished_at else FAILED),
        "kind": run.kind,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "moved": run.counts.get("moved", 0),
        "error": run.error,
        "service": run.service,
    }
