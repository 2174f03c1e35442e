"""Accounts that are late: what a missed deadline of Airflow is a reason to look at."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from debitoor_provider.configuration import ledger_url
from debitoor_provider.runs.jobs import job_of, usable
from debitoor_provider.runs.metrics import gauge_late
from debitoor_provider.runs.report import tell
from debitoor_provider.sync.account_files.files import find_account
from debitoor_provider.sync.accounts.late import known_since, late_from, lateness
from debitoor_provider.sync.ledger import Ledger
from debitoor_provider.sync.steps.report import LATE, Report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from debitoor_provider.sync.accounts.settings import Account


class Look(NamedTuple):
    """What was found out about an account.

    :param result: in a sentence
    :param until: when to look again; ``None`` when there is no need to
    """

    result: str
    until: datetime | None = None


def look(account_id: str, folder: str, dag_run: Mapping[str, Any]) -> Look:
    """Return whether an account is late because a run of it is not done; tell its people that it is.

    :param folder: folder of the account's file
    :param dag_run: the run, as Airflow's API shows it
    :raises Misconfigured: when the account's file cannot be used here
    """
    file = find_account(Path(folder), account_id)
    account, ledger = usable(file), Ledger.open(ledger_url())
    finished = ledger.runs.last_finished([account_id]).get(account_id)
    if finished and finished > datetime.fromisoformat(dag_run["run_after"]):
        return Look("A run has finished since then.")
    since, now = known_since(file.path), datetime.now(UTC)
    message = lateness(account, finished, since, now)
    if message is None:
        until = late_from(account, finished or since)
        return Look("It is not late yet.", until) if until else Look("It is not scheduled any more.")
    _tell(account_id, account, ledger, dag_run, Report({}, LATE, message))
    return Look(str(message))


def _tell(account_id: str, account: Account, ledger: Ledger, dag_run: Mapping[str, Any], report: Report) -> None:
    run_id = f"{dag_run['dag_id']}/{dag_run['dag_run_id']}"
    with job_of(account_id, account, ledger, run_id=run_id) as job:
        gauge_late(job, is_late=True)
        tell(job, report)
