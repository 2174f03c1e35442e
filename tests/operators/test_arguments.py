"""Operators of an account without a file, as other people's DAGs use them."""

from __future__ import annotations

import os
from typing import Any

import pytest
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException

from debitoor_provider.operators.archive import DebitoorArchiveOperator
from debitoor_provider.operators.export import DebitoorExportOperator
from debitoor_provider.operators.import_ import DebitoorImportOperator
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.operators.report import DebitoorReportOperator
from debitoor_provider.runs.arguments import ArgumentError
from debitoor_provider.services.errors import Misconfigured
from debitoor_provider.sync.account_files.files import load_account_file
from debitoor_provider.sync.accounts.settings import ExportAccount, ImportAccount

MAPPED = """\
from airflow.sdk import DAG
from debitoor_provider.operators.export import DebitoorExportOperator

with DAG("mapped", default_args={{"getmyinvoices_conn_id": "gmi", "debitoor_conn_id": "debitoor"}}):
    settings = {{"debitoor_id": {email!r}, "rename": "{{company}}"}}
    DebitoorExportOperator.partial(task_id="export", settings=settings).expand(account=["one", "two"])
"""


@pytest.fixture
def known(acme) -> dict[str, Any]:
    """Return what an account of the company needs."""
    return {"debitoor_id": acme.debitoor_email, "getmyinvoices_conn_id": "gmi", "debitoor_conn_id": "debitoor"}


def test_an_export_needs_no_file(run, acme, known, receipt, ledger):
    receipt(document_number="R-7")
    receipt(tags=["private"])
    task = DebitoorExportOperator(
        task_id="export",
        account="adhoc",
        rename="{company}_{document_number}",
        filter={"tags": {"none": ["private"]}},
        **known,
    )
    assert run(task) == {"moved": 1}
    assert [expense["file"]["fileName"] for expense in acme.expenses()] == ["Paper Ltd_R-7.pdf"]
    assert [entry.account for entry in ledger.documents.entries()] == ["adhoc"]


def test_an_import_needs_none(run, acme, known):
    acme.add_invoice(date="2026-03-01")
    assert run(DebitoorImportOperator(task_id="import", account="adhoc", **known)) == {"moved": 1}


def test_the_steps_of_an_account_are_given_the_same(run, acme, known, receipt):
    uid = receipt()
    given = {"account": "adhoc", "type": "export", "archive_after_transfer": True, **known}
    steps = (DebitoorPlanOperator, DebitoorExportOperator, DebitoorArchiveOperator)
    run(*(step(task_id="step", **given) for step in steps))
    assert acme.document(uid)["isArchived"]


def test_books_of_another_company_are_not_changed(run, acme, known, receipt):
    receipt()
    with pytest.raises(Exception, match=r"someone@else\.example"):
        run(
            DebitoorExportOperator(
                task_id="export", account="adhoc", **{**known, "debitoor_id": "someone@else.example"}
            )
        )
    assert acme.expenses() == []


def test_the_connections_of_airflow_s_hooks_are_taken_by_default(run, acme, receipt, monkeypatch):
    for service, name in (("GETMYINVOICES", "GMI"), ("DEBITOOR", "DEBITOOR")):
        monkeypatch.setenv(f"AIRFLOW_CONN_{service}_DEFAULT", os.environ[f"AIRFLOW_CONN_{name}"])
    receipt()
    task = DebitoorExportOperator(task_id="export", account="adhoc", debitoor_id=acme.debitoor_email)
    assert run(task) == {"moved": 1}


def test_mapped_tasks_and_default_arguments(run_dag, acme, receipt):
    receipt()
    assert run_dag(MAPPED.format(email=acme.debitoor_email))[0] == "success"
    assert [expense["file"]["fileName"] for expense in acme.expenses()] == ["Paper Ltd.pdf"]


class TestMistakes:
    @pytest.mark.parametrize(
        ("argument", "hint"),
        [
            ({"renmae": "x"}, "DebitoorExportOperator has no argument 'renmae'. Did you mean rename?"),
            ({"retires": 3}, "Did you mean retries?"),
            ({"debitoor_con_id": "x"}, "Did you mean debitoor_conn_id?"),
            ({"rename": "x"}, "debitoor_id: This field is missing"),
            ({"frequency": "daily"}, "has no argument 'frequency'"),
            ({"settings": "dags/accounts/x.yaml"}, "settings: 'dags/accounts/x.yaml' is neither a mapping"),
            ({"type": "import", "debitoor_id": "a@b.example"}, "accounts of type 'import' move documents in the other"),
            ({"account": "Foo Bar/.."}, "account: 'Foo Bar/..' cannot be the id of an account"),
            ({"getmyinvoices_conn_id": "", "debitoor_id": "a@b.example"}, "getmyinvoices_conn_id: This is not a"),
            ({"debitoor_id": "a@b.example", "filter": {"tags": ["books"]}}, "filter.tags: Fields are expected .* list"),
        ],
    )
    def test_are_named_while_the_dag_is_read(self, argument, hint):
        with pytest.raises(ArgumentError, match=hint.replace("?", r"\?")):
            DebitoorExportOperator(**{"task_id": "export", "account": "acme"} | argument)

    def test_an_argument_of_the_operator_itself_is_a_hint_too(self):
        with pytest.raises(ArgumentError, match=r"Did you mean period_from\?"):
            DebitoorPlanOperator(task_id="plan", account="acme", periodfrom="2026-01-01")

    def test_complete_settings_exclude_further_arguments(self):
        settings = ExportAccount.model_validate(
            {"type": "export", "name": "x", "debitoor_id": "a@b.example"}
            | {"connections": {"getmyinvoices": "a", "debitoor": "b"}}
        )
        for beside in ({"rename": "x"}, {"debitoor_conn_id": "other"}):
            with pytest.raises(ArgumentError, match="together with settings"):
                DebitoorExportOperator(task_id="export", account="acme", settings=settings, **beside)


def test_an_export_refuses_settings_of_an_import():
    settings = ImportAccount.model_validate(
        {"type": "import", "name": "x", "debitoor_id": "a@b.example"}
        | {"connections": {"getmyinvoices": "a", "debitoor": "b"}}
    )
    with pytest.raises(ArgumentError, match="other direction"):
        DebitoorExportOperator(task_id="export", account="acme", settings=settings)


def test_an_account_with_a_file_keeps_to_its_settings(run, acme, known, account, receipt, tmp_path):
    account(rename="{company}")
    path = tmp_path / "accounts" / "acme.yaml"
    receipt()
    with pytest.raises(Misconfigured, match="has an account file") as refused:
        run(DebitoorExportOperator(task_id="export", account="acme", **known))
    assert str(path) in str(refused.value)
    assert isinstance(refused.value, AirflowFailException)
    assert acme.expenses() == []
    same = load_account_file(path).account
    assert run(DebitoorExportOperator(task_id="export", account="acme", settings=same)) == {"moved": 1}


def test_an_invalid_date_is_named_by_its_argument(run, acme, known):
    with pytest.raises(Misconfigured, match=r"period_from: '01\.02\.2026'"):
        run(DebitoorPlanOperator(task_id="p", account="own", type="export", period_from="01.02.2026", **known))


def test_an_account_that_is_a_template_is_called_by_its_task():
    given = {"debitoor_id": "a@b.example", "type": "export"}
    with DAG("anybody"):
        task = DebitoorReportOperator(task_id="report", account="{{ params.account }}", **given)
    assert task.settings is not None
    assert task.settings.name == "report"


def test_an_operator_with_a_file_reads_it_at_run_time():
    assert DebitoorExportOperator(task_id="export", account="acme").settings is None
