"""Accounts without a file: a hand-written DAG moves the documents of each, by the settings in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from debitoor_provider.messages import Message
from debitoor_provider.sync.directions import title_of
from debitoor_provider.sync.ledger import Counts, Verdict
from debitoor_provider.sync.text import fold
from debitoor_provider.ui.access import Right, rights
from debitoor_provider.ui.account_states import AccountState
from debitoor_provider.ui.airflow_state import FAILED, states_of
from debitoor_provider.ui.chart import chart, first_day
from debitoor_provider.ui.ledger import opened_ledger
from debitoor_provider.ui.models.accounts import AccountDetail, AccountRights, StopModel
from debitoor_provider.ui.models.common import RunRef

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from airflow.api_fastapi.auth.managers.models.base_user import BaseUser

    from debitoor_provider.sync.ledger import Run

_RIGHTS = {"approve": Right.APPROVE, "edit": Right.EDIT}


class Fileless(NamedTuple):
    """One account without a file, among others.

    :param run: its last one; ``None`` when only documents are known
    :param in_airflow: Airflow's state of that run, where it has no verdict yet
    """

    id: str
    run: Run | None
    in_airflow: str
    counts: Counts

    @property
    def state(self) -> AccountState:
        """How it is."""
        run = self.run
        if run and not run.verdict and self.in_airflow in {"running", "queued"}:
            return AccountState.RUNNING
        if run and run.verdict in {Verdict.FAILED, Verdict.STOPPED}:
            return AccountState.STOPPED if run.verdict == Verdict.STOPPED else AccountState.FAILED
        return AccountState.ATTENTION if self.counts.attention else AccountState.WELL

    @property
    def words(self) -> Sequence[str]:
        """The texts by which a search finds it, folded."""
        return [fold(self.id)]

    @property
    def direction(self) -> str | None:
        """What its last run was."""
        return self.run.direction if self.run else None

    @property
    def started_at(self) -> datetime | None:
        """When its last run began."""
        return self.run.started_at if self.run else None

    @property
    def next_run(self) -> datetime | None:
        """Its DAG knows when it runs next, and may move the documents of several accounts."""
        return None

    @property
    def ref(self) -> RunRef | None:
        """Where Airflow has its last run."""
        return RunRef.of(self.run.id, self.id) if self.run else None

    def advice(self) -> tuple[str, str]:
        """Return in one sentence what to do, and its code for a translation, as for an account with a file."""
        run, state = self.run, self.state
        if run and state in {AccountState.STOPPED, AccountState.FAILED}:
            return run.remedy or run.error, ""
        if state is AccountState.ATTENTION:
            return Message("advice_decide", count=self.counts.attention).text(), "decide"
        return "", ""


def fileless_accounts(ids: Collection[str], counts: Mapping[str, Counts]) -> list[Fileless]:
    """Return accounts without a file at a glance.

    :param counts: see :meth:`~debitoor_provider.sync.ledger.figures.Figures.counts`
    """
    runs = opened_ledger().runs.last(ids)
    known = _in_airflow(run for run in runs.values() if not run.verdict)
    return [Fileless(id_, runs.get(id_), known.get(id_, ""), counts.get(id_, Counts())) for id_ in ids]


def fileless_account(account_id: str, user: BaseUser) -> AccountDetail:
    """Return what the ledger has of an account without a file; actions that need a file are not allowed."""
    with opened_ledger().reading():
        counts = opened_ledger().figures.counts([account_id])
        (row,) = described(fileless_accounts([account_id], counts), user)
    return AccountDetail.model_validate(row | {"file": "", "settings": None, "yaml": "", "version": None})


def described(rows: Sequence[Fileless], user: BaseUser) -> list[dict[str, Any]]:
    """Return some accounts without a file as the API shows them."""
    if not rows:
        return []
    ids, today = [row.id for row in rows], datetime.now(UTC).date()
    allowed = rights(user, ids, _RIGHTS.values())
    days = opened_ledger().figures.moved_by_day(first_day(today), ids)
    known = _in_airflow(row.run for row in rows if row.run)
    stopped = [row.id for row in rows if row.state is AccountState.STOPPED]
    stops = opened_ledger().stops.pending(stopped) if stopped else []
    return [
        {
            "id": row.id,
            "dag_id": row.ref.dag_id if row.ref else "",
            "name": row.id,
            "fileless": True,
            "direction": row.direction,
            "direction_title": title_of(row.direction) if row.direction else "",
            "companies": [],
            "frequency": None,
            "timezone": None,
            "note": "",
            "state": row.state,
            **dict(zip(("advice", "advice_code"), row.advice(), strict=True)),
            "paused": None,
            "known": True,
            "last_run": _last_run(row, known.get(row.id, "")),
            "next_run": None,
            **row.counts._asdict(),
            "progress": None,
            "chart": chart(days.get(row.id, {}), today),
            "problems": [],
            "wrong": [],
            "stops": [StopModel.of(stop) for stop in stops if stop.account == row.id],
            "rights": dict.fromkeys(AccountRights.model_fields, False)
            | {name: allowed[row.id][right] for name, right in _RIGHTS.items()},
        }
        for row in rows
    ]


def _in_airflow(runs: Iterable[Run]) -> dict[str, str]:
    """Return Airflow's states of runs, by account."""
    refs = {run.account: ref for run in runs if (ref := RunRef.of(run.id, run.account))}
    states = states_of((ref.dag_id, ref.dag_run_id) for ref in refs.values())
    return {account: states.get((ref.dag_id, ref.dag_run_id), "") for account, ref in refs.items()}


def _last_run(row: Fileless, in_airflow: str) -> dict[str, Any] | None:
    run, ref = row.run, row.ref
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
