"""A worker process that reports the peak memory of its runs, and which modules they have loaded.

Speaks by lines of JSON: each line read is ``{"export": settings}`` or ``{"import": settings}`` and is answered when the
run is over.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from debitoor_provider.services.debitoor.client import DebitoorClient
from debitoor_provider.services.errors import ServiceError
from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
from debitoor_provider.services.http.retry import Backoff
from debitoor_provider.sync.accounts.settings import Account, ExportAccount, ImportAccount
from debitoor_provider.sync.directions import row_of
from debitoor_provider.sync.ledger import Ledger
from debitoor_provider.sync.steps.archive import archive
from debitoor_provider.sync.steps.job import Job
from debitoor_provider.sync.steps.plan import plan
from debitoor_provider.sync.steps.rename import rename
from debitoor_provider.sync.steps.transfer import transfer
from debitoor_provider.sync.window import RunKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sync.stage import Stage

_ROOT = Path(__file__).parents[3]


class Weighed(NamedTuple):
    """How a run went.

    :param megabytes: by which the process had grown at its largest
    :param error: what the run ended with, if it did
    """

    megabytes: int
    error: str
    modules: list[str]


class Worker:
    """A process of its own for the runs of one account."""

    def __init__(self, stage: Stage) -> None:
        setup = {
            "gmi": {"api_key": stage.company.gmi_api_key, "account_id": stage.company.gmi_account_id},
            "debitoor": {"token": stage.company.debitoor_token},
            "urls": [stage.sandbox.gmi_url, stage.sandbox.debitoor_url],
            "ledger": str(stage.ledger_file),
            "account_id": stage.account_id,
        }
        command = [sys.executable, "-m", "tests.trust.files.weighing", json.dumps(setup)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_ROOT)

    def run(self, direction: str, account: ExportAccount | ImportAccount) -> Weighed:
        """Carry out a run, and wait for its end."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin
        assert stdout
        settings = account.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        stdin.write(json.dumps({direction: settings}) + "\n")
        stdin.flush()
        return Weighed(**json.loads(stdout.readline()))

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=30)


@contextmanager
def worker(stage: Stage) -> Iterator[Worker]:
    """Start a worker for the time of a ``with`` block."""
    made = Worker(stage)
    try:
        yield made
    finally:
        made.close()


def _largest() -> int:
    """Return the largest size this process had since :func:`_forget`, in MiB."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def _forget() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _run(setup: dict[str, Any], direction: str, settings: dict[str, Any]) -> str:
    backoff = Backoff(slow_down=(), fault=())
    gmi_url, debitoor_url = setup["urls"]
    ledger = Ledger.open(f"sqlite:///{setup['ledger']}")
    with (
        GetMyInvoicesClient(base_url=gmi_url, allow_http=True, backoff=backoff, **setup["gmi"]) as gmi,
        DebitoorClient(base_url=debitoor_url, allow_http=True, backoff=backoff, **setup["debitoor"]) as books,
    ):
        run_id = f"{setup['account_id']}/{direction}"
        model = ExportAccount if direction == "export" else ImportAccount
        account: Account = model.model_validate(settings)
        services = {"getmyinvoices": gmi, "debitoor": books}
        job = Job(
            setup["account_id"],
            account,
            row_of(account).open(account, services.__getitem__),
            ledger,
            run_id,
            RunKind.SCHEDULED,
        )
        try:
            plan(job)
            rename(job)
            transfer(job)
            if account.archives:
                archive(job)
        except ServiceError as error:
            return f"{type(error).__name__}: {error}"
        finally:
            ledger.close()
    return ""


def _main() -> None:
    setup = json.loads(sys.argv[1])
    for line in sys.stdin:
        ((direction, settings),) = json.loads(line).items()
        _forget()
        before = _largest()
        error = _run(setup, direction, settings)
        answer = {"megabytes": _largest() - before, "error": error, "modules": sorted(sys.modules)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    _main()
