"""One run of an exporting account in a process of its own, whose clock is the machine's or what is put in its place."""

from __future__ import annotations

import os
import signal
import sys

from debitoor_provider.services.debitoor.client import DebitoorClient
from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
from debitoor_provider.sync.accounts.settings import ExportAccount
from debitoor_provider.sync.directions import row_of
from debitoor_provider.sync.ledger import Ledger
from debitoor_provider.sync.steps.job import Job
from debitoor_provider.sync.steps.plan import plan
from debitoor_provider.sync.steps.rename import rename
from debitoor_provider.sync.steps.transfer import transfer
from debitoor_provider.sync.window import RunKind


def main() -> None:
    """Plan, name and move; be killed before the first file is uploaded, if that is asked for."""
    key, number, gmi_url, token, debitoor_url, email, ledger, killed = sys.argv[1:]
    services = {
        "getmyinvoices": GetMyInvoicesClient(
            api_key=key, account_id=number, base_url=gmi_url, allow_http=True, proxy=""
        ),
        "debitoor": DebitoorClient(token=token, base_url=debitoor_url, allow_http=True, proxy=""),
    }
    settings = {"type": "export", "name": "Acme", "debitoor_id": email}
    account = ExportAccount.model_validate({**settings, "connections": {"getmyinvoices": "g", "debitoor": "d"}})
    direction = row_of(account).open(account, services.__getitem__)
    job = Job("acme", account, direction, Ledger.open(f"sqlite:///{ledger}"), f"acme/{os.getpid()}", RunKind.SCHEDULED)
    plan(job)
    rename(job)
    if killed == "1":
        DebitoorClient.upload_file = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    transfer(job)


if __name__ == "__main__":
    main()
