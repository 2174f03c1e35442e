from __future__ import annotations

import json
import re
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException
from airflow.sdk.observability import stats
from airflow.sdk.observability.metrics import stats_utils

from debitoor_provider.configuration import ledger_url
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.operators.report import DebitoorReportOperator
from debitoor_provider.sync.ledger import Ledger, Run

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def metrics(monkeypatch):
    """Return what Airflow's own StatsD client has sent since the last call: values by name, and the tags."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    server.setblocking(False)
    settings = {"ON": "True", "HOST": "127.0.0.1", "PORT": str(server.getsockname()[1]), "INFLUXDB_ENABLED": "True"}
    for name, value in settings.items():
        monkeypatch.setenv(f"AIRFLOW__METRICS__STATSD_{name}", value)
    backends = []

    def connected():
        backends.append(stats_utils.get_stats_factory()())
        return backends[-1]

    stats.initialize(factory=connected, export_legacy_names=True)

    def sent() -> dict[str, tuple[str, dict[str, str]]]:
        found = {}
        try:
            while True:
                name, _, value = server.recv(4096).decode().partition(":")
                name, *tags = name.split(",")
                found[name] = (value, dict(tag.split("=") for tag in tags))
        except BlockingIOError:
            return found

    yield sent
    monkeypatch.undo()
    stats.initialize(factory=stats_utils.get_stats_factory(), export_legacy_names=True)
    for client in [server, *(backend.statsd for backend in backends)]:
        client.close()


TAGS = {"account": "acme", "direction": "export"}


def test_a_run_counts_its_documents(run, account, receipt, steps, metrics):
    account()
    receipt(), receipt()
    receipt(currency="USD")
    before = datetime.now(UTC).timestamp()
    run(*steps)
    sent = metrics()
    assert sent["airflow.debitoor.documents.moved"] == ("2|c", TAGS)
    assert sent["airflow.debitoor.documents.held"] == ("1|c", TAGS)
    assert sent["airflow.debitoor.documents.rejected"] == ("0|c", TAGS)
    assert sent["airflow.debitoor.documents.e_invoice"] == ("3|c", {**TAGS, "outcome": "unreadable"})
    assert sent["airflow.debitoor.documents.attention"] == ("1|g", TAGS)
    value, tags = sent["airflow.debitoor.last_success.timestamp"]
    assert before - 1 <= int(value.removesuffix("|g")) <= before + 60
    assert tags == TAGS


def test_a_failed_run_reports_the_time_since_the_last_success(run, account, context, steps, metrics):
    account()
    ended = datetime.now(UTC) - timedelta(hours=3)
    ledger = Ledger.open(ledger_url(), now=lambda: ended)
    ledger.runs.start(
        Run("anybodys_dag/before#acme", "acme", "export", "scheduled", {"kind": "scheduled", "full": True})
    )
    ledger.runs.finish("anybodys_dag/before#acme", counts={}, verdict="success")
    ledger.close()
    *_, report = steps
    with pytest.raises(AirflowFailException):
        run(report, within=context(states={"plan": "failed"}))
    sent = metrics()
    assert sent["airflow.debitoor.last_success.timestamp"][0] == f"{round(ended.timestamp())}|g"
    assert 3 * 3600 <= int(sent["airflow.debitoor.last_success.seconds_ago"][0].removesuffix("|g")) < 3 * 3600 + 60


def test_an_account_that_never_succeeded_reports_no_success(run, account, context, steps, metrics):
    account()
    *_, report = steps
    with pytest.raises(AirflowFailException):
        run(report, within=context(states={"plan": "failed"}))
    sent = metrics()
    assert "airflow.debitoor.documents.moved" in sent
    assert not [name for name in sent if "last_success" in name]


def test_a_run_counts_rejected_documents_before_it_fails(run, account, receipt, steps, metrics):
    account()
    receipt(tax_rates=["7", "19", "0"])
    with pytest.raises(AirflowFailException):
        run(*steps)
    sent = metrics()
    assert sent["airflow.debitoor.documents.rejected"] == ("1|c", TAGS)
    assert sent["airflow.debitoor.last_success.seconds_ago"][0] in {"0|g", "1|g"}


def test_names_that_statsd_does_not_take_are_made_to_fit(run, account, context, metrics):
    account(stem="Bücher.1")
    with DAG("anybodys_dag"):
        report = DebitoorReportOperator(task_id="report", account="Bücher.1")
    run(report)
    assert metrics()["airflow.debitoor.documents.moved"] == ("0|c", {"account": "B_cher.1", "direction": "export"})


def test_a_step_reports_the_remaining_allowance(run, account, receipt, steps, metrics):
    account()
    receipt()
    plan, *_ = steps
    run(plan)
    value, tags = metrics()["airflow.debitoor.calls_left"]
    assert 2400 < int(value.removesuffix("|g")) < 2500
    assert tags == {"conn_id": "gmi"}


def test_without_a_limit_no_remaining_allowance_is_reported(run, account, receipt, steps, metrics):
    account()
    receipt()
    run(*steps)
    assert [tags["conn_id"] for name, (_, tags) in metrics().items() if name.endswith("calls_left")] == ["gmi"]


def test_disabled_metrics_are_not_sent(run, account, receipt, steps):
    account()
    receipt()
    assert run(*steps) == {"moved": 1, "e_invoices": {"unreadable": 1}}


def names_in(text: str) -> set[str]:
    return set(re.findall(r"airflow_debitoor_\w+", text))


@pytest.fixture
def exported(run, account, receipt, steps, metrics):
    """Return all metrics of a run under the names that Prometheus' StatsD exporter gives them."""
    account()
    receipt()
    run(*steps)
    return {
        re.sub(r"[.-]", "_", name): tags for name, (_, tags) in metrics().items() if name.startswith("airflow.debitoor")
    }


def test_the_dashboard_shows_all_metrics_and_no_others(exported):
    dashboard = json.loads((DOCS / "grafana.json").read_text())
    shown = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    assert names_in(" ".join(shown)) == set(exported)
    for expression in shown:
        (name,) = names_in(expression)
        labels = set(re.findall(r"(\w+)=~", expression))
        labels |= {label.strip() for group in re.findall(r"by \(([^)]*)\)", expression) for label in group.split(",")}
        assert labels <= set(exported[name]), expression
    assert names_in(json.dumps(dashboard["templating"])) <= set(exported)


def test_the_page_explains_all_metrics_and_no_others(exported):
    page = (DOCS / "monitoring.md").read_text()
    explained = re.findall(r"^\| `(debitoor\.[\w.]+)` \|", page, re.MULTILINE)
    assert {f"airflow_{name.replace('.', '_')}" for name in explained} == set(exported)


def test_a_permanent_failure_counts_as_airflow_counts_failures(run, acme, account, context, metrics):
    account()
    acme.block_key()
    now = context()
    now["ti"].stats_tags = {"dag_id": "anybodys_dag", "task_id": "plan"}
    with pytest.raises(AirflowFailException):
        run(DebitoorPlanOperator(task_id="plan", account="acme"), within=now)
    sent = metrics()
    assert sent["airflow.ti_failures"] == ("1|c", now["ti"].stats_tags)
    assert sent["airflow.operator_failures"][1]["operator_name"] == "DebitoorPlanOperator"
