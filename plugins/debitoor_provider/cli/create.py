"""``airflow debitoor accounts create``: account files from one template and a table of values."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from airflow.utils.cli import suppress_logs_and_warning

from debitoor_provider.cli.console import hint, say, show
from debitoor_provider.configuration import accounts_folder
from debitoor_provider.runs.account_files import account_files
from debitoor_provider.sync.accounts.template import RowProblem, Table, make, write_all

if TYPE_CHECKING:
    from argparse import Namespace


@suppress_logs_and_warning
def create(args: Namespace) -> None:
    """Make an account file for each row of a table; nothing is written unless all of them are valid."""
    folder = Path(args.folder).expanduser() if args.folder else accounts_folder()
    known = {file.account_id for file in account_files()} | {path.stem for path in folder.glob("*.y*ml")}
    try:
        table = Table.read(_read(args.values))
    except csv.Error as error:
        raise SystemExit(f"{args.values}: This is no CSV file: {error}.") from None
    made, problems = make(_read(args.template), table, known)
    if problems:
        for problem in problems:
            say(_line(args.values, problem))
        raise SystemExit("Nothing was written.")
    if not args.dry_run:
        try:
            write_all(folder, made)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise SystemExit(f"Nothing was written: {error.filename or folder}: {reason}.") from None
    rows = [{"account": one.account_id, "file": str(folder / f"{one.account_id}.yaml")} for one in made]
    show(args, rows)
    if args.dry_run:
        hint("This was a dry run: nothing was written.")
    else:
        hint("Check their connections with: airflow debitoor accounts validate --connections")


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise SystemExit(f"{path}: The file is not UTF-8 text. Save it with the encoding UTF-8.") from None
    except OSError as error:
        raise SystemExit(f"{path}: {error.strerror or type(error).__name__}.") from None


def _line(values: str, problem: RowProblem) -> str:
    place = f"{values}:{problem.line}" if problem.line else values
    return f"{place}: {problem.column}: {problem.message}" if problem.column else f"{place}: {problem.message}"
