"""``airflow debitoor accounts``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.utils.cli import suppress_logs_and_warning
from sqlalchemy.exc import SQLAlchemyError

from debitoor_provider.cli.console import (
    actor,
    no_files,
    opened_ledger,
    period_of,
    plain_errors,
    print_fitting,
    require_account,
    say,
    settings_of,
    show,
)
from debitoor_provider.cli.examining import airflow_names, examined
from debitoor_provider.cli.stderr import hint
from debitoor_provider.configuration import ledger_url
from debitoor_provider.messages import Message, labelled, moment
from debitoor_provider.runs.account_files import account_files
from debitoor_provider.runs.airflow_names import AirflowNames
from debitoor_provider.runs.dag_files import folders_without_accounts
from debitoor_provider.runs.jobs import job_of
from debitoor_provider.runs.tables import preview_table
from debitoor_provider.sync.account_files.files import account_warnings, load_account_file, placed
from debitoor_provider.sync.accounts.schedule import next_runs
from debitoor_provider.sync.ledger import Ledger, LedgerError
from debitoor_provider.sync.steps.limits import PLAN_WAITS
from debitoor_provider.sync.steps.preview import preview as previewed
from debitoor_provider.sync.window import manual
from debitoor_provider.ui.account_states import AccountState
from debitoor_provider.ui.folder import id_of
from debitoor_provider.ui.overview import overview

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator
    from datetime import datetime

    from debitoor_provider.sync.account_files.files import AccountFile
    from debitoor_provider.sync.accounts.problems import Problem
    from debitoor_provider.ui.overview import Overview


_LEAST = ("direction", "frequency", "name", "moved", "waiting", "last_run", "to_do")
"""The columns of the list that a narrow terminal leaves out, the least important first."""
_NEXT_RUNS = 5
_FAILED = {AccountState.RECONNECT, AccountState.STOPPED, AccountState.FAILED}


@suppress_logs_and_warning
def list_accounts(args: Namespace) -> None:
    """List the accounts with the state that the Synchronisation page shows."""
    with opened_ledger() as ledger:
        files = {id_of(file): file for file in account_files()}
        try:
            rows = overview(files, ledger.figures.counts())
        except SQLAlchemyError:
            raise SystemExit(str(Message("health_no_airflow"))) from None
        show(args, list(map(_standing, rows)), empty=no_files(), least=_LEAST)


def _standing(row: Overview) -> dict[str, Any]:
    facts = row.facts
    file, account, last = facts.file, facts.file.account, facts.last_run
    return {
        "account": file.account_id,
        "name": account.name if account else "",
        "direction": account.type if account else "",
        "frequency": account.schedule if account else "",
        "moved": facts.counts.moved,
        "to_do": facts.counts.to_do,
        "waiting": facts.counts.waiting,
        "attention": facts.counts.attention,
        "last_run": last.started_at.isoformat(" ", "minutes") if last and last.started_at else "",
        "state": str(row.judged.state),
        "why": _reason(row),
    }


def _reason(row: Overview) -> str:
    """Return why an account is in its state, and what to do about it."""
    problems, run = row.facts.file.problems, row.facts.failed
    if problems:
        return str(problems[0])  # with file and line
    error = run.error if run and row.judged.state in _FAILED else ""
    return " ".join(dict.fromkeys(filter(None, (error, row.advice()[0]))))


@suppress_logs_and_warning
def validate(args: Namespace) -> None:
    """Check account files, build their DAGs, and with ``--connections`` test what they lead to."""
    with plain_errors():
        files = [load_account_file(Path(path)) for path in args.files] or account_files()
        names = airflow_names() if files else AirflowNames()
        ledger = _ledger() if args.connections else None
        rows = [row for file in files for row in _rows_of(file, names, ledger, connections=args.connections)]
        folders = [] if args.files else folders_without_accounts()
        if args.output != "table" or not (rows or folders):
            shown = [*(row.as_row() for row in rows), *map(_row_of_folder, folders)]
            show(args, shown, empty=no_files())
        else:  # lines as compilers write them, which editors and terminals make clickable
            for row in rows:
                say(row)
            for folder in folders:
                say(f"{folder.params['file']}: {labelled(Message('validate_warning'), folder)}")
        if rows and not folders and not args.files and all(file.bundle for file in files):
            hint(no_files())
        if not rows or any(row.result == "broken" for row in rows):
            raise SystemExit(1)


def _ledger() -> Ledger | None:
    """Return the ledger; where it cannot be used, say so."""
    try:
        return Ledger.open(ledger_url())
    except LedgerError as error:
        hint(str(error))
        return None


def _row_of_folder(found: Message) -> dict[str, Any]:
    file, text, remedy = found.params["file"], found.text(), found.remedy()
    return {"account": "", "file": str(file), "result": "warning", "message": text, "remedy": remedy}


@dataclass(frozen=True, slots=True)
class _ValidationRow:
    """One line of the validation.

    :param result: ``broken``, ``warning`` or ``well``
    :param problem: ``None`` when all is well
    :param next_runs: of an account that is well, in its time zone
    :param connected: whether its connections were tested and work
    """

    file: AccountFile
    result: str
    problem: Problem | None = None
    next_runs: tuple[datetime, ...] = ()
    connected: bool = False

    def __str__(self) -> str:
        if self.problem:
            place, _, rest = str(self.problem).partition(" ")
            is_warning = self.result == "warning"
            return f"{place} {labelled(Message('validate_warning'), rest) if is_warning else rest}"
        account = self.file.account
        times, zone = [moment(time) for time in self.next_runs], account.timezone if account else ""
        well = Message("validate_well", times=times, zone=zone) if times else Message("validate_well_manual")
        said = Message("validate_connected", well=well) if self.connected else well
        return f"{self.file.path.name}: {said}"

    def as_row(self) -> dict[str, Any]:
        """Return it for other programs."""
        row: dict[str, Any] = {"account": self.file.account_id, "file": self.file.path.name, "result": self.result}
        if self.problem is None:
            row |= {"next_runs": [time.isoformat() for time in self.next_runs]}
            return row | ({"connected": True} if self.connected else {})
        text, remedy = self.problem.message.text(), self.problem.message.remedy()
        return row | {"line": self.problem.line, "field": self.problem.field, "message": text, "remedy": remedy}


def _rows_of(
    file: AccountFile, names: AirflowNames, ledger: Ledger | None, *, connections: bool
) -> Iterator[_ValidationRow]:
    from debitoor_provider.dag_factory import try_build

    _, file = try_build(file)
    account, name = file.account, file.path.name
    problems = list(file.problems)
    warnings: list[Problem] = []
    if account:
        content = file.path.read_bytes()
        wrong, unsure = examined(file.account_id, account, names, ledger, connections=connections)
        problems += placed(wrong, content, name)
        warnings = [*account_warnings(account, content, name), *placed(unsure, content, name)]
    yield from (_ValidationRow(file, "broken", problem) for problem in problems)
    if account:
        yield from (_ValidationRow(file, "warning", warning) for warning in warnings)
        if not problems:
            yield _ValidationRow(file, "well", next_runs=tuple(next_runs(account, _NEXT_RUNS)), connected=connections)


def schema(args: Namespace) -> None:
    """Print the JSON Schema of account files."""
    from debitoor_provider.sync.account_files.schema import json_schema

    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))  # noqa: T201 - for a pipe, too


@suppress_logs_and_warning
def allow(args: Namespace) -> None:
    """Allow what stopped an account's run because of a limit, once."""
    with opened_ledger() as ledger:
        require_account(args.account, ledger)
        allowed = ledger.stops.allow(args.account, actor(), args.reason)
    rows = [
        {"account": stop.account, "limit": stop.limit_name, "number": stop.number, "why": stop.message.text()}
        for stop in allowed
    ]
    titles = {"number": "table.limit.number"}
    show(args, rows, empty=Message("allow_nothing", account=args.account), titles=titles)
    if any(stop.message.code == PLAN_WAITS for stop in allowed):
        hint(Message("allow_approval"))
    elif allowed:
        hint(Message("allow_done"))
    else:
        raise SystemExit(1)


@suppress_logs_and_warning
def preview(args: Namespace) -> None:
    """Show what a run would do."""
    start, end = period_of(args)
    with opened_ledger() as ledger:
        window = manual(start, end, ()) if start or end else None
        with job_of(args.account, settings_of(args.account), ledger, run_id="preview") as job:
            seen = previewed(job, window, args.limit)
        rows = seen.documents
    if args.output != "table":
        show(args, [row.as_row() for row in rows], empty=Message("preview_empty"))
    elif rows:
        made = preview_table(rows)
        print_fitting(made, made.least)
    else:
        say(Message("preview_empty").text())
    for warning in seen.warnings:
        hint(warning)
    if seen.stop:
        hint(Message("preview_would_stop", reason=seen.stop))
    if seen.total > len(rows):
        hint(Message("list_at_most", limit=args.limit))
