"""On a server that keeps to the contract every row is as assumed; where it does not, the row says so."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from airflow.models.connection import Connection
from airflow.sdk import BaseHook
from airflow.utils.session import create_session
from sqlalchemy import select

from debitoor_provider.conformance.rows import CONTRACTS

if TYPE_CHECKING:
    from pathlib import Path

    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin
    from tests.conformance.conftest import Run


@pytest.mark.parametrize("service", CONTRACTS)
def test_on_a_server_that_keeps_to_the_contract_each_row_with_a_test_is_as_assumed(
    service: str, filled: CompanyAdmin, run: Run
) -> None:
    ran = run(service)
    tried = {row.id for row in CONTRACTS[service] if not row.untried}
    assert {row: each for row, each in ran.found.items() if (each["result"] == "as assumed") != (row in tried)} == {}
    assert ran.different == {}
    assert ran.code == 0, ran.output
    assert {row.id: row.untried for row in CONTRACTS[service] if row.untried} == {
        row: each["seen"] for row, each in ran.found.items() if each["result"] == "not tried"
    }


@pytest.mark.parametrize(
    ("service", "switches", "differing"),
    [
        ("getmyinvoices", {"error_shape": "flat"}, {"A-05": "no list `errors`"}),
        ("getmyinvoices", {"user_agent_check": "off"}, {"A-06": "3 of 3 calls without the number were answered"}),
        ("getmyinvoices", {"records_shape": "object"}, {"4.2": "`records` is an object"}),
        ("getmyinvoices", {"file_endpoint": "absent"}, {"5.2": "status 400", "A-28": "status 400"}),
        ("getmyinvoices", {"file_endpoint": "json"}, {"5.2": "inside JSON", "A-28": "inside JSON"}),
        ("getmyinvoices", {"due_date_when_unset": "0000-00-00"}, {"A-12": "documentDueDate"}),
        ("getmyinvoices", {"due_date_when_unset": None}, {"A-12": "null in documentDueDate"}),
        ("getmyinvoices", {"amounts": "comma"}, {"4.3": "`netAmount` is a text"}),
        ("getmyinvoices", {"undated_in_period": True}, {"A-25": "keeps documents without a date"}),
        ("getmyinvoices", {"tag_comparison": "exact"}, {"A-09": "compared with their case"}),
        (
            "getmyinvoices",
            {"retired": {"/accounts/v3/tags": "gone"}},
            {"3.4": "status 410"},
        ),
        ("debitoor", {"max_limit": 2}, {"A5": "ends after 2 rows", "A6": "gives 2 rows", "9": "after 2 rows"}),
        ("debitoor", {"environment_without": ["email", "currency"]}, {"A27": "without currency, email"}),
        ("debitoor", {"credit_note_amounts": "positive"}, {"A35": "1 of 1 credit notes have a positive total"}),
        ("debitoor", {"cancelled_readable": False}, {"A37": "status 404"}),
        (
            "debitoor",
            {"retired": {"/api/sales/creditnotes/*": "gone"}},
            dict.fromkeys(("7.1", "A28", "A29", "A35"), "status 410"),
        ),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else value,
)
def test_a_fact_that_is_different_is_reported_in_its_row_alone(
    service: str, switches: dict[str, Any], differing: dict[str, str], filled: CompanyAdmin, run: Run
) -> None:
    filled.switch(**switches)
    ran = run(service)
    allowed = {"A7"} if "max_limit" in switches else set()
    assert set(ran.different) - allowed == set(differing)
    assert [row for row, part in differing.items() if part not in ran.different[row]] == []
    assert ran.code == 1


def test_the_order_of_a_shuffled_list_is_noticed(filled: CompanyAdmin, run: Run) -> None:
    for number in range(20):
        filled.add_document(b"%%PDF-1.4\n%% %d\n%%%%EOF\n" % number, f"{number}.pdf")
    filled.switch(list_order="shuffled")
    assert "A-11" in run("getmyinvoices").different


@pytest.mark.parametrize("service", CONTRACTS)
def test_no_call_but_get_is_sent_and_nothing_changes(
    service: str, filled: CompanyAdmin, run: Run, sandbox: SandboxAdmin
) -> None:
    since = sandbox.last_seq()
    run(service)
    calls = sandbox.calls(since=since)
    assert {call["method"] for call in calls} == {"GET"}
    assert {call["request_bytes"] for call in calls} == {0}
    assert len(calls) < 80
    assert sandbox.effects(since=since) == []


@pytest.mark.parametrize("service", CONTRACTS)
def test_an_account_without_records_leaves_rows_untried(service: str, acme: CompanyAdmin, run: Run) -> None:
    acme.limit(gmi_per_minute=1000, gmi_per_hour=1000)
    ran = run(service)
    assert ran.different == {}
    assert ran.code == 0
    row = {"getmyinvoices": "A-09", "debitoor": "A7"}[service]
    assert ran.found[row]["result"] == "not tried"
    assert ran.found[row]["seen"] in ("no document has a tag", "the books have fewer than three expenses")


def test_a_key_that_is_refused_ends_the_run_with_its_reason(
    filled: CompanyAdmin, run: Run, sandbox: SandboxAdmin
) -> None:
    filled.block_key()
    since = sandbox.last_seq()
    ran = run("getmyinvoices")
    assert ran.code == 2
    assert ran.different == {}
    assert {each["result"] for each in ran.found.values()} == {"not tried"}
    assert "blocked" in ran.output
    assert "blocked" in ran.report
    assert len(sandbox.calls(since=since)) == 1


@pytest.mark.parametrize("answer", ["gone", "moved"])
def test_a_service_that_is_gone_is_not_asked_row_by_row(
    answer: str, filled: CompanyAdmin, run: Run, sandbox: SandboxAdmin
) -> None:
    filled.switch(retired={"/api/*": answer})
    since = sandbox.last_seq()
    ran = run("debitoor")
    assert ran.code == 2
    assert {each["result"] for each in ran.found.values()} == {"not tried"}
    assert "address" in ran.output
    assert len(sandbox.calls(since=since)) <= 2


def test_a_connection_that_there_is_not_ends_the_run(run: Run) -> None:
    ran = run("debitoor", "no_such_connection")
    assert ran.code == 2
    assert {each["result"] for each in ran.found.values()} == {"not tried"}
    assert "could not be asked" in ran.output


def test_an_answer_that_is_a_web_page_differs(filled: CompanyAdmin, run: Run, sandbox: SandboxAdmin) -> None:
    sandbox.fault("html", operation="debitoor.settings.get", company=filled)
    ran = run("debitoor")
    assert set(ran.different) == {"8.1"}
    assert ran.code == 1


def test_a_connection_of_airflow_s_database_is_found_as_airflow_s_own_commands_find_it(
    filled: CompanyAdmin, run: Run, airflow_database: Path
) -> None:
    known = BaseHook.get_connection("debitoor")
    row = Connection(conn_id="only_in_database", conn_type="debitoor", host=known.host, extra=known.extra)
    row.set_password(known.password)
    with create_session() as session:
        session.add(row)
    try:
        ran = run("debitoor", "only_in_database")
    finally:
        with create_session() as session:
            session.delete(session.scalar(select(Connection).where(Connection.conn_id == "only_in_database")))
    assert ran.code == 0, ran.output
    assert "as assumed" in {each["result"] for each in ran.found.values()}
    assert "_AIRFLOW_PROCESS_CONTEXT" not in os.environ
