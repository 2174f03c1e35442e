"""How the commands print, open the ledger and end."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from airflow.cli.simple_table import AirflowConsole, SimpleTable
from rich.cells import cell_len, set_cell_size

from debitoor_provider.cli.fitting import fitting
from debitoor_provider.cli.stderr import hint, wrong
from debitoor_provider.configuration import accounts_folder, ledger_url
from debitoor_provider.hooks.database import connections_of_database
from debitoor_provider.messages import Message
from debitoor_provider.runs.account_files import account_file, account_files
from debitoor_provider.runs.jobs import usable
from debitoor_provider.runs.tables import NO_BREAK, cell
from debitoor_provider.runs.windows import to_period
from debitoor_provider.runs.words import heading, value_in
from debitoor_provider.services.errors import Misconfigured, ServiceError
from debitoor_provider.sync.accounts.values import quoted
from debitoor_provider.sync.ledger import Ledger, LedgerError
from debitoor_provider.sync.text import nearest

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from rich.table import Table

    from debitoor_provider.runs.tables import Cell
    from debitoor_provider.sync.accounts.settings import Account


def show(
    args: Namespace,
    rows: Sequence[Mapping[str, Any]],
    *,
    empty: Message | str = "",
    titles: Mapping[str, str] | None = None,
    least: Sequence[str] = (),
) -> None:
    """Print rows in the formats of Airflow's own commands.

    Airflow's printers of JSON and of plain tables are not used: they make texts of numbers and numbers of texts, so
    that an id ``007`` would become 7. JSON and YAML keep the names of columns and values; what people read has words.

    :param empty: what to say instead of an empty table
    :param titles: see :func:`~debitoor_provider.runs.words.heading`
    :param least: columns that a table in a narrow terminal leaves out, the least important first
    """
    if args.output in {"json", "yaml"}:
        show_whole(args, list(rows))
    elif not rows:
        say(empty)
    else:
        columns = list(dict.fromkeys(name for row in rows for name in row))
        heads = [heading(name, titles) for name in columns]
        read = [[cell(value_in(name, row.get(name))) for name in columns] for row in rows]
        if args.output == "plain":
            _print_plain(heads, read)
        else:
            of = dict(zip(columns, heads, strict=True))
            _print_table(heads, read, [of[name] for name in least if name in of])


def show_whole(args: Namespace, value: Any) -> None:
    """Print a value of any form as JSON or YAML, in ASCII: any terminal and any name will do."""
    text = json.dumps(value, default=str, indent=2)
    if args.output == "json":
        print(text)  # noqa: T201  what the command has to say, for a pipe too
    else:
        terminal().print_as_yaml(json.loads(text))


def _print_table(heads: Sequence[str], rows: Sequence[Sequence[Cell]], least: Sequence[str]) -> None:
    """Print a table in the form of Airflow's own; columns of figures are the last to become narrower."""
    table = SimpleTable(show_header=True)
    for head, column in zip(heads, zip(*rows, strict=True), strict=True):
        letters = {letter for one in column for letter in one.plain}
        table.add_column(head, no_wrap=" " not in letters and not letters.isdisjoint(NO_BREAK))
    for row in rows:
        table.add_row(*row)
    print_fitting(table, least)


def print_fitting(made: Table, least: Sequence[str]) -> None:
    """Print a table, in a narrow terminal without the columns that matter least, and say which these are.

    :param least: heads of the columns that may be left out, the least important first
    """
    shown, left_out = fitting(made, least, console := terminal())
    console.print(shown)
    if left_out:
        hint(Message("columns_left_out", columns=left_out))


def _print_plain(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Print columns without lines, each row on one line."""
    lines = [heads, *([one.plain for one in row] for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        say("  ".join(set_cell_size(text, width) for text, width in zip(line, widths, strict=True)).rstrip())


def terminal() -> AirflowConsole:
    """Return what tables are printed to; names of people and documents are never markup."""
    return AirflowConsole(markup=False, emoji=False, highlight=False)


def say(text: object) -> None:
    """Print a line of any characters, unwrapped, so that commands and paths in it can be copied."""
    terminal().print(cell(text), soft_wrap=True)


def no_files() -> str:
    """Return that there are no account files, and where they are expected."""
    return str(Message("no_account_files", folder=accounts_folder()))


@contextmanager
def opened_ledger() -> Iterator[Ledger]:
    """Open the ledger; what goes wrong ends the command with a plain sentence."""
    with plain_errors():
        yield Ledger.open(ledger_url())


@contextmanager
def plain_errors() -> Iterator[None]:
    """End the command with one sentence instead of a traceback."""
    try:
        with connections_of_database():
            yield
    except (ServiceError, LedgerError) as error:
        raise SystemExit(str(error)) from None


def require_account(account: str, ledger: Ledger) -> None:
    """Make sure that there is an account of this id: a file, or documents of one whose file was deleted.

    :raises SystemExit: naming the nearest id
    """
    near = nearest_account(account)
    if near == account or ledger.documents.count(account=account):
        return
    raise SystemExit(no_account(account, near))


def no_account(account: str, near: str | None) -> str:
    """Return that there is no account of this id, and which one was probably meant."""
    how = Message("did_you_mean", value=near) if near else Message("list_accounts_with")
    return str(Message("no_such_account", account=quoted(account), hint=how))


def nearest_account(account: str) -> str | None:
    """Return the id of the account file that was probably meant; this id itself, when there is one."""
    ids = {file.account_id for file in account_files()}
    return account if account in ids else nearest(account, ids)


def settings_of(account_id: str) -> Account:
    """Return the settings of an account in any bundle.

    :raises SystemExit: when there is none, naming the nearest id
    :raises Misconfigured: naming file, line, field and remedy of every problem
    """
    near = nearest_account(account_id)
    if near != account_id:
        raise SystemExit(no_account(account_id, near))
    return usable(account_file(account_id))


def period_of(args: Namespace) -> tuple[date | None, date | None]:
    """Return the period that ``--from`` and ``--to`` name.

    :raises SystemExit: when one is no date, or the period ends before it begins
    """
    try:
        return to_period(**{"--from": args.period_from, "--to": args.period_to})
    except Misconfigured as error:
        raise wrong(error.message) from None


def actor() -> str:
    """Name the person at the command line for the history."""
    import getpass

    return f"user:{getpass.getuser()}"
