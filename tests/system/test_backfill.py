"""A real backfill through the scheduler: three months for a monthly and a weekly account, ten days for a daily one."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from demo.accounts import connections, slug
from demo.airflow import LocalAirflow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin

pytestmark = [pytest.mark.system, pytest.mark.takes(150)]

# June 2026 begins with a Monday, so that months and weeks begin together.
FIRST = date(2026, 6, 1)
LAST = {"monthly": date(2026, 8, 30), "weekly": date(2026, 8, 30), "daily": date(2026, 6, 10)}
RUNS = {"monthly": 3, "weekly": 13, "daily": 10}
ACCOUNT = """\
type: export
name: {frequency}
debitoor_id: {email}
frequency: {frequency}
timezone: Europe/Berlin
connections: {{getmyinvoices: getmyinvoices_{slug}, debitoor: debitoor_{slug}}}
"""
PDF = b"%%PDF-1.4\n%% document %d of %s\n%%%%EOF\n"


@pytest.fixture(scope="module")
def companies(sandbox: SandboxAdmin) -> dict[str, CompanyAdmin]:
    """Return one company for each frequency."""
    return {frequency: sandbox.create_company(f"{frequency} Ltd", limits=None) for frequency in RUNS}


@pytest.fixture(scope="module")
def airflow(
    sandbox: SandboxAdmin,
    companies: dict[str, CompanyAdmin],
    tmp_path_factory: pytest.TempPathFactory,
    metadata_database: str,
) -> Iterator[LocalAirflow]:
    home = tmp_path_factory.mktemp("airflow")
    (home / "accounts").mkdir()
    for frequency, company in companies.items():
        text = ACCOUNT.format(frequency=frequency, email=company.debitoor_email, slug=slug(company))
        (home / "accounts" / f"{frequency}.yaml").write_text(text)
    local = LocalAirflow(
        home / "home",
        home / "accounts",
        connections(sandbox, list(companies.values())),
        database=metadata_database,
        parallelism=8,
    )
    with local.running() as airflow:
        dag_ids = [f"debitoor__{frequency}" for frequency in companies]
        airflow.until(lambda: set(dag_ids) <= airflow.dag_ids(), "to find the accounts", 120)
        for dag_id in dag_ids:
            airflow.unpause(dag_id)
        # The first scheduled runs find nothing: the documents come after them, so that only the backfill can take them.
        airflow.until(lambda: airflow.finished(dag_ids), "to run the accounts", 300)
        yield airflow


def test_every_document_of_the_period_is_moved_exactly_once_and_no_other(
    sandbox: SandboxAdmin, companies: dict[str, CompanyAdmin], airflow: LocalAirflow
) -> None:
    inside = {frequency: _documents(company, LAST[frequency]) for frequency, company in companies.items()}

    for frequency in companies:
        airflow.command(
            *("backfill", "create", "--dag-id", f"debitoor__{frequency}", "--max-active-runs", "4"),
            # Midnight in the account's time zone: a bare date is midnight UTC, two hours into the first interval.
            *("--from-date", f"{FIRST}T00:00:00+02:00", "--to-date", f"{LAST[frequency]}T00:00:00+02:00"),
        )
    dag_ids = [f"debitoor__{frequency}" for frequency in companies]
    airflow.until(lambda: airflow.finished(dag_ids), "to run the backfills", 900)

    for frequency, company in companies.items():
        runs = Counter(run["run_type"] for run in airflow.runs(f"debitoor__{frequency}"))
        assert runs["backfill"] == RUNS[frequency]
        sent = Counter(expense["lines"][0]["description"].rpartition("[GMI ")[2] for expense in company.expenses())
        assert sent == {f"{uid}]": 1 for uid in inside[frequency]}, frequency


def _documents(company: CompanyAdmin, last: date) -> set[int]:
    """Add documents on the edges, throughout, and just outside the period; return the ids of those inside."""
    edges = [FIRST, *LAST.values(), LAST["daily"] + timedelta(days=1), date(2026, 8, 1)]
    throughout = [FIRST + timedelta(days=7 * week + week % 7) for week in range(13)]
    outside = [FIRST - timedelta(days=1), date(2026, 9, 1), date(2025, 7, 1)]
    added = {_add(company, day, number): day for number, day in enumerate(edges + throughout + outside)}
    return {uid for uid, day in added.items() if FIRST <= day <= last}


def _add(company: CompanyAdmin, day: date, number: int) -> int:
    return company.add_document(
        PDF % (number, company.name.encode()),
        f"{number}.pdf",
        supplier="Lieferant GmbH",
        supplier_country="DE",
        document_type="INCOMING_INVOICE",
        document_number=str(number),
        document_date=day.isoformat(),
        net_amount="100.00",
        gross_amount="119.00",
        tax_rates=[19],
        currency="EUR",
    )
