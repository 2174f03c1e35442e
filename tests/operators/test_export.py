from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from airflow.sdk import DAG, Asset, AssetAlias, BaseOperator

from debitoor_provider.operators.export import DebitoorExportOperator
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.services.errors import CredentialsRefused, Misconfigured, RetryError
from debitoor_provider.sync.ledger import Entry, State
from debitoor_provider.sync.ledger.steps import Steps

ALIAS = AssetAlias("debitoor__acme")


def plan(**options: object) -> DebitoorPlanOperator:
    return DebitoorPlanOperator(**{"task_id": "plan", "account": "acme"} | options)


def export(**options: object) -> DebitoorExportOperator:
    return DebitoorExportOperator(**{"task_id": "export", "account": "acme"} | options)


def test_planned_documents_become_expenses_with_their_files(run, acme, account, receipt):
    account(rename="{company}_{document_number}")
    uid = receipt(document_number="R-7")
    assert run(plan(), export()) == {"moved": 1}
    (expense,) = acme.expenses()
    assert expense["totalGrossAmount"] == 119
    assert expense["file"]["fileName"] == "Paper Ltd_R-7.pdf"
    assert acme.file(expense["file"]["id"]) == acme.document_file(uid)


def test_it_names_what_no_rename_task_has_named(run, acme, account, receipt, ledger):
    account(rename="{document_number}")
    receipt(document_number="R-8")
    run(plan(), export())
    assert ledger.documents.entries()[0].target_name == "R-8.pdf"


def test_a_second_run_sends_nothing_twice(run, acme, account, receipt):
    account()
    receipt()
    run(plan(), export())
    assert run(plan(period_from="2026-01-01"), export()) == {}
    assert len(acme.expenses()) == 1


def test_the_summary_is_small_and_holds_no_document(run, acme, account, receipt):
    account()
    for _ in range(5):
        receipt(supplier="Secret Supplier")
    text = json.dumps(run(plan(), export()))
    assert len(text) < 100
    assert "Secret" not in text


def test_an_account_that_imports_cannot_export(run, account, acme):
    account("import")
    with pytest.raises(Misconfigured, match="Debitoor → GetMyInvoices"):
        run(plan(), export())


def test_books_of_another_company_are_not_changed(run, acme, account, receipt):
    account(debitoor_id="someone@else.example")
    receipt()
    with pytest.raises(Misconfigured, match=r"someone@else\.example"):
        run(plan(), export())
    assert (acme.expenses(), acme.files()) == ([], [])


class TestFaults:
    def test_a_passing_fault_leaves_its_document_for_the_next_attempt(
        self, run, context, sandbox, acme, account, receipt, ledger
    ):
        account(parallel=1)
        receipt(), receipt()
        sandbox.fault("rate_limited", operation="debitoor.expenses.*", company=acme, retry_after=600)
        now = context(run_id="r")
        with pytest.raises(RetryError) as later:
            run(plan(), export(), within=now)
        assert later.value.retry_after == pytest.approx(600, abs=5)
        assert ledger.runs.get("anybodys_dag/r#acme").error
        sandbox.clear_faults()
        run(export(), within=now)
        assert len(acme.expenses()) == 2
        assert {entry.state for entry in ledger.documents.entries()} == {State.MOVED}

    def test_a_token_that_was_revoked_stops_everything(self, run, acme, account, receipt):
        account()
        receipt()
        run(plan())
        token = acme.debitoor_token
        acme.revoke_token()
        with pytest.raises(CredentialsRefused) as refused:
            run(export())
        assert token not in str(refused.value)

    def test_a_rejected_document_does_not_hold_up_the_others(self, run, acme, account, receipt, ledger):
        account()
        receipt(tax_rates=["7", "19", "0"])  # three rates cannot be distinguished
        receipt()
        assert run(plan(), export()) == {"moved": 1, "rejected": 1}
        assert [entry.remedy != "" for entry in ledger.documents.entries(states={State.REJECTED})] == [True]


class TestAssetEvent:
    def test_documents_that_were_moved_are_announced(self, run, context, account, receipt):
        account()
        receipt(), receipt()
        now = context(run_id="r")
        run(plan(), export(), within=now)
        (event,) = now["outlet_events"][ALIAS].asset_alias_events
        assert event.dest_asset_key.name == "debitoor__acme"
        assert event.extra == {
            "account": "acme",
            "direction": "export",
            "run_id": "anybodys_dag/r#acme",
            "documents": 2,
            "counts": {"moved": 2},
            "sums": {"EUR": "238.00"},
            "without_amount": 0,
            "period": {"from": "2026-03-01", "to": "2026-03-01"},
        }

    def test_nothing_moved_nothing_reported(self, run, context, account, receipt):
        account()
        receipt(currency="USD")
        now = context()
        assert run(plan(), export(), within=now) == {"held": 1}
        assert len(now["outlet_events"]) == 0

    def test_what_was_only_found_is_counted_apart_and_left_out_of_the_sums(
        self, run, context, account, receipt, ledger
    ):
        account()
        receipt()
        run(plan(), export(), within=context(run_id="first"))
        ledger.documents.retry(ledger.documents.entries(), "user:anna", if_missing=True)
        found = context(run_id="second")
        assert run(plan(), export(), within=found) == {"already_there": 1}
        assert len(found["outlet_events"]) == 0
        ledger.documents.retry(ledger.documents.entries(), "user:anna", if_missing=True)
        receipt()
        both = context(run_id="third")
        run(plan(), export(), within=both)
        (event,) = both["outlet_events"][ALIAS].asset_alias_events
        assert (event.extra["documents"], event.extra["counts"]) == (1, {"moved": 1, "already_there": 1})
        assert event.extra["sums"] == {"EUR": "119.00"}

    def test_a_document_whose_answer_was_lost_was_moved_by_the_attempt_that_finds_it(
        self, run, context, acme, sandbox, account, receipt
    ):
        account()
        receipt()
        sandbox.fault("cut_after", operation="debitoor.expenses.create", company=acme, times=1)
        now = context(run_id="r")
        with suppress(RetryError):
            run(plan(), export(), within=now)
        assert run(export(), within=now) == {"moved": 1}

    def test_accounts_that_share_a_run_of_a_dag_are_counted_apart(self, run, context, account, receipt):
        account()
        account(stem="other", filter={"tags": {"any": ["none"]}})
        receipt()
        now = context()
        run(plan(), export(), within=now)
        assert run(plan(account="other"), export(account="other"), within=now) == {}
        assert [alias.name for alias in now["outlet_events"]] == ["debitoor__acme"]

    def test_the_asset_is_in_airflows_graph_from_the_beginning(self):
        mine = Asset("mine")
        assert export(outlets=[mine]).outlets == [mine, ALIAS]
        assert export(outlets=mine).outlets == [mine, ALIAS]

    def test_the_account_may_come_from_another_task(self):
        with DAG("anybodys_dag"):
            choose = BaseOperator(task_id="choose")
            task = export(account=choose.output)
        assert task.outlets == []
        assert task.upstream_task_ids == {"choose"}

    def test_a_templated_account_is_announced_under_its_own_name(self, run, context, account, receipt):
        account()
        receipt()
        task = export(account="{{ params.account }}")
        assert task.outlets == []
        task.account = "acme"  # as Airflow renders it
        now = context()
        run(plan(), task, within=now)
        assert task.outlets == [ALIAS]
        assert len(now["outlet_events"][ALIAS].asset_alias_events) == 1


def test_a_task_that_airflow_terminates_begins_no_further_document(run, acme, account, receipt, monkeypatch):
    account(parallel=1)
    for _ in range(5):
        receipt()
    task = export()

    def terminated_at_the_second(steps: Steps, entry: Entry, *args: Any, **kwargs: Any) -> Entry:
        if len(acme.expenses()) == 2:
            task.on_kill()
        return recorded(steps, entry, *args, **kwargs)

    recorded = Steps.moved
    with monkeypatch.context() as patched:
        patched.setattr(Steps, "moved", terminated_at_the_second)
        with pytest.raises(RetryError, match="3 of 5 documents are left"):
            run(plan(), task)
    assert len(acme.expenses()) == 2
    assert run(plan(), export()) == {"moved": 3}
