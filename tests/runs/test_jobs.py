from __future__ import annotations

import json
import os

import pytest

from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.runs.jobs import new_hook, open_job
from debitoor_provider.services.errors import Misconfigured, QuotaUsedUp

OCTOBER = ("2026-10-01T00:00:00+00:00", "2026-11-01T00:00:00+00:00")


@pytest.mark.parametrize(
    ("run_type", "form", "low_priority"),
    [
        ("scheduled", {}, False),
        ("asset_triggered", {}, False),
        ("manual", {}, False),
        ("manual", {"from": None, "to": None, "document_ids": ["7"]}, False),
        ("manual", {"from": "2025-01-01"}, True),
        ("manual", {"to": "2025-12-31"}, True),
        ("backfill", {}, True),
    ],
)
def test_a_run_that_catches_up_on_a_period_is_of_low_priority(context, account, run_type, form, low_priority):
    hooks = []

    def hook_of(hook, connection_id):
        hooks.append(new_hook(hook, connection_id))
        return hooks[-1]

    with open_job(account(), None, context(run_type) | {"params": form}, hook_of) as job:
        assert job.direction.getmyinvoices
        assert job.direction.debitoor
        assert [hook.low_priority for hook in hooks] == [low_priority] * 2


@pytest.mark.parametrize(
    ("change", "code"), [(None, "connection_missing"), ({"password": ""}, "secret_missing")], ids=["none", "no key"]
)
def test_a_connection_that_cannot_be_used_names_its_service(context, account, monkeypatch, change, code):
    known = json.loads(os.environ["AIRFLOW_CONN_GMI"])
    if change is None:
        monkeypatch.delenv("AIRFLOW_CONN_GMI")
    else:
        monkeypatch.setenv("AIRFLOW_CONN_GMI", json.dumps(known | change))
    with open_job(account(), None, context("scheduled")) as job, pytest.raises(Misconfigured) as caught:
        job.direction.getmyinvoices.check()
    assert (caught.value.message.code, caught.value.service) == (code, "GetMyInvoices")
    assert caught.value.located.params["service"] == "GetMyInvoices"


def test_a_long_period_leaves_calls_to_the_days_runs(run, context, account, receipt, monkeypatch):
    connection = json.loads(os.environ["AIRFLOW_CONN_GMI"])
    connection["extra"]["calls_per_day"] = 5
    monkeypatch.setenv("AIRFLOW_CONN_GMI", json.dumps(connection))
    account()
    plan = DebitoorPlanOperator(task_id="plan", account="acme", period_from="2026-01-01")
    receipt()
    with pytest.raises(QuotaUsedUp, match="long periods"):
        run(*[plan] * 5, within=context("manual") | {"params": {"from": "2026-01-01"}})
    assert run(DebitoorPlanOperator(task_id="plan", account="acme"), within=context("scheduled"))["due"] == 1
