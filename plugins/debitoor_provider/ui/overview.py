"""All accounts at a glance: what each file says, what Airflow knows of it, and what the ledger has of its documents."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from debitoor_provider.runs.pools import known_pools, missing_pool
from debitoor_provider.sync.steps.report import STOPPED
from debitoor_provider.ui.figures import NO_FIGURES, Figures
from debitoor_provider.ui.ledger import opened_ledger
from debitoor_provider.ui.scheduling import Dag, LastRun, known_dags, last_runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from concurrent.futures import Future

    from debitoor_provider.messages import Message
    from debitoor_provider.sync.accounts.files import AccountFile
    from debitoor_provider.sync.ledger import Ledger, Run


class AccountState(StrEnum):
    """How an account is; when several hold, the first."""

    BROKEN = "broken"  # its file has to be corrected
    RUNNING = "running"
    STOPPED = "stopped"  # a person has to mend something before any run can succeed
    FAILED = "failed"
    PAUSED = "paused"
    ATTENTION = "attention"  # it runs, and a person has to decide about documents
    NEW = "new"  # never ran
    WELL = "well"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: documents brought to an end, of those it is to move."""

    done: int
    total: int
    dag_run_id: str


@dataclass(frozen=True, slots=True)
class Overview:
    """One account.

    :param id: on the page, see :func:`~debitoor_provider.ui.folder.id_of`
    :param dag: ``None`` while Airflow has not read the file yet
    :param run: the last run as the ledger has it, of which it may know nothing
    :param no_pool: what is wrong when Airflow has no pool of the name in the file
    """

    id: str
    file: AccountFile
    dag: Dag | None
    last_run: LastRun | None
    run: Run | None
    figures: Figures
    no_pool: Message | None
    state: AccountState

    @property
    def name(self) -> str:
        """What people call it."""
        return name_of(self.file)

    def is_of(
        self,
        file: AccountFile,
        dag: Dag | None,
        last_run: LastRun | None,
        run: Run | None,
        figures: Figures,
        no_pool: Message | None,
    ) -> bool:
        """Tell whether it was made of just these."""
        return (
            self.file is file
            and self.dag is dag
            and self.last_run is last_run
            and self.run is run
            and self.figures is figures
            and self.no_pool == no_pool
        )

    def advice(self) -> tuple[str, str]:
        """Tell in one sentence what to do, and the same as a code for a translation.

        Both are empty when there is nothing to be done, the code also when the sentence is the run's own.
        """
        match self.state:
            case AccountState.BROKEN:
                return self.file.problems[0].message.full(), "broken"
            case AccountState.STOPPED if self.no_pool:
                return self.no_pool.full(), "no_pool"
            case AccountState.STOPPED | AccountState.FAILED:
                if self.run and (told := self.run.remedy or self.run.error):
                    return told, ""
                return "Look at the run to see what went wrong.", "look_at_run"
            case AccountState.PAUSED:
                return "Resume it, so that documents move again.", "resume"
            case AccountState.ATTENTION:
                number = self.figures.attention
                return ("Decide about 1 document." if number == 1 else f"Decide about {number} documents."), "decide"
            case AccountState.NEW if self.dag is None:
                return "Wait until Airflow has read the account's file.", "wait_for_airflow"
            case _:
                return "", ""


def overview(files: Mapping[str, AccountFile], counting: Future[Mapping[str, Figures]]) -> list[Overview]:
    """Look at accounts.

    :param files: by the account's id on the page
    :param counting: gives :func:`the figures <debitoor_provider.ui.figures.figures_aside>`
    """
    dags, runs, figures = known_dags.now(), last_runs.now(), counting.result()
    recorded = _recorded.setdefault(opened_ledger(), _Recorded())
    known = recorded.of(runs[file.dag_id] for file in files.values() if file.dag_id in runs)
    pools = known_pools() if any(file.account and file.account.pool for file in files.values()) else set()
    rows = []
    for account_id, file in files.items():
        dag, last_run = dags.get(file.dag_id), runs.get(file.dag_id)
        run = known.get(file.dag_id)
        counted = figures.get(account_id, NO_FIGURES)
        row = _rows.get(account_id)
        no_pool = missing_pool(file.account, pools) if file.account else None
        if not (row and row.is_of(file, dag, last_run, run, counted, no_pool)):
            state = AccountState.STOPPED if no_pool else _state(file, dag, last_run, run, counted)
            row = _rows[account_id] = Overview(account_id, file, dag, last_run, run, counted, no_pool, state)
        rows.append(row)
    return rows


def progress_of(rows: Iterable[Overview]) -> dict[str, Progress]:
    """Tell how far those accounts are that run just now, by account; without those that have nothing to move yet."""
    running = {ledger_id(row.last_run): row for row in rows if row.state is AccountState.RUNNING and row.last_run}
    done = opened_ledger().runs.finished_documents(running) if running else {}
    found = {}
    for run_id, row in running.items():
        finished = done.get(run_id, 0)
        if row.last_run and (total := finished + row.figures.to_do):
            found[row.id] = Progress(finished, total, row.last_run.run_id)
    return found


def name_of(file: AccountFile) -> str:
    """Give what people call an account; while its file is broken, how that is called."""
    return file.account.name if file.account else file.path.name


def ledger_id(run: LastRun) -> str:
    """Give the id under which the ledger has a run of an account's own DAG."""
    return f"{run.dag_id}/{run.run_id}"


class _Recorded:
    """What a ledger has of the last runs. That of a run that is over stays as it is, until the run is run again."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[LastRun, Run]] = {}
        self._lock = threading.Lock()

    def of(self, last: Iterable[LastRun]) -> dict[str, Run]:
        """Give the records of runs that the ledger knows, by DAG id."""
        with self._lock:
            found: dict[str, Run] = {}
            asked: dict[str, LastRun] = {}
            for run in last:
                known = self._kept.get(run.dag_id)
                if known and known[0] is run:  # Airflow has not written it again
                    found[run.dag_id] = known[1]
                else:
                    asked[ledger_id(run)] = run
            for run_id, record in (opened_ledger().runs.known(asked) if asked else {}).items():
                run = asked[run_id]
                found[run.dag_id] = record
                if run.is_over:
                    self._kept[run.dag_id] = (run, record)
            return found


_recorded: dict[Ledger, _Recorded] = {}
_rows: dict[str, Overview] = {}
"""As they were made last, by account; of a thousand, few have changed since."""


def _state(
    file: AccountFile, dag: Dag | None, last_run: LastRun | None, run: Run | None, figures: Figures
) -> AccountState:
    if file.account is None or file.problems:
        return AccountState.BROKEN
    if last_run and (last_run.state == "running" or (last_run.state == "queued" and not _is_paused(dag))):
        return AccountState.RUNNING
    # A run that only rejected documents is red in Airflow; here these documents count, which may be mended by now.
    if last_run and last_run.state == "failed" and not (run and run.verdict == "rejected"):
        return AccountState.STOPPED if run and run.verdict == STOPPED else AccountState.FAILED
    if _is_paused(dag):
        return AccountState.PAUSED
    if figures.attention:
        return AccountState.ATTENTION
    return AccountState.WELL if last_run else AccountState.NEW


def _is_paused(dag: Dag | None) -> bool:
    return dag is not None and dag.is_paused
