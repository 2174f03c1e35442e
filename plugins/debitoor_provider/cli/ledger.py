"""``airflow debitoor ledger``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from airflow.utils.cli import suppress_logs_and_warning

from debitoor_provider.cli.console import opened_ledger, plain_errors, say, settings_of, show
from debitoor_provider.configuration import ledger_url
from debitoor_provider.messages import Message
from debitoor_provider.runs.jobs import job_of
from debitoor_provider.sync.ledger import Ledger
from debitoor_provider.sync.steps.rebuild import rebuild as rebuilt

if TYPE_CHECKING:
    from argparse import Namespace

CORRECTED = 2
"""Exit code of a recount that found differences."""


@suppress_logs_and_warning
def upgrade(args: Namespace) -> None:
    """Bring the ledger's tables up to date."""
    with plain_errors():
        ledger = Ledger(ledger_url())
        before = ledger.revision
        ledger.upgrade()
        after = ledger.revision
        code = "ledger_is_at" if before == after else "ledger_upgraded" if before else "ledger_made"
        say(Message(code, place=ledger.place, version=after, before=before))


@suppress_logs_and_warning
def rebuild(args: Namespace) -> None:
    """Restore what the ledger knows of an account from the records at the target."""
    with opened_ledger() as ledger:
        with job_of(args.account, settings_of(args.account), ledger, run_id="rebuild") as job:
            job.direction.require_target()
            result = rebuilt(job)
        row = {"account": args.account, "added": result.added, "restored": result.restored, "known": result.unchanged}
        show(args, [row])


@suppress_logs_and_warning
def recount(args: Namespace) -> None:
    """Count all documents and correct the figures of the accounts.

    The exit code is 0 when all figures were right, and 2 when some differed and are corrected now.
    """
    with opened_ledger() as ledger:
        rows = [asdict(correction) for correction in ledger.figures.recount()]
    show(args, rows, empty=Message("recount_right"))
    if rows:
        raise SystemExit(CORRECTED)
