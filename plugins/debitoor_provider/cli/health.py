"""``airflow debitoor accounts health``: how the accounts are, for a monitoring that goes by exit codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from functools import reduce
from typing import TYPE_CHECKING, Any

import pendulum
import sqlalchemy as sa
from airflow.utils.cli import suppress_logs_and_warning
from sqlalchemy.exc import SQLAlchemyError

from debitoor_provider.cli.console import no_account, no_files, plain_errors, say, show
from debitoor_provider.cli.examining import examined
from debitoor_provider.cli.stderr import hint
from debitoor_provider.configuration import ledger_url
from debitoor_provider.messages import Message, labelled
from debitoor_provider.runs.account_files import account_files
from debitoor_provider.runs.airflow_names import AirflowNames
from debitoor_provider.runs.dag_files import folders_without_accounts
from debitoor_provider.runs.postponed import postponed_runs
from debitoor_provider.runs.words import value_in
from debitoor_provider.sync.accounts.late import known_since, lateness
from debitoor_provider.sync.accounts.schedule import Schedule
from debitoor_provider.sync.home_rate import stated_rate_doubts
from debitoor_provider.sync.ledger import WENT_THROUGH, Ledger, LedgerError
from debitoor_provider.sync.steps.limits import PLAN_WAITS
from debitoor_provider.sync.text import nearest

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Mapping, Set

    from debitoor_provider.runs.postponed import Postponed
    from debitoor_provider.sync.account_files.files import AccountFile
    from debitoor_provider.sync.accounts.finding import Finding
    from debitoor_provider.sync.accounts.settings import Account


class Level(IntEnum):
    """How bad it is; the command's exit code."""

    WELL = 0
    WARNING = 1
    CRITICAL = 2


@dataclass(frozen=True, slots=True)
class Health:
    """How an account is.

    :param state: in a word, e.g. ``stopped``
    :param why: one line for a person; may be empty
    """

    level: Level
    state: str
    why: str = ""


_WELL = Health(Level.WELL, "well")


@suppress_logs_and_warning
def health(args: Namespace) -> None:
    """Return how the accounts are; the exit code is the worst of their levels."""
    every = {file.account_id: file for file in account_files()}
    files = [every[id_] for id_ in args.accounts if id_ in every] if args.accounts else list(every.values())
    late = timedelta(minutes=args.late) if args.late else None
    with plain_errors():
        found, trouble = _examined(files, late, connections=args.connections)
    lines = [(file.account_id, result) for file, result in found]
    lines += [
        (id_, Health(Level.CRITICAL, "unknown", no_account(id_, nearest(id_, every))))
        for id_ in dict.fromkeys(args.accounts)
        if id_ not in every
    ]
    if not args.accounts:
        lines += [("", Health(Level.WARNING, "no accounts", str(message))) for message in folders_without_accounts()]
    if args.output != "table":
        show(args, [_row(account_id, result) for account_id, result in lines])
    else:
        for account_id, result in lines:
            say(_line(account_id, result))
    if not lines or not (files or args.accounts):
        hint(trouble.why if trouble else no_files())
    raise SystemExit(int(max(result.level for result in (*(result for _, result in lines), trouble or _WELL))))


def _examined(
    files: list[AccountFile], late: timedelta | None, *, connections: bool
) -> tuple[list[tuple[AccountFile, Health]], Health | None]:
    """Look at accounts.

    :param connections: try them, and ask the services for what the settings name
    :return: how each of them is, and what keeps all of them from running, if anything does
    """
    try:
        ledger = Ledger.open(ledger_url())
        attention = {account: counts.attention for account, counts in ledger.figures.counts().items()}
        due = _Due(datetime.now(UTC), late)
        dags = _Dags.read(due.now) if files else _Dags()
        names = AirflowNames.read() if files else AirflowNames()

        def health_of(file: AccountFile) -> Health:
            wrong, unsure = _named(file, names, ledger, connections=connections)
            found = [*wrong, *_judged(file, ledger, dags, due), *unsure, *_undecided(file, attention)]
            return _together(found) or (Health(Level.WELL, "paused") if file.dag_id in dags.paused else _WELL)

        return [(file, _broken(file) or health_of(file)) for file in files], None
    except LedgerError as error:
        trouble = Health(Level.CRITICAL, "no ledger", str(error))
    except SQLAlchemyError:
        trouble = Health(Level.CRITICAL, "no Airflow", str(Message("health_no_airflow")))
    return [(file, _broken(file) or trouble) for file in files], trouble


@dataclass(frozen=True, slots=True)
class _Dags:
    """What Airflow knows of DAGs.

    :param paused: the ids of those that are paused
    :param postponed: the runs that wait for a time in the future, by DAG id
    """

    paused: Set[str] = frozenset()
    postponed: Mapping[str, Postponed] = field(default_factory=dict)

    @classmethod
    def read(cls, now: datetime) -> _Dags:
        """Read Airflow's database."""
        from airflow.models.dag import DagModel
        from airflow.utils.session import create_session

        with create_session() as session:
            paused = session.scalars(sa.select(DagModel.dag_id).where(DagModel.is_paused))
            return cls(set(paused), postponed_runs(session, now))


@dataclass(frozen=True, slots=True)
class _Due:
    """Whether an account is late.

    :param now: the time
    :param patience: how long after its time a run may finish; ``None``: two intervals after the one before it
    """

    now: datetime
    patience: timedelta | None

    def missed_by(self, file: AccountFile, account: Account, last: datetime | None) -> str:
        """Return that an account is late; a new file has until its first run. Empty when it is not."""
        if self.patience is None:
            return str(lateness(account, last, known_since(file.path), self.now) or "")
        if account.cron is None:
            return ""
        schedule = Schedule(account.cron, account.timezone)
        due = schedule.last_due(pendulum.instance(self.now - self.patience)).in_timezone(schedule.zone)
        if (last or known_since(file.path)) >= due:
            return ""
        return str(Message("health_missed", due=f"{due:%Y-%m-%d %H:%M %Z}"))


def _broken(file: AccountFile) -> Health | None:
    return Health(Level.CRITICAL, "broken", str(file.problems[0])) if file.problems else None


def _named(
    file: AccountFile, names: AirflowNames, ledger: Ledger, *, connections: bool
) -> tuple[list[Health], list[Health]]:
    """Return what is wrong with what a file names, as ``validate`` finds it.

    :return: what keeps every run from its work, and what runs continue with
    """
    if file.account is None:
        return [], []
    found, doubts = examined(file.account_id, file.account, names, ledger, connections=connections)
    doubts = [*doubts, *stated_rate_doubts(file.account)]
    senders = [one for one in found if one.field == _SENDER]
    wrong = [Health(Level.CRITICAL, _lacking(one), str(one.message)) for one in found if one not in senders]
    unsure = [Health(Level.WARNING, "no sender", str(one.message)) for one in senders[:1]]
    by_kind: dict[str, Finding] = {}  # one of each: a clock that is off does not hide a rate that is wrong
    for one in doubts:
        by_kind.setdefault(_doubted(one), one)
    return wrong[:1], unsure + [Health(Level.WARNING, kind, str(one.message)) for kind, one in by_kind.items()]


def _together(found: list[Health]) -> Health | None:
    """Return how an account is by all that was found, called by the gravest.

    Of what is critical only the first is reported: the others often follow from it.
    """
    critical = [one for one in found if one.level is Level.CRITICAL][:1]
    reported = critical + [one for one in found if one.level is not Level.CRITICAL]
    if not reported:
        return None
    return Health(reported[0].level, reported[0].state, " ".join(one.why for one in reported if one.why))


def _lacking(found: Finding) -> str:
    """Return what does not exist, or does not work, in two words."""
    part = found.field.partition(".")[0]
    if part == "connections" and found.message.code not in _MISSING:
        return "not connected"
    return _LACKING.get(part, "no file")


def _doubted(found: Finding) -> str:
    """Return what does not stop a run, in two words."""
    if found.message.code in _CLOCKS:
        return "wrong clock"
    if found.field.startswith("reverse_charge."):
        return "odd rate"
    return "wrong field" if found.field.startswith("connections.") else "unknown name"


_CLOCKS = {"clock_fast", "clock_slow"}
_SENDER = "notify.connection"
_MISSING = {"setting_connection_missing", "connection_not_there"}
_LACKING = {
    "pool": "no pool",
    "connections": "no connection",
    "category": "no category",
    "defaults": "no company",
    "books": "not connected",
    "debitoor_id": "not connected",
}


def _judged(file: AccountFile, ledger: Ledger, dags: _Dags, due: _Due) -> Iterator[Health]:
    """Judge an account by its runs: by those that have finished, since a run in progress makes nothing well."""
    last = ledger.runs.representative(file.account_id)
    listed = ledger.runs.last_listed([file.account_id]).get(file.account_id)
    for stop in ledger.stops.pending([file.account_id]):
        is_over = last and last.finished_at and last.finished_at > stop.stopped_at
        if stop.message.code == PLAN_WAITS and not is_over:  # before everything else, as on the page
            yield Health(Level.WARNING, "approval", stop.message.text())
            return
    has_failed = last is not None and last.verdict not in WENT_THROUGH
    if last and has_failed:
        yield Health(Level.CRITICAL, last.verdict, str(last.message or ""))
    postponed = dags.postponed.get(file.dag_id)
    if file.account and postponed:
        yield Health(Level.WARNING, "postponed", str(postponed.message(file.account)))
    elif file.account and not has_failed and file.dag_id not in dags.paused:
        missed = due.missed_by(file, file.account, listed.finished_at if listed else None)
        if missed:
            yield Health(Level.WARNING, "late", missed)


def _undecided(file: AccountFile, attention: Mapping[str, int]) -> Iterator[Health]:
    if number := attention.get(file.account_id):
        yield Health(Level.WARNING, "attention", str(Message("health_attention", count=number)))


def _row(account_id: str, health: Health) -> dict[str, Any]:
    return {
        "account": account_id,
        "level": health.level.name.lower(),
        "state": health.state,
        "why": health.why,
    }


def _line(account_id: str, health: Health) -> str:
    level = health.level.name.lower()
    state = value_in("state", health.state) if health.state != level else ""
    parts: list[str] = [account_id, value_in("level", level), state, health.why]
    return reduce(labelled, filter(None, parts))
