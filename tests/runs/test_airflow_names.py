from __future__ import annotations

import pytest
from airflow.models.connection import Connection
from airflow.models.pool import Pool
from airflow.utils.session import create_session
from sqlalchemy.exc import OperationalError

from debitoor_provider.runs.airflow_names import AirflowNames
from tests.cli.conftest import cli, planned
from tests.ui.conftest import accounts, airflow, page

__all__ = ["accounts", "airflow", "cli", "page", "planned"]


@pytest.fixture
def pool(airflow_database):
    """Make a pool named ``slow``, with so many slots."""

    def make(slots: int = 1) -> str:
        with create_session() as session:
            session.add(Pool(pool="slow", slots=slots, description="", include_deferred=False))
        return "slow"

    yield make
    with create_session() as session:
        session.query(Pool).filter(Pool.pool == "slow").delete()


def row(page) -> dict[str, str]:
    (found,) = page().get("api/accounts").json()["accounts"]
    return found


def test_a_missing_pool_is_reported_everywhere(cli, account, page):
    account(pool="nobody-made-this")
    checked = cli("accounts", "validate")
    assert checked.code == 1
    assert "acme.yaml:1: pool: Airflow has no pool nobody-made-this" in checked.out
    assert "Admin, Pools" in checked.out
    health = cli("accounts", "health")
    assert health.code == 2
    assert "acme: critical: no pool: Airflow has no pool nobody-made-this" in health.out
    found = row(page)
    assert (found["state"], found["advice_code"]) == ("stopped", "no_pool")
    assert "nobody-made-this" in found["advice"]


def test_a_pool_that_exists_is_accepted(cli, account, page, pool):
    account(pool=pool())
    assert cli("accounts", "validate").code == 0
    assert "no pool" not in cli("accounts", "health").out
    assert row(page)["state"] == "new"


def test_a_pool_with_any_number_of_slots_is_accepted(cli, account, page, pool):
    account(pool=pool(-1))
    assert cli("accounts", "validate").code == 0
    assert row(page)["state"] == "new"


def test_a_pool_without_slots_is_reported_everywhere(cli, account, page, pool):
    account(pool=pool(0))
    checked = cli("accounts", "validate")
    assert checked.code == 1
    assert "acme.yaml:1: pool: The pool slow has no slots" in checked.out
    assert "acme: critical: no pool: The pool slow has no slots" in cli("accounts", "health").out
    assert cli("accounts", "list", "-o", "json").rows[0]["state"] == "stopped"
    assert (row(page)["state"], row(page)["advice_code"]) == ("stopped", "no_pool")


def test_the_nearest_pool_is_suggested(cli, account, pool):
    pool()
    account(pool="slowe")
    assert "Did you mean slow?" in cli("accounts", "validate").out


def test_a_missing_connection_is_reported_everywhere_without_asking_a_service(cli, account, page, acme):
    account(connections={"getmyinvoices": "gmi_mistyped", "debitoor": "debitoor"})
    checked = cli("accounts", "validate")
    assert checked.code == 1
    assert "acme.yaml:1: connections.getmyinvoices: Airflow has no connection gmi_mistyped." in checked.out
    health = cli("accounts", "health")
    assert (health.code, "acme: critical: no connection: Airflow has no connection gmi_mistyped." in health.out) == (
        2,
        True,
    )
    assert cli("accounts", "list", "-o", "json").rows[0]["why"].startswith("Airflow has no connection gmi_mistyped.")
    found = row(page)
    assert (found["state"], found["advice_code"]) == ("reconnect", "no_connection")
    assert "gmi_mistyped" in found["advice"]


def test_the_nearest_connection_is_suggested_on_the_command_line_alone(cli, account, page):
    with create_session() as session:
        session.add(Connection(conn_id="gmi_acme", conn_type="getmyinvoices"))
    try:
        account(connections={"getmyinvoices": "gmi_acne", "debitoor": "debitoor"})
        assert "Did you mean gmi_acme?" in cli("accounts", "validate").out
        assert "gmi_acme" not in row(page)["advice"]  # its reader may have no right to see it
    finally:
        with create_session() as session:
            session.query(Connection).filter(Connection.conn_id == "gmi_acme").delete()


def test_connections_that_only_tasks_may_see_are_taken_for_granted(cli, account, monkeypatch):
    monkeypatch.setenv("AIRFLOW__WORKERS__SECRETS_BACKEND", "somewhere.Vault")
    account(connections={"getmyinvoices": "in_the_vault", "debitoor": "debitoor"})
    assert cli("accounts", "validate").code == 0
    assert "no connection" not in cli("accounts", "health").out


def test_a_sender_that_does_not_exist_is_an_error_of_the_file_and_a_warning_of_health(cli, account):
    account(notify={"connection": "mail_nowhere", "to": ["anna@acme.example"]})
    checked = cli("accounts", "validate")
    assert checked.code == 1
    assert "notify.connection: Nobody is notified: Airflow has no connection mail_nowhere." in checked.out
    health = cli("accounts", "health")
    assert (health.code, "acme: warning: no sender: Nobody is notified" in health.out) == (1, True)


def test_a_connection_to_another_service_is_reported_everywhere_without_asking_a_service(cli, account, page, acme):
    account(connections={"getmyinvoices": "debitoor", "debitoor": "debitoor"})
    checked = cli("accounts", "validate")
    reason = "The connection debitoor is of the type debitoor, not getmyinvoices."
    assert (checked.code, f"acme.yaml:1: connections.getmyinvoices: {reason}" in checked.out) == (1, True)
    health = cli("accounts", "health")
    assert (health.code, "acme: critical: " in health.out, reason in health.out) == (2, True, True), health.out
    found = row(page)
    assert (found["state"], found["advice_code"], reason in found["advice"]) == ("reconnect", "no_connection", True)


@pytest.mark.parametrize(
    ("notify", "reason"),
    [
        ({"connection": "gmi", "to": ["anna@acme.example"]}, "the connection gmi is of the type getmyinvoices"),
        ({"connection": "mail_acme"}, "sends mail, and the account names no receivers"),
        ({"connection": "hook_acme", "to": ["anna@acme.example"]}, "the connection hook_acme is of the type http"),
    ],
)
def test_a_sender_that_cannot_notify_is_reported_too(cli, account, monkeypatch, notify, reason):
    monkeypatch.setenv("AIRFLOW_CONN_MAIL_ACME", "smtp://mail.acme.example")
    monkeypatch.setenv("AIRFLOW_CONN_HOOK_ACME", "http://hook.acme.example")
    account(notify=notify)
    checked = cli("accounts", "validate")
    assert (checked.code, "notify.connection: Nobody is notified: " in checked.out, reason in checked.out) == (
        1,
        True,
        True,
    )
    health = cli("accounts", "health")
    assert (health.code, "acme: warning: no sender: Nobody is notified" in health.out) == (1, True)


@pytest.mark.parametrize("content", [None, "nothing of the ECB"])
def test_a_file_of_rates_that_cannot_be_used_is_reported_where_it_is_needed(
    cli, account, page, monkeypatch, tmp_path, content
):
    file = tmp_path / "rates.csv"
    if content:
        file.write_text(content)
    monkeypatch.setenv("AIRFLOW__DEBITOOR__ECB_RATES", str(file))
    account()
    assert cli("accounts", "validate").code == 0  # it converts nothing
    account(foreign_currency="convert")
    checked = cli("accounts", "validate")
    assert (checked.code, "foreign_currency: The file of exchange rates" in checked.out) == (1, True)
    assert cli("accounts", "validate", "--connections").code == 1
    assert "critical: no file: The file of exchange rates" in cli("accounts", "health").out
    assert (row(page)["state"], row(page)["advice_code"]) == ("stopped", "no_file")


def test_where_airflows_database_cannot_be_read_files_are_checked_all_the_same(cli, account, monkeypatch):
    account(pool="nobody-made-this")
    monkeypatch.setattr(AirflowNames, "read", no_database)
    checked = cli("accounts", "validate")
    assert checked.code == 0
    assert "pools and connections were not checked" in checked.err


def test_the_form_warns_of_what_does_not_exist(account, page, acme):
    settings = {
        "type": "export", "name": "Acme", "debitoor_id": acme.debitoor_email, "pool": "nobody-made-this",
        "connections": {"getmyinvoices": "gmi", "debitoor": "none_b"}, "notify": {"connection": "none_c"},
    }  # fmt: skip
    answer = page().post("api/accounts/acme/draft/check", json={"settings": settings}).json()
    fields = [warning["field"] for warning in answer["warnings"]]
    assert (fields, answer["problems"]) == (["pool", "connections.debitoor", "notify.connection"], [])


def test_the_form_warns_of_a_connection_to_another_service(page, acme):
    settings = {
        "type": "export", "name": "Acme", "debitoor_id": acme.debitoor_email,
        "connections": {"getmyinvoices": "debitoor", "debitoor": "gmi"}, "notify": {"connection": "gmi"},
    }  # fmt: skip
    answer = page().post("api/accounts/acme/draft/check", json={"settings": settings}).json()
    fields = [warning["field"] for warning in answer["warnings"]]
    assert fields == ["connections.getmyinvoices", "connections.debitoor", "notify.connection"]


def no_database(**_: object) -> AirflowNames:
    raise OperationalError("select", {}, Exception("no such table"))
