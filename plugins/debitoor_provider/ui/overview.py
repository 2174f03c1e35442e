"""All accounts at a glance: what each file says, what Airflow knows of it, and what the ledger has of its documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from debitoor_provider.messages import Message
from debitoor_provider.runs.airflow_names import AirflowNames
from debitoor_provider.sync.accounts.late import known_since, lateness
from debitoor_provider.sync.ledger import Counts
from debitoor_provider.sync.steps.report import STOPPED
from debitoor_provider.ui.airflow_state import Dag, LastRun, known_dags, last_runs, waiting_runs
from debitoor_provider.ui.ledger import opened_ledger

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping
    from concurrent.futures import Future

    from debitoor_provider.sync.accounts.files import AccountFile
    from debitoor_provider.sync.accounts.finding import Finding
    from debitoor_provider.sync.ledger import Run


FAILED = "failed"
"""Airflow's state of a run that failed."""


class AccountState(StrEnum):
    """How an account is; when several hold, the first."""

    BROKEN = "broken"  # its file has to be corrected
    APPROVAL = "approval"  # its run waits until a person has approved or refused the plan
    RUNNING = "running"
    RECONNECT = "reconnect"  # a service does not let the connection in any more
    STOPPED = "stopped"  # a person has to correct something before any run can succeed
    FAILED = "failed"
    PAUSED = "paused"
    LATE = "late"  # no run has finished for two intervals; one that runs for so long is late, too
    ATTENTION = "attention"  # it runs, and a person has to decide about documents
    NEW = "new"  # never ran
    WELL = "well"


_KEPT_OUT = {
    "token_refused",
    "debitoor_not_permitted",
    "gmi_key_unknown",
    "gmi_key_blocked",
    "gmi_key_not_permitted",
    "gmi_account_cancelled",
    "secret_missing",
    "secret_unusable",
    "books_of_another_account",
    "connection_missing",
}
"""Codes of what a new key or a new consent puts right."""


_LACKING = {"pool": "no_pool", "connections": "no_connection"}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: documents brought to an end, of those it is to move."""

    done: int
    total: int
    dag_run_id: str


class Overview(NamedTuple):
    """One account; a tuple, since a list of accounts makes one of each.

    :param id: on the page, see :func:`~debitoor_provider.ui.folder.id_of`
    :param dag: ``None`` while Airflow has not read the file yet
    :param run: the ledger's record of the last run if that failed and the ledger knows it
    :param lacking: what the file names and does not exist, so that no run could begin or succeed
    :param late: since when no run has finished, if that is too long ago
    """

    id: str
    file: AccountFile
    dag: Dag | None
    last_run: LastRun | None
    run: Run | None
    counts: Counts
    lacking: Finding | None
    late: Message | None
    state: AccountState

    @property
    def is_under_way(self) -> bool:
        """Whether a run of it moves documents, or waits to begin."""
        return self.state in {AccountState.RUNNING, AccountState.LATE} and not (self.last_run and self.last_run.is_over)

    @property
    def name(self) -> str:
        """What people call it."""
        return name_of(self.file)

    def advice(self) -> tuple[str, str]:
        """Return in one sentence what to do, and its code for a translation.

        Both are empty when there is nothing to be done, the code also when the sentence is the run's own.
        """
        match self.state:
            case AccountState.BROKEN:
                return str(self.file.problems[0].message), "broken"
            case AccountState.RECONNECT | AccountState.STOPPED if self.lacking:
                return str(self.lacking.message), _LACKING.get(self.lacking.field.partition(".")[0], "no_file")
            case AccountState.RECONNECT | AccountState.STOPPED | AccountState.FAILED:
                if self.run and (advice := self.run.remedy or self.run.error):
                    return advice, ""
                return _advice("look_at_run")
            case AccountState.APPROVAL:
                return _advice("approve")
            case AccountState.LATE if self.late:
                return str(self.late), "late"
            case AccountState.PAUSED:
                return _advice("resume")
            case AccountState.ATTENTION:
                return _advice("decide", count=self.counts.attention)
            case AccountState.NEW if self.dag is None:
                return _advice("wait_for_airflow")
            case _:
                return "", ""


def _advice(code: str, **params: int) -> tuple[str, str]:
    return Message(f"advice_{code}", **params).text(), code


def overview(files: Mapping[str, AccountFile], counting: Future[dict[str, Counts]]) -> list[Overview]:
    """Return accounts at a glance.

    :param files: by the account's id on the page
    :param counting: see :meth:`~debitoor_provider.sync.ledger.figures.Figures.counts`
    """
    dags, last = known_dags.now(), last_runs.now()
    runs = recorded(run for file in files.values() if (run := last.get(file.dag_id)) and run.state == FAILED)
    names = AirflowNames.read(suggests=False)
    asking = any(file.account and file.account.limits.exceeded == "approval" for file in files.values())
    airflow = _Airflow(dags, last, runs, names, waiting_runs() if asking else set())
    late = _late(files, dags, last)
    counts, none = counting.result(), Counts()
    return [_row(id_, file, airflow, counts.get(id_, none), late.get(id_)) for id_, file in files.items()]


def recorded(runs: Iterable[LastRun]) -> dict[str, Run]:
    """Return the ledger's records of runs by DAG id; runs that it does not know are left out."""
    by_id = {ledger_id(run): run.dag_id for run in runs}
    return {by_id[run_id]: run for run_id, run in opened_ledger().runs.known(by_id).items()} if by_id else {}


def progress_of(rows: Iterable[Overview]) -> dict[str, Progress]:
    """Return how far those accounts are that run just now, by account; without those that have nothing to move yet."""
    running = {ledger_id(row.last_run): row for row in rows if row.is_under_way and row.last_run}
    done = opened_ledger().runs.finished_documents(running) if running else {}
    found = {}
    for run_id, row in running.items():
        finished = done.get(run_id, 0)
        if row.last_run and (total := finished + row.counts.to_do):
            found[row.id] = Progress(finished, total, row.last_run.run_id)
    return found


def name_of(file: AccountFile) -> str:
    """Return what people call an account; while its file is broken, how that is called."""
    return file.account.name if file.account else file.path.name


def ledger_id(run: LastRun) -> str:
    """Return the id under which the ledger has a run of an account's own DAG."""
    return f"{run.dag_id}/{run.run_id}"


@dataclass(frozen=True, slots=True)
class _Airflow:
    """What Airflow knows of all accounts, and the ledger of their runs that failed."""

    dags: Mapping[str, Dag]
    last: Mapping[str, LastRun]
    failed: Mapping[str, Run]
    names: AirflowNames
    waiting: Container[tuple[str, str]]


def _row(account_id: str, file: AccountFile, airflow: _Airflow, counts: Counts, late: Message | None) -> Overview:
    dag, last_run = airflow.dags.get(file.dag_id), airflow.last.get(file.dag_id)
    run = airflow.failed.get(file.dag_id)
    lacking = next(airflow.names.unusable_pool(file.account), None) if file.account and file.account.pool else None
    if lacking:
        state = AccountState.STOPPED
    elif last_run and (last_run.dag_id, last_run.run_id) in airflow.waiting:
        state = AccountState.APPROVAL
    else:
        state = _state(file, dag, last_run, run, counts, is_late=late is not None)
        if file.account and state is AccountState.NEW:  # of others the last run tells
            lacking = next(iter(airflow.names.needed_by(file.account)), None)
            if lacking:
                is_connection = lacking.field.startswith("connections.")
                state = AccountState.RECONNECT if is_connection else AccountState.STOPPED
    return Overview(account_id, file, dag, last_run, run, counts, lacking, late, state)


def _late(files: Mapping[str, AccountFile], dags: Mapping[str, Dag], last: Mapping[str, LastRun]) -> dict[str, Message]:
    """Return which accounts are late, and since when; of a run that is not over yet the ledger knows the one before."""
    now, found = datetime.now(UTC), {}
    due = [
        (id_, file, file.account, last.get(file.dag_id))
        for id_, file in files.items()
        if file.account and (dag := dags.get(file.dag_id)) and not dag.is_paused
    ]
    under_way = [id_ for id_, _, account, run in due if run and not run.is_over and account.cron]
    before = opened_ledger().runs.last_finished(under_way) if under_way else {}
    for id_, file, account, run in due:
        finished = run.finished_at if run and run.is_over else before.get(id_)
        since = run.started_at if run and run.started_at else None
        if message := lateness(account, finished, since or known_since(file.path), now):
            found[id_] = message
    return found


def _state(
    file: AccountFile, dag: Dag | None, last_run: LastRun | None, run: Run | None, counts: Counts, *, is_late: bool
) -> AccountState:
    if file.account is None or file.problems:
        return AccountState.BROKEN
    if last_run and (last_run.state == "running" or (last_run.state == "queued" and not _is_paused(dag))):
        return AccountState.LATE if is_late else AccountState.RUNNING
    # A run that only rejected documents is red in Airflow; here these documents count, which may be settled by now.
    if last_run and last_run.state == FAILED and not (run and run.verdict == "rejected"):
        if not run or run.verdict != STOPPED:
            return AccountState.FAILED
        return AccountState.RECONNECT if run.codes & _KEPT_OUT else AccountState.STOPPED
    if _is_paused(dag):
        return AccountState.PAUSED
    if is_late:
        return AccountState.LATE
    if counts.attention:
        return AccountState.ATTENTION
    return AccountState.WELL if last_run else AccountState.NEW


def _is_paused(dag: Dag | None) -> bool:
    return dag is not None and dag.is_paused
