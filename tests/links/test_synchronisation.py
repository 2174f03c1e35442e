from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from debitoor_provider.get_provider_info import get_provider_info
from debitoor_provider.links.synchronisation import SynchronisationLink
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.operators.report import DebitoorReportOperator
from debitoor_provider.plugin import ROUTE
from debitoor_provider.runs.addresses import PAGE


def link(account: str = "acme", dag_id: str = "debitoor__acme", run_id: str = "manual__1") -> str:
    operator = DebitoorPlanOperator(task_id="plan", account="{{ params.account }}")
    operator.account = account  # as rendered
    return SynchronisationLink().get_link(operator, ti_key=key(dag_id, run_id))


def key(dag_id: str, run_id: str) -> Any:
    return SimpleNamespace(dag_id=dag_id, run_id=run_id)


@pytest.mark.parametrize("operator", [DebitoorPlanOperator, DebitoorReportOperator])
def test_every_step_leads_to_the_page(operator):
    first, *_ = operator(task_id="step", account="acme").operator_extra_links
    assert first.name == "Synchronisation"


def test_it_leads_to_the_documents_of_the_run():
    assert link() == "/plugin/synchronisation/accounts/acme/documents?run=manual__1"
    assert f"/plugin/{ROUTE}" == PAGE


def test_in_a_custom_dag_it_leads_to_the_account():
    assert link(dag_id="anybodys") == "/plugin/synchronisation/accounts/acme/documents"


def test_below_a_path_of_the_server_too(monkeypatch):
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example/sub/")
    assert link().startswith("/sub/plugin/synchronisation/accounts/acme")


@pytest.mark.parametrize("account", ["../../auth", "a/b", "a?b#c", "é & <b>", "//evil.example"])
def test_an_account_of_any_name_stays_one_part_of_the_address(account):
    found = urlsplit(link(account, f"debitoor__{account}", "manual__2026-01-01T00:00:00+00:00#&?"))
    assert (found.scheme, found.netloc) == ("", "")
    assert len(found.path.split("/")) == 6
    assert parse_qs(found.query) == {"run": ["manual__2026-01-01T00:00:00+00:00#&?"]}


def test_without_an_account_there_is_no_link():
    assert link("") == ""


def test_airflow_learns_of_it():
    path = f"{SynchronisationLink.__module__}.{SynchronisationLink.__name__}"
    assert path in get_provider_info()["extra-links"]


def test_it_survives_the_way_through_the_database():
    from airflow.sdk import DAG
    from airflow.serialization.serialized_objects import DagSerialization

    with DAG("debitoor__acme") as dag:
        DebitoorReportOperator(task_id="report", account="acme")
    read = DagSerialization.from_dict(DagSerialization.to_dict(dag))
    assert read.get_task("report").extra_links == ["Synchronisation"]
