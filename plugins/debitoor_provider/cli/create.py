"""``airflow debitoor accounts create``: account files from one template and a table of values."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from airflow.utils.cli import suppress_logs_and_warning

from debitoor_provider.cli.console import plain_errors, say, show
from debitoor_provider.cli.examining import airflow_names, examined
from debitoor_provider.cli.stderr import hint
from debitoor_provider.configuration import accounts_folder
from debitoor_provider.messages import Message, labelled, reason_of
from debitoor_provider.runs.account_files import account_files
from debitoor_provider.sync.account_files.template import MadeAccount, RowProblem, Table, make, write_all

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Sequence


@suppress_logs_and_warning
def create(args: Namespace) -> None:
    """Make an account file for each row of a table; nothing is written unless all of them are valid."""
    folder = Path(args.folder).expanduser() if args.folder else accounts_folder()
    known = {file.account_id for file in account_files()} | {path.stem for path in folder.glob("*.y*ml")}
    try:
        table = Table.read(_read(args.values))
    except csv.Error:
        raise SystemExit(str(Message("create_not_csv", path=args.values))) from None
    made, problems = make(_read(args.template), table, known)
    if problems:
        for problem in problems:
            say(_line(args.values, problem))
        raise SystemExit(Message("create_nothing_written").text())
    for problem in _missing(made, connections=args.connections):
        hint(labelled(Message("validate_warning").text(), _line(args.values, problem)))
    if not args.dry_run:
        try:
            write_all(folder, made)
        except OSError as error:
            where, reason = error.filename or folder, reason_of(error)
            raise SystemExit(Message("create_not_written", path=where, reason=reason).text()) from None
    rows = [{"account": one.account_id, "file": str(folder / f"{one.account_id}.yaml")} for one in made]
    show(args, rows)
    if args.dry_run:
        hint(Message("create_dry_run"))
    else:
        hint(Message("create_next"))


def _missing(made: Sequence[MadeAccount], *, connections: bool) -> Iterator[RowProblem]:
    """Return what the accounts name and does not exist, as ``validate`` finds it; it may come later."""
    with plain_errors():
        names = airflow_names()
        for one in made:
            if one.account:
                wrong, unsure = examined(one.account_id, one.account, names, connections=connections)
                yield from map(one.problem, [*wrong, *unsure])


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise SystemExit(Message("create_not_utf8", path=path).text()) from None
    except OSError as error:
        raise SystemExit(Message("create_not_read", path=path, reason=reason_of(error)).text()) from None


def _line(values: str, problem: RowProblem) -> str:
    place = f"{values}:{problem.line}" if problem.line else values
    return f"{place}: {problem.column}: {problem.message}" if problem.column else f"{place}: {problem.message}"
