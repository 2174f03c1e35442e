from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG
from airflow.sdk.exceptions import (
    AirflowFailException,
    AirflowSensorTimeout,
    AirflowSkipException,
    TaskDeferred,
)

from debitoor_provider.runs.arguments import ArgumentError
from debitoor_provider.sensors.getmyinvoices import GetMyInvoicesDocumentSensor
from debitoor_provider.services.errors import CredentialsRefused, Misconfigured
from tests.sensors.waiting import fired, resumed

if TYPE_CHECKING:
    from collections.abc import Callable


def test_what_another_task_returns_is_checked_when_it_is_known() -> None:
    with DAG("anybodys_dag"):
        which = PythonOperator(task_id="which", python_callable=str).output
        assert sensor(document_type=which, payment_status=which).document_type is which


def sensor(**options: Any) -> GetMyInvoicesDocumentSensor:
    """Make a sensor that looks once, unless the options say otherwise."""
    known = {"task_id": "wait", "getmyinvoices_conn_id": "gmi", "poke_interval": 0, "timeout": 0}
    return GetMyInvoicesDocumentSensor(**known | options)


@pytest.fixture
def wait(context: Callable[..., dict[str, Any]]) -> Callable[..., Any]:
    return lambda **options: sensor(**options).execute(context())


def test_what_is_there_ends_the_wait_with_its_ids(wait, receipt):
    uids = {receipt(), receipt()}
    assert set(wait()) == uids


@pytest.mark.parametrize(
    "filters",
    [
        {"document_type": "RECEIPT"},
        {"period_from": "2026-04-01", "period_to": "2026-04-30"},
        {"period_from": date(2026, 4, 1)},
        {"tags": ["books"]},
        {"tags": "books"},
        {"tags": "BOOKS "},
        {"payment_status": "Paid"},
        {"number": "R-77"},
        {"note": "for the adviser"},
        {"archived": "no", "document_type": "RECEIPT"},
    ],
)
def test_only_what_passes_the_filters_counts(wait, acme, receipt, filters):
    receipt(document_type="INCOMING_INVOICE")
    with pytest.raises(AirflowSensorTimeout):
        wait(**filters)
    wanted = receipt(
        document_date="2026-04-15",
        tags=["books"],
        payment_status="Paid",
        document_number="R-77",
        note="for the adviser",
    )
    assert wait(**filters) == [wanted]


@pytest.mark.parametrize("comparison", ["exact", "caseless", "normalized"])
def test_a_tag_is_found_in_whatever_way_its_letters_are_composed(wait, acme, receipt, comparison):
    acme.switch(tag_comparison=comparison)
    uid = receipt(tags=[unicodedata.normalize("NFD", "Büro")])
    assert wait(tags=[unicodedata.normalize("NFC", "BÜRO")]) == [uid]


def test_a_partly_paid_document_is_found_among_others(wait, receipt):
    receipt(payment_status="Paid")
    with pytest.raises(AirflowSensorTimeout):
        wait(payment_status="Partially")
    partly = receipt(payment_status="Partially")
    assert wait(payment_status="Partially") == [partly]


def test_what_was_there_before_a_time_is_not_waited_for(wait, sandbox, receipt):
    receipt()
    sandbox.advance(3600)
    try:
        since = datetime.now(UTC).isoformat()
        with pytest.raises(AirflowSensorTimeout):
            wait(updated_since="2999-01-01")
        new = receipt()
        assert new in wait(updated_since=since)
    finally:
        sandbox.set_clock()


def test_it_waits_for_as_many_as_are_wanted(wait, receipt):
    receipt()
    with pytest.raises(AirflowSensorTimeout):
        wait(at_least=2)
    receipt()
    assert len(wait(at_least=2)) == 2


def test_a_look_is_one_call(wait, sandbox, acme, receipt):
    receipt()
    seen = sandbox.last_seq()
    wait()
    assert [row["operation"] for row in sandbox.calls(since=seen, company=acme)] == ["gmi.documents.list"]


class TestMistakes:
    @pytest.mark.parametrize(
        ("argument", "hint"),
        [
            ({"document_type": "RECIEPT"}, "document_type: 'RECIEPT' is not known.*Did you mean RECEIPT"),
            ({"payment_status": "not paid"}, "Did you mean Not paid"),
            ({"archived": "none"}, "Use one of no, any, only"),
            ({"at_least": 0}, "at_least: '0' is not a positive whole number"),
        ],
    )
    def test_are_named_while_the_dag_is_read(self, argument, hint):
        with pytest.raises(ArgumentError, match=hint):
            sensor(**argument)

    def test_a_template_is_left_to_the_run(self):
        assert sensor(document_type="{{ params.kind }}").document_type == "{{ params.kind }}"

    @pytest.mark.parametrize(
        "wrong",
        [
            {"period_from": "yesterday"},
            {"updated_since": "soon"},
            {"company_uid": "Stadtwerke"},
            {"company_uid": 0},
            {"company_uid": "-2"},
        ],
    )
    def test_that_a_template_makes_fail_at_once(self, wait, acme, wrong):
        with pytest.raises(AirflowFailException, match=r"is not (a|the number of a)") as failed:
            wait(**wrong)
        assert isinstance(failed.value, Misconfigured)

    @pytest.mark.parametrize("argument", ["document_type", "payment_status"])
    def test_a_template_that_makes_none_of_the_values(self, wait, acme, argument):
        sensor_ = sensor()
        setattr(sensor_, argument, "Reciept")  # as Airflow does when it has rendered it
        with pytest.raises(AirflowFailException, match=f"{argument}: 'Reciept' is not known") as failed:
            sensor_.execute({})
        assert isinstance(failed.value, Misconfigured)

    @pytest.mark.parametrize("nothing", [None, "", " "])
    def test_a_company_that_is_left_out(self, wait, receipt, nothing):
        uid = receipt()
        assert wait(company_uid=nothing) == [uid]


class TestFaults:
    def test_a_fault_that_passes_ends_the_wait_only_with_its_time(self, wait, sandbox, acme, receipt):
        receipt()
        sandbox.fault("rate_limited", operation="gmi.documents.list", company=acme, retry_after=600)
        with pytest.raises(AirflowSensorTimeout):
            wait()

    def test_a_quota_that_is_used_up_is_waited_for(self, wait, monkeypatch, receipt):
        receipt()
        connection = json.loads(os.environ["AIRFLOW_CONN_GMI"])
        connection["extra"] |= {"calls_per_hour": 2}  # of which a sensor takes four fifths
        monkeypatch.setenv("AIRFLOW_CONN_GMI", json.dumps(connection))
        wait()
        with pytest.raises(AirflowSensorTimeout):
            wait()

    def test_a_refused_key_fails_at_once(self, wait, acme):
        acme.block_key()
        with pytest.raises(AirflowFailException) as failed:
            wait(timeout=60)
        assert isinstance(failed.value, CredentialsRefused)

    def test_with_soft_fail_it_skips(self, wait, acme):
        acme.block_key()
        for options in ({"deferrable": True}, {"deferrable": False}):
            with pytest.raises(AirflowSkipException):
                wait(soft_fail=True, **options)


class TestDeferrable:
    def test_what_is_there_needs_no_triggerer(self, wait, receipt):
        uid = receipt()
        assert wait(deferrable=True) == [uid]

    def test_the_triggerer_finds_what_comes_later(self, context, acme, receipt):
        task = sensor(deferrable=True, timeout=600, poke_interval=0.01, number="R-9")
        with pytest.raises(TaskDeferred) as deferred:
            task.execute(context())
        assert 590 < deferred.value.timeout.total_seconds() <= 600
        uid = receipt(document_number="R-9")
        event = fired(deferred.value)
        assert resumed(task, deferred.value, event, context()) == [uid]

    def test_it_is_deferred_by_airflow_s_own_setting(self):
        code = (
            "from debitoor_provider.sensors.account import DebitoorAccountCleanSensor as Sensor;"
            "print(Sensor(task_id='wait', account='acme').deferrable)"
        )
        environment = {**os.environ, "AIRFLOW__OPERATORS__DEFAULT_DEFERRABLE": "True"}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
        assert done.stdout.split() == ["True"]
        assert not sensor().deferrable

    def test_an_error_is_reported_by_a_worker_with_its_class(self, context, acme):
        task = sensor(deferrable=True, timeout=600, poke_interval=0.01)
        with pytest.raises(TaskDeferred) as deferred:
            task.execute(context())
        acme.block_key()
        event = fired(deferred.value)
        assert event is None
        with pytest.raises(CredentialsRefused):
            resumed(task, deferred.value, event, context())

    def test_what_was_only_away_is_waited_for_with_the_time_that_is_left(self, context, acme):
        task = sensor(deferrable=True, timeout=600)
        with pytest.raises(TaskDeferred) as first:
            task.execute(context())
        with pytest.raises(TaskDeferred) as second:
            resumed(task, first.value, None, context())
        assert second.value.kwargs == first.value.kwargs

    def test_a_wait_that_is_over_is_not_begun_again(self, context, acme):
        with pytest.raises(AirflowSensorTimeout):
            sensor(deferrable=True, timeout=0).execute(context())
