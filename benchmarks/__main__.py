"""``python -m benchmarks``: documents a second from GetMyInvoices into Debitoor, beside a plain script."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from benchmarks.script import copy_one_by_one
from debitoor_provider.services.debitoor.client import DebitoorClient
from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
from debitoor_provider.sync.accounts.settings import ExportAccount
from debitoor_provider.sync.archiving import archive, to_archive
from debitoor_provider.sync.exporting import export
from debitoor_provider.sync.ledger import Ledger
from debitoor_provider.sync.planning import due, plan_export
from debitoor_provider.sync.renaming import rename
from debitoor_provider.sync.window import RunKind
from debitoor_provider.tables import table
from sandbox.server import running

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.client import CompanyAdmin, SandboxAdmin

_PDF = b"%%PDF-1.4\n%% benchmark document %d of round %d\n%%%%EOF\n"


def main() -> None:
    """Run all rounds and print the ratio."""
    options = _parser().parse_args()
    ours: list[float] = []
    script: list[float] = []
    with running(arguments=("--no-limits",)) as sandbox:
        for number in range(options.rounds):
            for run, seconds in ((_ours, ours), (_script, script)):
                company = _company(sandbox, number, options.documents)
                fault = sandbox.fault("latency", company=company, seconds=options.latency / 1000)
                seconds.append(_timed(lambda run=run, company=company: run(sandbox, company, options.parallel)))  # type: ignore[misc]
                sandbox.clear_faults(fault)
                if len(company.expenses()) != options.documents:
                    raise SystemExit(f"{run.__name__} moved {len(company.expenses())} of {options.documents} documents")
    _show(options, ours, script)


def _ours(sandbox: SandboxAdmin, company: CompanyAdmin, parallel: int) -> None:
    """Move all documents with everything on: ledger, names, verification, archive."""
    connections = {"getmyinvoices": "a", "debitoor": "b"}
    account = ExportAccount.model_validate(
        {
            "type": "export",
            "name": company.name,
            "debitoor_id": company.debitoor_email,
            "connections": connections,
            "parallel": parallel,
            "rename": "{document_date}_{document_number}",
            "archive_after_transfer": True,
        }
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        GetMyInvoicesClient(
            api_key=company.gmi_api_key, account_id=company.gmi_account_id, base_url=sandbox.gmi_url, allow_http=True
        ) as getmyinvoices,
        DebitoorClient(token=company.debitoor_token or "", base_url=sandbox.debitoor_url, allow_http=True) as debitoor,
    ):
        ledger = Ledger.open(f"sqlite:///{Path(folder) / 'ledger.db'}")
        plan = plan_export(
            None,
            account=account,
            account_id="bench",
            ledger=ledger,
            getmyinvoices=getmyinvoices,
            run_id="bench",
            kind=RunKind.SCHEDULED,
        )
        rename(plan.due, account=account, ledger=ledger, run_id="bench")
        pending = due(ledger, "bench", account, "bench", RunKind.SCHEDULED)
        export(pending, account=account, ledger=ledger, getmyinvoices=getmyinvoices, debitoor=debitoor, run_id="bench")
        archive(
            to_archive(ledger, "bench"), account=account, ledger=ledger, getmyinvoices=getmyinvoices, run_id="bench"
        )
        ledger.close()


def _script(sandbox: SandboxAdmin, company: CompanyAdmin, parallel: int) -> None:  # noqa: ARG001
    copy_one_by_one(
        sandbox.gmi_url, company.gmi_api_key, company.gmi_account_id, sandbox.debitoor_url, company.debitoor_token or ""
    )


def _company(sandbox: SandboxAdmin, number: int, documents: int) -> CompanyAdmin:
    company = sandbox.create_company(f"Benchmark {number}", limits=None)
    for index in range(documents):
        company.add_document(
            _PDF % (index, number),
            f"{index}.pdf",
            supplier="Lieferant GmbH",
            supplier_country="DE",
            document_type="INCOMING_INVOICE",
            document_number=str(index),
            document_date="2026-01-05",
            net_amount="100.00",
            gross_amount="119.00",
            tax_rates=[19],
            currency="EUR",
        )
    return company


def _timed(run: Callable[[], None]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def _show(options: argparse.Namespace, ours: list[float], script: list[float]) -> None:
    made = table("", "documents/s", "seconds (median)", "spread", right=["documents/s", "seconds (median)", "spread"])
    for name, seconds in (("this provider, all on", ours), ("plain sequential script", script)):
        median = statistics.median(seconds)
        spread = f"{min(seconds):.2f} to {max(seconds):.2f}"
        made.add_row(name, f"{options.documents / median:.1f}", f"{median:.2f}", spread)
    console = Console()
    console.print(made)
    ratio = statistics.median(script) / statistics.median(ours)
    bound = 4 * options.documents * options.latency / 1000 / options.parallel / statistics.median(ours)
    setting = f"{options.documents} documents, {options.latency} ms a call, {options.parallel} at a time"
    console.print(f"{setting}: {ratio:.1f} times the script, {bound:.0%} of the round-trip bound")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--documents", type=int, default=200, help="documents a round (default: %(default)s)")
    parser.add_argument("--latency", type=int, default=50, help="milliseconds a call (default: %(default)s)")
    parser.add_argument("--parallel", type=int, default=32, help="documents at once (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds (default: %(default)s)")
    return parser


if __name__ == "__main__":
    main()
