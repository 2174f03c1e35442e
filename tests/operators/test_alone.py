"""Each operator alone in a DAG does its step, as its example shows; run by Airflow in this process."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from airflow.sdk.exceptions import AirflowFailException

from debitoor_provider.operators.archive import DebitoorArchiveOperator
from debitoor_provider.operators.export import DebitoorExportOperator
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.operators.rename import DebitoorRenameOperator

if TYPE_CHECKING:
    from collections.abc import Callable

HAND_WRITTEN = """\
from airflow.sdk import DAG
from debitoor_provider.operators.{module} import {operator}

with DAG("handwritten", default_args={{"retries": 5}}):
    {operator}(task_id="step", account="receipts")
"""


@pytest.fixture
def receipts(account: Callable[..., str]) -> str:
    return account(stem="acme-receipts", rename="{company}_{document_number}", archive_after_transfer=True)


def test_an_export_alone_moves_what_is_new(example, acme, receipts, receipt, ledger):
    receipt(document_number="R-7")
    assert example("export") == "success"
    (expense,) = acme.expenses()
    assert expense["file"]["fileName"] == "Paper Ltd_R-7.pdf"
    (run,) = ledger.runs.latest(receipts)
    assert (run.verdict, run.counts) == ("success", {"moved": 1, "e_invoices": {"unreadable": 1}})
    assert example("export") == "success"
    assert len(acme.expenses()) == 1


def test_an_import_alone_moves_what_is_new(example, acme, account, ledger):
    account("import", stem="acme-sales")
    acme.add_invoice(date="2026-03-01")
    assert example("import") == "success"
    assert len(acme.documents()) == 1
    assert ledger.runs.latest("acme-sales")[0].counts == {"moved": 1}


def test_an_archive_alone_archives_what_was_moved(example, acme, receipts, receipt):
    uid = receipt()
    example("export")
    assert not acme.document(uid)["isArchived"]
    assert example("archive") == "success"
    assert acme.document(uid)["isArchived"]


def test_names_alone_are_given_to_what_is_new(example, acme, receipts, receipt, ledger):
    receipt(document_number="R-8")
    assert example("rename") == "success"
    assert [entry.target_name for entry in ledger.documents.entries()] == ["Paper Ltd_R-8.pdf"]
    assert acme.expenses() == []


def test_a_plan_within_the_limits_needs_no_approval(example, acme, receipts, receipt):
    receipt()
    assert example("approval") == "success"
    assert len(acme.expenses()) == 1


def test_a_plan_alone_is_carried_out_by_a_later_run(example, acme, receipts, receipt):
    receipt()
    assert example("plan") == "success"
    assert acme.expenses() == []
    assert example("export") == "success"
    assert len(acme.expenses()) == 1


def test_a_report_alone_enters_its_run(example, receipts, ledger):
    assert example("report") == "success"
    assert [run.verdict for run in ledger.runs.latest(receipts)] == ["success"]


def test_a_check_alone_is_green_when_both_are_the_same(example, acme, receipts, receipt):
    receipt()
    assert example("check") == "failed"
    assert acme.expenses() == []
    example("export")
    assert example("check") == "success"


def test_a_wrong_key_is_not_retried_in_a_custom_dag(run_dag, sandbox, acme, account, receipt):
    account(stem="receipts")
    receipt()
    acme.block_key()
    seen = sandbox.last_seq()
    text = HAND_WRITTEN.format(module="export", operator="DebitoorExportOperator")
    assert run_dag(text) == ("failed", {"step": 1})
    assert len(sandbox.calls(since=seen, company=acme)) == 1


class TestWithoutADag:
    def test_a_rejected_document_makes_it_red(self, run, account, receipt):
        account()
        receipt(tax_rates=["7", "19", "0"])
        with pytest.raises(AirflowFailException, match="1 document was rejected"):
            run(DebitoorExportOperator(task_id="export", account="acme"))

    def test_after_another_step_of_the_run_nothing_is_planned_again(self, run, sandbox, acme, account, receipt):
        account()
        receipt()
        steps = [
            operator(task_id="step", account="acme") for operator in (DebitoorPlanOperator, DebitoorRenameOperator)
        ]
        run(*steps, DebitoorExportOperator(task_id="export", account="acme"))
        listed = [row for row in sandbox.calls(company=acme) if row["operation"] == "gmi.documents.list"]
        assert len(listed) == 1

    def test_an_archive_plans_nothing(self, run, account, receipt, ledger):
        account()
        receipt()
        assert run(DebitoorArchiveOperator(task_id="archive", account="acme")) == {"archived": 0}
        assert ledger.documents.entries() == []

    def test_a_backfill_of_an_export_alone_takes_its_interval(self, run, context, account, receipt, ledger):
        account(timezone="UTC")
        receipt(document_date="2026-02-28")
        wanted = receipt(document_date="2026-03-01")
        interval = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))
        now = context("backfill", interval=interval)
        assert run(DebitoorExportOperator(task_id="export", account="acme"), within=now) == {"moved": 1}
        assert [entry.source_id for entry in ledger.documents.entries()] == [str(wanted)]
