"""``python -m demo``: connect two companies, let the real scheduler run their accounts, and show the result."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin
from debitoor_provider.sandbox.server import running
from debitoor_provider.sync.ledger import Ledger
from demo.accounts import connections, patterns, slug, write_accounts
from demo.airflow import ROOT, LocalAirflow
from demo.api import AirflowFailed
from demo.check import check_company
from demo.show import result_table, watch

_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # Ctrl-C, kill, a closed terminal
_COMPANIES = ("Acme GmbH", "Nordlicht ApS")


def main() -> int:
    """Run the demo; return the exit code."""
    options = _parser().parse_args()
    console = Console(width=None if sys.stdout.isatty() else 200)
    home: Path = options.home
    if home.exists():
        shutil.rmtree(home)
    for ending in _ENDINGS:  # also when a shell in the background had it ignored
        signal.signal(ending, _interrupt)
    try:
        return _demo(console, home, options)
    except KeyboardInterrupt:
        console.print("Everything that was started has ended.")
        return 0
    except AirflowFailed as failure:
        console.print(f"[red]{failure}[/]")
        return 1


def _demo(console: Console, home: Path, options: argparse.Namespace) -> int:
    names = [argument for name in _COMPANIES for argument in ("--company", name)]
    data = ("--documents", str(options.documents), "--invoices", str(options.invoices), "--seed", str(options.seed))
    console.print("Starting the sandbox of both services ...")
    with running(home / "sandbox", arguments=(*names, *data)) as sandbox:
        companies = sandbox.companies()
        accounts = write_accounts(home / "accounts", companies)
        console.print("Starting Airflow (database, API server, scheduler, DAG processor, triggerer) ...")
        known = connections(sandbox, companies) | patterns(sandbox, companies[0])
        airflow = LocalAirflow(home / "airflow", home / "accounts", known)
        for company in companies:
            company.change(oauth_redirect_uri=f"{airflow.url}/debitoor/oauth/callback")
        with airflow.running():
            console.print(f"Airflow is up at {airflow.url}, the sandbox at {sandbox.base_url}")
            ledger = _synchronise(console, airflow, accounts)
            console.print(result_table(ledger, accounts))
            problems = _check(companies, ledger)
            for problem in problems:
                console.print(f"[red]{problem}[/]", highlight=False)
            if not problems:
                console.print("[green]Every document is where it belongs, byte for byte, once.[/]")
            if options.check:
                return 1 if problems else 0
            _stay(console, airflow, sandbox)
    return 0


def _synchronise(console: Console, airflow: LocalAirflow, accounts: list[str]) -> Ledger:
    """Let the scheduler run every account once."""
    dag_ids = [f"debitoor__{account}" for account in accounts]
    airflow.until(lambda: set(dag_ids) <= airflow.dag_ids(), "to find the accounts", 120)
    for dag_id in dag_ids:
        airflow.unpause(dag_id)
    file = airflow.home / "debitoor_ledger.db"

    def ledger() -> Ledger | None:
        return Ledger.open(f"sqlite:///{file}") if file.exists() else None

    def wait(tick: Callable[[], None]) -> None:
        def done() -> bool:
            tick()
            return airflow.finished(dag_ids)

        airflow.until(done, "to run the accounts", 600)

    watch(console, ledger, accounts, wait)
    opened = ledger()
    if opened is None:
        raise AirflowFailed(f"No account wrote into the ledger; see {airflow.log}")
    return opened


def _check(companies: list[CompanyAdmin], ledger: Ledger) -> list[str]:
    return [
        problem
        for company in companies
        for problem in check_company(company, ledger, f"{slug(company)}-receipts", f"{slug(company)}-sales")
    ]


def _stay(console: Console, airflow: LocalAirflow, sandbox: SandboxAdmin) -> None:
    """Keep running until Ctrl-C or SIGTERM."""
    file = airflow.home / "env.sh"
    file = file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
    page = f"{airflow.url}/plugin/synchronisation"
    console.print(f"\nPage      {page}\nAirflow   {airflow.url}\nSandbox   {sandbox.base_url}", highlight=False)
    console.print(
        f"Commands  . {file} && airflow debitoor documents list --attention\n", highlight=False, soft_wrap=True
    )
    console.print("Ctrl-C ends everything.")
    threading.Event().wait()


def _interrupt(*_: object) -> None:
    """End everything, once: a second Ctrl-C must not leave half of it running."""
    for ending in _ENDINGS:
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit at the end: 0 only if all is where it belongs")
    parser.add_argument("--documents", type=int, default=16, help="documents of each company (default: %(default)s)")
    parser.add_argument("--invoices", type=int, default=6, help="sales documents of each (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="same seed, same documents (default: %(default)s)")
    parser.add_argument("--home", type=Path, default=ROOT / ".demo", help="folder for all it makes (default: .demo)")
    return parser


if __name__ == "__main__":
    started = time.monotonic()
    code = main()
    print(f"({time.monotonic() - started:.0f} s)")
    sys.exit(code)
