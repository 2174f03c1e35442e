"""All accounts at a glance: what each file says, what Airflow knows of it, and what the ledger has of its documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

from airflow.utils.session import create_session

from debitoor_provider.messages import Message
from debitoor_provider.runs.airflow_names import AirflowNames
from debitoor_provider.runs.postponed import postponed_runs
from debitoor_provider.sync.ledger import Counts
from debitoor_provider.sync.text import fold
from debitoor_provider.sync.window import RunKind
from debitoor_provider.ui.account_states import AccountFacts, AccountJudgement, AccountState, judged
from debitoor_provider.ui.airflow_state import (
    FAILED,
    begun_before,
    ended_unbegun,
    known_dags,
    last_runs,
    waiting_runs,
)
from debitoor_provider.ui.ledger import opened_ledger
from debitoor_provider.ui.wrong_drafts import still_wrong

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from debitoor_provider.runs.postponed import Postponed
    from debitoor_provider.sync.account_files.files import AccountFile
    from debitoor_provider.sync.accounts.finding import Finding
    from debitoor_provider.sync.ledger import Run
    from debitoor_provider.ui.airflow_state import Dag, LastRun

    _Known = tuple[
        AccountFile,
        Dag | None,
        LastRun | None,
        Run | None,
        datetime | None,
        Run | None,
        bool,
        Postponed | None,
        Counts,
        tuple[Finding, ...],
    ]


_LACKING = {"pool": "no_pool", "connections": "no_connection"}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: documents brought to an end, of those it is to move."""

    done: int
    total: int
    dag_run_id: str


class Overview(NamedTuple):
    """One account.

    :param id: on the page, see :func:`~debitoor_provider.ui.folder.id_of`
    :param words: the texts by which a search finds it, folded; its name first
    """

    id: str
    facts: AccountFacts
    judged: AccountJudgement
    words: Sequence[str]

    @property
    def is_under_way(self) -> bool:
        """Whether a run of it moves documents, or waits to begin."""
        run = self.facts.last_run
        return self.judged.state in {AccountState.RUNNING, AccountState.LATE} and not (run and run.is_over)

    @property
    def name(self) -> str:
        """What people call it."""
        return name_of(self.facts.file)

    @property
    def state(self) -> AccountState:
        """How it is."""
        return self.judged.state

    @property
    def counts(self) -> Counts:
        """Its documents."""
        return self.facts.counts

    @property
    def direction(self) -> str | None:
        """Which way it moves documents; not known while its file is broken."""
        account = self.facts.file.account
        return account.type if account else None

    @property
    def started_at(self) -> datetime | None:
        """When its last run began."""
        run = self.facts.last_run
        return run.started_at if run else None

    @property
    def next_run(self) -> datetime | None:
        """When it runs next on its schedule, which a paused one does not, or when the run begins that it waits for."""
        dag, postponed = self.facts.dag, self.facts.postponed
        if postponed and self.state is AccountState.POSTPONED:
            return postponed.until
        return dag.next_run if dag and not dag.is_paused else None

    def advice(self) -> tuple[str, str]:
        """Return in one sentence what to do, and its code for a translation.

        Both are empty when there is nothing to be done, the code also when the sentence is the run's own.
        """
        facts, (state, lacking, late, *_) = self.facts, self.judged
        match state:
            case AccountState.BROKEN:
                return str(facts.file.problems[0].message), "broken"
            case AccountState.RECONNECT | AccountState.STOPPED if lacking:
                return str(lacking.message), _LACKING.get(lacking.field.partition(".")[0], "no_file")
            case AccountState.RECONNECT | AccountState.STOPPED | AccountState.FAILED:
                if (run := facts.failed) and (advice := run.remedy or run.error):
                    return advice, ""
                return _advice("look_at_run")
            case AccountState.POSTPONED if facts.postponed and facts.file.account:
                return str(facts.postponed.message(facts.file.account)), "postponed"
            case AccountState.APPROVAL:
                return _advice("approve")
            case AccountState.LATE if late:
                return str(late), "late"
            case AccountState.PAUSED if facts.wrong:
                return " ".join(str(one.message) for one in facts.wrong), "wrong"
            case AccountState.PAUSED:
                return _advice("resume")
            case AccountState.ATTENTION:
                return _advice("decide", count=facts.counts.attention)
            case AccountState.NEW if facts.dag is None:
                return _advice("wait_for_airflow")
            case _:
                return "", ""


def _advice(code: str, **params: int) -> tuple[str, str]:
    return Message(f"advice_{code}", **params).text(), code


def overview(files: Mapping[str, AccountFile], counts: Mapping[str, Counts]) -> list[Overview]:
    """Return accounts at a glance.

    :param files: by the account's id on the page
    :param counts: see :meth:`~debitoor_provider.sync.ledger.figures.Figures.counts`
    """
    now, none = datetime.now(UTC), Counts()
    with create_session() as session:
        dags, last = known_dags.now(session), last_runs.now(session)
        postponed = postponed_runs(session, now)
        last = {file.dag_id: run for file in files.values() if (run := last.get(file.dag_id))}
        last, failed = _begun(session, last, postponed, now)
        runs = {id_: run for id_, file in files.items() if (run := last.get(file.dag_id))}
        under_way = {id_: account for id_, run in runs.items() if not run.is_over and (account := files[id_].account)}
        finished = opened_ledger().runs.last_finished(under_way) if under_way else {}
        listed = _listed_before(runs)
        is_asking = any(account.limits.exceeded == "approval" for account in under_way.values())
        waiting = waiting_runs(session) if is_asking else set()
        kept = opened_ledger().wrong.all()
        names = cache(partial(AirflowNames.read, session, suggests=False))
        found = []
        for id_, file in files.items():
            run, dag_id = runs.get(id_), file.dag_id
            is_waiting = bool(waiting) and run is not None and (dag_id, run.run_id) in waiting
            dag = dags.get(dag_id)
            known = (
                file,
                dag,
                run,
                failed.get(dag_id),
                finished.get(id_),
                listed.get(id_),
                is_waiting,
                postponed.get(dag_id),
                counts.get(id_, none),
                still_wrong(file, kept.get(id_)) if dag and dag.is_paused else (),
            )
            found.append(_row(id_, known, names, now))
        return found


def _begun(
    session: Session, last: dict[str, LastRun], postponed: Mapping[str, Postponed], now: datetime
) -> tuple[dict[str, LastRun], dict[str, Run]]:
    """Return the last runs that have begun, and the ledger's records of those that failed, both by DAG id.

    A run that waits for its time, or that a person ended while it waited, says nothing of how its account is.

    :param last: the last runs, begun or not
    """
    failed = recorded(run for run in last.values() if run.state == FAILED)
    waited = [run for dag_id, run in last.items() if dag_id in postponed]
    waited += ended_unbegun(session, (run for id_, run in last.items() if run.state == FAILED and id_ not in failed))
    if not waited:
        return last, failed
    begun = begun_before(session, waited, now)
    unbegun = {run.dag_id for run in waited}
    failed |= recorded(run for run in begun.values() if run.state == FAILED)
    return {dag_id: run for dag_id, run in last.items() if dag_id not in unbegun} | begun, failed


def _listed_before(runs: Mapping[str, LastRun]) -> dict[str, Run]:
    """Return the last runs that listed whatever was new of those accounts whose last run is over and was another one.

    :param runs: the last run of each account
    """
    others = {id_: run for id_, run in runs.items() if run.is_over and run.kind != RunKind.SCHEDULED}
    listed = opened_ledger().runs.last_listed(others) if others else {}
    return {id_: run for id_, run in listed.items() if run.id != ledger_id(others[id_])}


_kept: dict[str, Overview] = {}
"""The latest row of each account, by the account's id."""
_MOST_KEPT = 20_000


def _row(account_id: str, known: _Known, names: Callable[[], AirflowNames], now: datetime) -> Overview:
    """Return the row of an account: the same as before, unless a fact has changed or the account is late by now.

    :param known: its facts, in their order
    """
    row = _kept.get(account_id)
    if row and row.facts == known and row.facts.file is known[0] and row.judged.holds(now):
        return row
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    facts = AccountFacts(*known)
    row = _kept[account_id] = Overview(account_id, facts, judged(facts, names, now), _words(account_id, facts.file))
    return row


def _words(account_id: str, file: AccountFile) -> list[str]:
    account = file.account
    more = [account.note, *account.named_companies] if account else []
    return [fold(word) for word in (name_of(file), account_id, *more)]


def recorded(runs: Iterable[LastRun]) -> dict[str, Run]:
    """Return the ledger's records of runs by DAG id; runs that it does not know are left out."""
    by_id = {ledger_id(run): run.dag_id for run in runs}
    return {by_id[run_id]: run for run_id, run in opened_ledger().runs.known(by_id).items()} if by_id else {}


def progress_of(rows: Iterable[Overview]) -> dict[str, Progress]:
    """Return how far those accounts are that run just now, by account; without those that have nothing to move yet."""
    running = {ledger_id(run): (row, run) for row in rows if row.is_under_way and (run := row.facts.last_run)}
    done = opened_ledger().runs.finished_documents(running) if running else {}
    found = {}
    for id_, (row, run) in running.items():
        finished = done.get(id_, 0)
        if total := finished + row.facts.counts.to_do:
            found[row.id] = Progress(finished, total, run.run_id)
    return found


def name_of(file: AccountFile) -> str:
    """Return what people call an account: the name in its file or, while that is broken, the file's own name."""
    return file.account.name if file.account else file.path.name


def ledger_id(run: LastRun) -> str:
    """Return the id under which the ledger has a run of an account's own DAG."""
    return f"{run.dag_id}/{run.run_id}"
