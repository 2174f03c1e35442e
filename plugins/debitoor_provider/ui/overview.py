"""All accounts at a glance: what each file says, what Airflow knows of it, and what the ledger has of its documents."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from debitoor_provider.sync.reporting import STOPPED
from debitoor_provider.ui.figures import NO_FIGURES, Figures, current_figures
from debitoor_provider.ui.ledger import opened_ledger
from debitoor_provider.ui.scheduling import Dag, LastRun, known_dags, last_runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from debitoor_provider.sync.accounts.files import AccountFile
    from debitoor_provider.sync.ledger import Ledger, Run


class AccountState(StrEnum):
    """How an account is; when several hold, the first."""

    BROKEN = "broken"  # its file has to be mended
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
    :param advice: one sentence: what to do; empty when there is nothing to be done
    :param advice_code: the same for a translation; empty when the sentence is the run's own
    """

    id: str
    file: AccountFile
    dag: Dag | None
    last_run: LastRun | None
    run: Run | None
    figures: Figures
    state: AccountState
    advice: str
    advice_code: str

    @property
    def name(self) -> str:
        """What people call it."""
        return name_of(self.file)


def overview(files: Mapping[str, AccountFile]) -> list[Overview]:
    """Look at accounts.

    :param files: by the account's id on the page
    """
    dags, runs, figures = known_dags(), last_runs.now(), current_figures()
    recorded = _recorded.setdefault(opened_ledger(), _Recorded())
    known = recorded.of(runs[file.dag_id] for file in files.values() if file.dag_id in runs)
    rows = []
    for account_id, file in files.items():
        dag, last_run = dags.get(file.dag_id), runs.get(file.dag_id)
        run = known.get(ledger_id(last_run)) if last_run else None
        counted = figures.get(account_id, NO_FIGURES)
        state = _state(file, dag, last_run, run, counted)
        advice, code = _advice(state, file, dag, run, counted)
        rows.append(Overview(account_id, file, dag, last_run, run, counted, state, advice, code))
    return rows


def progress_of(rows: Iterable[Overview]) -> dict[str, Progress]:
    """Tell how far those accounts are that run just now, by account; without those that have nothing to move yet."""
    running = {ledger_id(row.last_run): row for row in rows if row.state is AccountState.RUNNING and row.last_run}
    done = opened_ledger().dealt_with(running) if running else {}
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
        self._kept: dict[str, tuple[datetime | None, Run]] = {}
        self._lock = threading.Lock()

    def of(self, last: Iterable[LastRun]) -> dict[str, Run]:
        with self._lock:
            by_id = {ledger_id(run): run for run in last}
            kept = {
                run_id: self._kept[run_id]
                for run_id, run in by_id.items()
                if run.is_over and run_id in self._kept and self._kept[run_id][0] == run.finished_at
            }
            missing = by_id.keys() - kept.keys()
            read = opened_ledger().runs_known(missing) if missing else {}
            self._kept = kept | {
                run_id: (by_id[run_id].finished_at, run) for run_id, run in read.items() if by_id[run_id].is_over
            }
            return {run_id: run for run_id, (_, run) in kept.items()} | read


_recorded: dict[Ledger, _Recorded] = {}


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


def _advice(
    state: AccountState, file: AccountFile, dag: Dag | None, run: Run | None, figures: Figures
) -> tuple[str, str]:
    match state:
        case AccountState.BROKEN:
            problem = file.problems[0]
            return f"{problem.message} {problem.mend}".strip(), "broken"
        case AccountState.STOPPED | AccountState.FAILED:
            if run and (told := run.remedy or run.error):
                return told, ""
            return "Look at the run to see what went wrong.", "look_at_run"
        case AccountState.PAUSED:
            return "Resume it, so that documents move again.", "resume"
        case AccountState.ATTENTION:
            number = figures.attention
            return ("Decide about 1 document." if number == 1 else f"Decide about {number} documents."), "decide"
        case AccountState.NEW if dag is None:
            return "Wait until Airflow has read the account's file.", "wait_for_airflow"
        case _:
            return "", ""


def _is_paused(dag: Dag | None) -> bool:
    return dag is not None and dag.is_paused
