"""How the commands print, open the ledger and end."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console

from debitoor_provider.configuration import ledger_url
from debitoor_provider.services.errors import ServiceError
from debitoor_provider.sync.ledger import Ledger, LedgerError
from debitoor_provider.tables import cell, table

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Mapping, Sequence


def show(args: Namespace, rows: Sequence[Mapping[str, Any]], *, right: Sequence[str] = (), empty: str = "") -> None:
    """Print rows as a table, or as JSON for other programs.

    :param right: columns that hold figures
    :param empty: what to say instead of an empty table
    """
    if args.output == "json":
        print(json.dumps(list(rows), default=str, ensure_ascii=False, indent=2))  # noqa: T201
        return
    console = Console()
    if not rows:
        console.print(cell(empty))
        return
    made = table(*(name.replace("_", " ") for name in rows[0]), right=[name.replace("_", " ") for name in right])
    for row in rows:
        made.add_row(*(cell(value) for value in row.values()))
    console.print(made)


@contextmanager
def opened_ledger() -> Iterator[Ledger]:
    """Open the ledger; what goes wrong ends the command with a plain sentence."""
    with plain_errors():
        yield Ledger.open(ledger_url())


@contextmanager
def plain_errors() -> Iterator[None]:
    """End the command with one sentence instead of a traceback."""
    # As in Airflow's own connection commands: connections come from the metadata database, not from a supervisor.
    os.environ["_AIRFLOW_PROCESS_CONTEXT"] = "server"
    try:
        yield
    except (ServiceError, LedgerError) as error:
        raise SystemExit(str(error)) from None


def actor() -> str:
    """Name the person at the command line for the history."""
    import getpass

    return f"user:{getpass.getuser()}"
