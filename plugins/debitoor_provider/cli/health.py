"""``airflow debitoor accounts health``: how the accounts are, for a monitoring that goes by exit codes."""

from __future__ import annotations

from dataclasses import dataclass
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
from debitoor_provider.runs.words import value_in
from debitoor_provider.sync.accounts.late import known_since, lateness
from debitoor_provider.sync.accounts.schedule import Schedule
from debitoor_provider.sync.ledger import Ledger, LedgerError
from debitoor_provider.sync.steps.limits import PLAN_WAITS
from debitoor_provider.sync.steps.report import WENT_THROUGH
from debitoor_provider.sync.text import nearest

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Container, Mapping

    from debitoor_provider.sync.accounts.files import AccountFile
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
        paused = _paused_dags() if files else set()
        names = AirflowNames.read() if files else AirflowNames()
        due = _Due(datetime.now(UTC), late)
        return [
            (
                file,
                _broken(file)
                or _named(file, names, ledger, _judged(file, ledger, attention, paused, due), connections=connections),
            )
            for file in files
        ], None
    except LedgerError as error:
        trouble = Health(Level.CRITICAL, "no ledger", str(error))
    except SQLAlchemyError:
        trouble = Health(Level.CRITICAL, "no Airflow", str(Message("health_no_airflow")))
    return [(file, _broken(file) or trouble) for file in files], trouble


def _paused_dags() -> set[str]:
    from airflow.models.dag import DagModel
    from airflow.utils.session import create_session

    with create_session() as session:
        return set(session.scalars(sa.select(DagModel.dag_id).where(DagModel.is_paused)))


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


def _named(file: AccountFile, names: AirflowNames, ledger: Ledger, judged: Health, *, connections: bool) -> Health:
    """Return how an account is, where what its file names may not exist, as ``validate`` finds it."""
    if file.account is None:
        return judged
    wrong, unsure = examined(file.account_id, file.account, names, ledger, connections=connections)
    senders = [found for found in wrong if found.field == _SENDER]
    for found in wrong:  # what keeps every run from its work
        if found not in senders:
            return Health(Level.CRITICAL, _lacking(found), str(found.message))
    if senders and (judged.level is Level.WELL or judged.state == "attention"):
        return Health(Level.WARNING, "no sender", str(senders[0].message))
    if judged.level is Level.WELL and unsure:
        return Health(Level.WARNING, _doubted(unsure[0]), str(unsure[0].message))
    return judged


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
    return "wrong field" if found.field.startswith("connections.") else "unknown name"


_CLOCKS = {"clock_fast", "clock_slow"}
_SENDER = "notify.connection"
_MISSING = {"setting_connection_missing", "connection_not_there"}
_LACKING = {"pool": "no pool", "connections": "no connection", "category": "no category", "defaults": "no company"}


def _judged(
    file: AccountFile,
    ledger: Ledger,
    attention: Mapping[str, int],
    paused: Container[str],
    due: _Due,
) -> Health:
    """Judge an account by its last finished run: a run in progress makes nothing well."""
    last = ledger.runs.last_judged(file.account_id)
    for stop in ledger.stops.pending([file.account_id]):
        is_over = last and last.finished_at and last.finished_at > stop.stopped_at
        if stop.message.code == PLAN_WAITS and not is_over:  # before everything else, as on the page
            return Health(Level.WARNING, "approval", stop.message.text())
    if last and last.verdict not in WENT_THROUGH:
        return Health(Level.CRITICAL, last.verdict, str(last.message or ""))
    is_paused = file.dag_id in paused
    if file.account and not is_paused:
        missed = due.missed_by(file, file.account, last.finished_at if last else None)
        if missed:
            return Health(Level.WARNING, "late", missed)
    if number := attention.get(file.account_id):
        return Health(Level.WARNING, "attention", str(Message("health_attention", count=number)))
    return Health(Level.WELL, "paused") if is_paused else _WELL


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
