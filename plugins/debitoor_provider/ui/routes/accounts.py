"""The accounts: all at a glance, and each with its file."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from operator import itemgetter
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Annotated, Any

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Depends, Query

from debitoor_provider.runs.account_files import fileless
from debitoor_provider.sync.accounts.times import Weekday
from debitoor_provider.sync.directions import DIRECTIONS, row_of
from debitoor_provider.sync.text import fold
from debitoor_provider.ui.access import ANY_USER, SEE, Right, rights, visible
from debitoor_provider.ui.account_states import NEED_HELP, AccountState
from debitoor_provider.ui.chart import chart, first_day
from debitoor_provider.ui.entered_settings import as_shown
from debitoor_provider.ui.fileless import Fileless, described, fileless_account, fileless_accounts
from debitoor_provider.ui.folder import account_file, account_files, is_fileless, version_of
from debitoor_provider.ui.ledger import opened_ledger
from debitoor_provider.ui.models.accounts import (
    AccountDetail,
    AccountList,
    AccountOrder,
    AccountRow,
    ProblemModel,
    StopModel,
)
from debitoor_provider.ui.models.common import KnownDirection
from debitoor_provider.ui.overview import Overview, overview, progress_of, recorded
from debitoor_provider.ui.strict import StrictRoute

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from airflow.api_fastapi.auth.managers.models.base_user import BaseUser

    from debitoor_provider.sync.accounts.settings import Account
    from debitoor_provider.sync.ledger import Run
    from debitoor_provider.ui.airflow_state import LastRun

    _Row = Overview | Fileless

router = APIRouter(tags=["Accounts"], route_class=StrictRoute)

_RIGHTS = {
    "run": Right.RUN,
    "stop": Right.STOP,
    "approve": Right.APPROVE,
    "edit": Right.EDIT,
    "delete": Right.DELETE,
}


@router.get("/accounts", dependencies=[Depends(ANY_USER)])
def list_accounts(
    user: GetUserDep,
    search: Annotated[str, Query(max_length=200, description="Found in name, id, companies or note")] = "",
    state: AccountState | None = None,
    help_needed: Annotated[bool, Query(description="Only those whose state needs a person, such as failed")] = False,
    direction: KnownDirection | None = None,
    order: AccountOrder = "name",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> AccountList:
    """List the accounts that the user may see, with a file or without."""
    files, text, ledger = account_files(), fold(search), opened_ledger()
    with ledger.reading():
        counts = ledger.figures.counts()
        without = fileless(counts, files, ledger)
        mine = visible(user, files.keys() | without)
        rows: list[_Row] = [*overview({id_: file for id_, file in files.items() if id_ in mine}, counts)]
        rows += fileless_accounts(without & mine, counts) if without else []
        fitting = [row for row in rows if _fits(row, text, direction)]
        if help_needed:
            fitting = [row for row in fitting if row.state in NEED_HELP]
        chosen = [row for row in fitting if state is None or row.state is state]
        page = _described(_sorted(chosen, order)[offset : offset + limit], user)
    return AccountList(
        total=len(chosen),
        states=dict(Counter(row.state for row in fitting)),
        directions={name: row.title for name, row in DIRECTIONS.items()},
        accounts=[AccountRow.model_validate(row) for row in page],
    )


@router.get("/accounts/{account_id}", dependencies=[Depends(SEE)])
def read_account(account_id: str, user: GetUserDep) -> AccountDetail:
    """Return one account with its file, if it has one."""
    if is_fileless(account_id):
        return fileless_account(account_id, user)
    file = account_file(account_id)
    with opened_ledger().reading():
        counts = opened_ledger().figures.counts([account_id])
        (row,) = _described(overview({account_id: file}, counts), user)
    try:
        content = file.path.read_bytes()
    except OSError:  # its problems give the reason
        content = None
    settings = as_shown(file.account) if file.account else None
    return AccountDetail.model_validate(
        row
        | {
            "file": file.path.name,
            "settings": settings,
            "yaml": (content or b"").decode("utf-8-sig", "replace"),
            "version": None if content is None else version_of(content),
        }
    )


def _fits(row: _Row, search: str, direction: str | None) -> bool:
    if direction is not None and row.direction != direction:
        return False
    return not search or any(search in word for word in row.words)


def _sorted(rows: Sequence[_Row], order: AccountOrder) -> list[_Row]:
    """Sort accounts; those without a value come last either way, ties by name."""
    key, is_down = _KEYS[order.removeprefix("-")], order.startswith("-")
    by_name = sorted(rows, key=_KEYS["name"], reverse=order == "-name")
    if key is _KEYS["name"]:
        return by_name
    values = [(key(row), row) for row in by_name]
    known = sorted((pair for pair in values if pair[0] is not None), key=itemgetter(0), reverse=is_down)
    return [row for _, row in known] + [row for value, row in values if value is None]


_KEYS: dict[str, Callable[[_Row], Any]] = {
    "name": lambda row: (row.words[0], row.id),
    "last_run": lambda row: row.started_at,
    "attention": lambda row: row.counts.attention,
    "moved": lambda row: row.counts.moved,
    "next_run": lambda row: row.next_run,
}


def _described(rows: Sequence[_Row], user: BaseUser) -> list[dict[str, Any]]:
    """Return the rows of some accounts."""
    others = described([row for row in rows if isinstance(row, Fileless)], user)
    found = others + _of_files([row for row in rows if isinstance(row, Overview)], user)
    by_id = {row["id"]: row for row in found}
    return [by_id[row.id] for row in rows]


def _of_files(rows: Sequence[Overview], user: BaseUser) -> list[dict[str, Any]]:
    """Return the rows of accounts that have a file."""
    allowed = rights(user, [row.id for row in rows], _RIGHTS.values())
    progress = progress_of(rows)
    runs = recorded(row.facts.last_run for row in rows if row.facts.last_run)
    today = datetime.now(UTC).date()
    stops = _stops(rows)
    days = opened_ledger().figures.moved_by_day(first_day(today), [row.id for row in rows])
    return [
        {
            "id": row.id,
            "dag_id": file.dag_id,
            "name": row.name,
            "fileless": False,
            **_settings(file.account),
            "state": row.state,
            **dict(zip(("advice", "advice_code"), row.advice(), strict=True)),
            "refusing": _refusing(row),
            "paused": dag.is_paused if dag else None,
            "known": dag is not None,
            "last_run": _last_run(last_run, runs.get(file.dag_id)),
            "next_run": row.next_run,
            **counts._asdict(),
            "progress": asdict(progress[row.id]) if row.id in progress else None,
            "chart": chart(days.get(row.id, {}), today),
            "problems": [ProblemModel.of(problem) for problem in file.problems],
            "wrong": [ProblemModel.of_finding(one) for one in wrong],
            "stops": stops.get(row.id, []),
            "rights": {name: allowed[row.id][right] for name, right in _RIGHTS.items()},
        }
        for row in rows
        for file, dag, last_run, _, _, _, _, _, counts, wrong in [row.facts]
    ]


def _stops(rows: Sequence[Overview]) -> dict[str, list[StopModel]]:
    """Return the limits that stopped accounts, by account."""
    stopped = [row.id for row in rows if row.state in {AccountState.STOPPED, AccountState.APPROVAL}]
    found: dict[str, list[StopModel]] = {}
    for stop in opened_ledger().stops.pending(stopped) if stopped else ():
        found.setdefault(stop.account, []).append(StopModel.of(stop))
    return found


def _settings(account: Account | None) -> dict[str, Any]:
    return {
        "direction": account.type if account else None,
        "direction_title": row_of(account).title if account else "",
        "companies": account.named_companies if account else [],
        "frequency": account.frequency.root if account else None,
        "at": account.at if account else None,
        "days": [day for day in Weekday if day in account.days] if account else [],
        "timezone": account.timezone if account else None,
        "note": account.note if account else "",
    }


def _refusing(row: Overview) -> str | None:
    """Return which of an account's services is to be connected again."""
    account, run, lacking = row.facts.file.account, row.facts.failed, row.judged.lacking
    if account is None or row.judged.state is not AccountState.RECONNECT:
        return None
    if lacking:
        return lacking.field.removeprefix("connections.")
    names = {resolve_name(hook).hook_name: service for service, hook in row_of(account).hooks.items()}
    return names.get(run.service) if run else None


def _last_run(last: LastRun | None, run: Run | None) -> dict[str, Any] | None:
    if last is None:
        return None
    return {
        "dag_run_id": last.run_id,
        "state": last.state,
        "kind": last.kind,
        "started_at": last.started_at,
        "finished_at": last.finished_at,
        "moved": run.counts.get("moved", 0) if run else 0,
        "error": run.error if run else "",
        "service": run.service if run else "",
    }
