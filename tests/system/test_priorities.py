"""Two slots for all accounts, in a real Airflow: no account waits for a backfill, a long period or a slow account."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from demo.accounts import connections, slug
from demo.airflow import LocalAirflow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin

pytestmark = [pytest.mark.system, pytest.mark.takes(240)]

SLOTS = 2
BACKFILLS = ["first", "second", "third"]
FREQUENCY = dict.fromkeys(BACKFILLS, "daily") | {"due": "hourly"}  # the others run when they are triggered
ACCOUNTS = [*BACKFILLS, "due", "triggered", "throttled", "limited", "slow", "period", "other"]
ACCOUNT = """\
type: export
name: {name}
debitoor_id: {email}
frequency: {frequency}
parallel: 1
connections: {{getmyinvoices: getmyinvoices_{name}, debitoor: debitoor_{name}}}
"""


@pytest.fixture(scope="module")
def companies(sandbox: SandboxAdmin) -> dict[str, CompanyAdmin]:
    """Return one for each account, named like it."""
    return {name: sandbox.create_company(name, limits=None) for name in ACCOUNTS}


@pytest.fixture(scope="module")
def airflow(
    sandbox: SandboxAdmin,
    companies: dict[str, CompanyAdmin],
    tmp_path_factory: pytest.TempPathFactory,
    metadata_database: str,
) -> Iterator[LocalAirflow]:
    home = tmp_path_factory.mktemp("airflow")
    (home / "accounts").mkdir()
    for name, company in companies.items():
        text = ACCOUNT.format(name=slug(company), email=company.debitoor_email, frequency=FREQUENCY.get(name, "manual"))
        (home / "accounts" / f"{name}.yaml").write_text(text)
    local = LocalAirflow(
        home / "home",
        home / "accounts",
        connections(sandbox, list(companies.values())),
        database=metadata_database,
        parallelism=SLOTS,
        settings={
            "AIRFLOW__DEBITOOR__TURN_SECONDS": "4",
            "AIRFLOW__DEBITOOR__SMALL_RUN": "0",  # each step waits for a slot
            "AIRFLOW__CORE__DEFAULT_POOL_TASK_SLOT_COUNT": str(SLOTS),
        },
    )
    with local.running() as airflow:
        airflow.until(lambda: {dag(name) for name in ACCOUNTS} <= airflow.dag_ids(), "to find the accounts", 600)
        for name in ACCOUNTS:
            if name != "due":
                airflow.unpause(dag(name))
        airflow.until(lambda: airflow.finished([dag(name) for name in BACKFILLS]), "to run the accounts", 300)
        yield airflow


def test_an_account_that_has_to_wait_keeps_no_slot(
    sandbox: SandboxAdmin, companies: dict[str, CompanyAdmin], airflow: LocalAirflow
) -> None:
    for name in ("throttled", "limited"):
        sandbox.fault("rate_limited", company=companies[name], retry_after=3600)
    runs = {name: airflow.trigger(dag(name)) for name in ("throttled", "limited")}
    airflow.until(
        lambda: all(airflow.tasks(dag(name), run)["plan"] == "up_for_retry" for name, run in runs.items()),
        "to leave the accounts that have to wait",
        600,
    )
    airflow.trigger(dag("other"))
    airflow.until(lambda: airflow.finished([dag("other")]), "to run the other account", 600)
    assert all(airflow.tasks(dag(name), run)["plan"] == "up_for_retry" for name, run in runs.items())
    sandbox.clear_faults()


def test_the_other_slots_are_free_of_a_slow_account(
    sandbox: SandboxAdmin, companies: dict[str, CompanyAdmin], airflow: LocalAirflow
) -> None:
    sandbox.fault("latency", company=companies["slow"], seconds=50)
    slow = airflow.trigger(dag("slow"))
    airflow.until(lambda: airflow.tasks(dag("slow"), slow)["plan"] == "running", "to begin the slow account", 600)
    before = len(airflow.runs(dag("other")))
    airflow.trigger(dag("other"))
    airflow.until(lambda: airflow.finished([dag("other")]), "to run the other account", 600)
    assert len(airflow.runs(dag("other"))) == before + 1
    assert not airflow.finished([dag("slow")])
    sandbox.clear_faults()


def test_a_long_period_takes_turns_and_arrives_whole(
    sandbox: SandboxAdmin, companies: dict[str, CompanyAdmin], airflow: LocalAirflow
) -> None:
    company = companies["period"]
    uids = {_add(company, number) for number in range(5)}
    sandbox.fault("latency", company=company, operation="debitoor.expenses.create", seconds=2)
    run = airflow.trigger(dag("period"), **{"from": "2026-01-01"})
    rests = 0

    def has_ended() -> bool:
        nonlocal rests
        rests += airflow.tasks(dag("period"), run)["export"] == "up_for_reschedule"
        return airflow.finished([dag("period")])

    airflow.until(has_ended, "to run the long period", 600)
    (task,) = [one for one in _tasks(airflow, "period") if one["task_id"] == "export"]
    assert rests
    assert (task["state"], task["try_number"]) == ("success", 1)
    sent = [expense["lines"][0]["description"].rpartition("[GMI ")[2] for expense in company.expenses()]
    assert sorted(sent) == sorted(f"{uid}]" for uid in uids)
    sandbox.clear_faults()


def test_due_and_triggered_runs_precede_the_rest_of_a_backfill(
    companies: dict[str, CompanyAdmin], airflow: LocalAirflow
) -> None:
    days = [date(2026, 8, 1) + timedelta(days=number) for number in range(30)]
    for name in BACKFILLS:
        for number, day in enumerate(days):
            _add(companies[name], number, day)
        period = {"from_date": f"{days[0]}T00:00:00Z", "to_date": f"{days[-1]}T00:00:00Z"}
        how = {"max_active_runs": 10, "run_backwards": False}
        airflow.call("POST", "/backfills", {"dag_id": dag(name)} | period | how)
    airflow.until(lambda: _ended(airflow, BACKFILLS) >= 6, "to begin the backfills", 600)

    for name in ("due", "triggered"):
        _add(companies[name], 1)
    airflow.unpause(dag("due"))
    airflow.trigger(dag("triggered"))
    airflow.until(lambda: airflow.finished([dag("due"), dag("triggered")]), "to run what is due", 600)

    assert [len(companies[name].expenses()) for name in ("due", "triggered")] == [1, 1]
    assert not airflow.finished([dag(name) for name in BACKFILLS])
    begun = [_moment(task, "start_date") for name in BACKFILLS for task in _tasks(airflow, name) if task["start_date"]]
    for name in ("due", "triggered"):
        steps = {task["task_id"]: task for task in _tasks(airflow, name)}
        for step in ("export", "report"):
            waited = _moment(steps[step], "scheduled_when"), _moment(steps[step], "start_date")
            overtaken_by = sum(waited[0] < moment < waited[1] for moment in begun)
            assert overtaken_by <= SLOTS, (name, step)  # those that had a slot already, and were starting


def dag(name: str) -> str:
    return f"debitoor__{name}"


def _tasks(airflow: LocalAirflow, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    while True:
        path = f"/dags/{dag(name)}/dagRuns/~/taskInstances"
        page = airflow.call("GET", path, limit=100, offset=len(rows), order_by="id")
        rows += page["task_instances"]
        if len(rows) >= page["total_entries"]:
            return rows


def _ended(airflow: LocalAirflow, names: list[str]) -> int:
    return sum(
        run["run_type"] == "backfill" and run["state"] == "success" for name in names for run in airflow.runs(dag(name))
    )


def _moment(task: dict[str, Any], what: str) -> datetime:
    return datetime.fromisoformat(task[what])


def _add(company: CompanyAdmin, number: int, day: date = date(2026, 3, 1)) -> int:
    return company.add_document(
        b"%%PDF-1.4\n%% document %d\n%%%%EOF\n" % number,
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
