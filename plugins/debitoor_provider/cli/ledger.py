"""``airflow debitoor ledger``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.utils.cli import suppress_logs_and_warning

from debitoor_provider.cli.console import opened_ledger, plain_errors, show
from debitoor_provider.configuration import ledger_url
from debitoor_provider.runs.exchange import Exchange, account_of
from debitoor_provider.sync.books import books_of
from debitoor_provider.sync.ledger import Ledger
from debitoor_provider.sync.rebuilding import rebuild_export, rebuild_import

if TYPE_CHECKING:
    from argparse import Namespace


@suppress_logs_and_warning
def upgrade(args: Namespace) -> None:  # noqa: ARG001
    """Bring the ledger's tables up to date."""
    with plain_errors():
        ledger = Ledger(ledger_url())
        before = ledger.revision
        ledger.upgrade()
        after = ledger.revision
        step = f"is at version {after}" if before == after else f"{before or 'new'} -> {after}"
        print(f"The {ledger.place} {step}.")  # noqa: T201


@suppress_logs_and_warning
def rebuild(args: Namespace) -> None:
    """Restore what the ledger knows of an account from what the target has."""
    with opened_ledger() as ledger:
        exchange = Exchange(args.account, account_of(args.account, None), ledger, run_id="rebuild")
        try:
            books_of(exchange.debitoor, exchange.account)
            if exchange.account.type == "export":
                result = rebuild_export(
                    account_id=args.account,
                    ledger=ledger,
                    getmyinvoices=exchange.getmyinvoices,
                    debitoor=exchange.debitoor,
                )
            else:
                result = rebuild_import(account_id=args.account, ledger=ledger, getmyinvoices=exchange.getmyinvoices)
        finally:
            exchange.close()
        row = {"account": args.account, "added": result.added, "restored": result.restored, "known": result.unchanged}
        show(args, [row], right=["added", "restored", "known"])
