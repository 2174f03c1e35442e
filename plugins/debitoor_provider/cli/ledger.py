"""``airflow debitoor ledger``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.utils.cli import suppress_logs_and_warning

from debitoor_provider.cli.console import opened_ledger, plain_errors, show
from debitoor_provider.configuration import ledger_url
from debitoor_provider.runs.jobs import account_of, job_of
from debitoor_provider.sync.ledger import Ledger
from debitoor_provider.sync.steps.rebuild import rebuild as rebuilt

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
        with job_of(args.account, account_of(args.account, None), ledger, run_id="rebuild") as job:
            job.direction.require_target()
            result = rebuilt(job)
        row = {"account": args.account, "added": result.added, "restored": result.restored, "known": result.unchanged}
        show(args, [row], right=["added", "restored", "known"])
