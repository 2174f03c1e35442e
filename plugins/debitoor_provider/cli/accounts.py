"""``airflow debitoor accounts``."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.utils.cli import suppress_logs_and_warning
from rich.console import Console

from debitoor_provider.cli.console import opened_ledger, plain_errors, show
from debitoor_provider.configuration import accounts_folder
from debitoor_provider.operators.exchange import Exchange, account_of
from debitoor_provider.sync.accounts.files import load_account_file, load_folder
from debitoor_provider.sync.ledger import ATTENTION, DONE, State
from debitoor_provider.sync.window import RunKind, manual
from debitoor_provider.tables import preview_table

if TYPE_CHECKING:
    from argparse import Namespace

    from debitoor_provider.sync.accounts.files import AccountFile


@suppress_logs_and_warning
def list_accounts(args: Namespace) -> None:
    """List the accounts and how they stand."""
    with opened_ledger() as ledger:
        rows = []
        for file in load_folder(accounts_folder()):
            counts = ledger.count(account=file.account_id)
            runs = ledger.runs(file.account_id, limit=1)
            rows.append(
                {
                    "account": file.account_id,
                    "name": file.account.name if file.account else "",
                    "direction": file.account.type if file.account else "",
                    "frequency": str(file.account.frequency) if file.account else "",
                    "moved": sum(counts.get(state, 0) for state in DONE),
                    "to_do": counts.get(State.PLANNED, 0) + counts.get(State.SENDING, 0),
                    "waiting": counts.get(State.WAITING, 0),
                    "attention": sum(counts.get(state, 0) for state in ATTENTION),
                    "last_run": runs[0].started_at.isoformat(timespec="seconds") if runs and runs[0].started_at else "",
                    "state": str(file.problems[0])
                    if file.problems
                    else (runs[0].verdict or "running")
                    if runs
                    else "new",
                }
            )
        show(
            args,
            rows,
            right=["moved", "to_do", "waiting", "attention"],
            empty=f"There are no account files in {accounts_folder()}.",
        )


@suppress_logs_and_warning
def validate(args: Namespace) -> None:
    """Check account files, and with ``--connections`` what they lead to."""
    with plain_errors():
        files = [load_account_file(Path(path)) for path in args.files] or load_folder(accounts_folder())
        rows: list[dict[str, Any]] = []
        for file in files:
            problems = [str(problem) for problem in file.problems]
            if args.connections and not problems:
                problems = _connection_problems(file)
            rows += [{"account": file.account_id, "result": problem} for problem in problems or ["well"]]
        show(args, rows, empty=f"There are no account files in {accounts_folder()}.")
        if any(row["result"] != "well" for row in rows):
            raise SystemExit(1)


def _connection_problems(file: AccountFile) -> list[str]:
    """Try both connections of an account and compare the books with its Debitoor id."""
    from airflow.sdk.exceptions import AirflowException, AirflowRuntimeError

    from debitoor_provider.hooks.debitoor import DebitoorHook
    from debitoor_provider.hooks.getmyinvoices import GetMyInvoicesHook

    account = file.account
    if account is None:
        return []
    found = []
    hooks = {
        account.connections.getmyinvoices: GetMyInvoicesHook(account.connections.getmyinvoices),
        account.connections.debitoor: DebitoorHook(account.connections.debitoor),
    }
    for name, hook in hooks.items():
        try:
            well, text = hook.test_connection()
        except (AirflowException, AirflowRuntimeError) as error:
            well, text = False, str(error)
        if not well:
            found.append(f"connections: {name}: {text}")
    return found


def schema(args: Namespace) -> None:  # noqa: ARG001
    """Print the JSON Schema of account files."""
    from debitoor_provider.sync.accounts.schema import json_schema

    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))  # noqa: T201


@suppress_logs_and_warning
def preview(args: Namespace) -> None:
    """Show what a run would do."""
    from debitoor_provider.operators.windows import to_day

    with opened_ledger() as ledger:
        exchange = Exchange(args.account, account_of(args.account, None), ledger, run_id="preview")
        start, end = to_day("--from", args.period_from), to_day("--to", args.period_to)
        window = manual(start, end, ()) if start or end else None
        try:
            rows = exchange.preview(window, RunKind.MANUAL, datetime.now(UTC), args.limit)
        finally:
            exchange.close()
    if args.output == "json":
        show(args, [{name: getattr(row, name) for name in row.__slots__} for row in rows])
    else:
        Console().print(preview_table(rows) if rows else "There is nothing new.")
