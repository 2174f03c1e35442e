from __future__ import annotations

import json
import os
from typing import Any

import pytest

from debitoor_provider.get_provider_info import get_provider_info
from debitoor_provider.links.records import SourceRecordLink, TargetRecordLink
from debitoor_provider.operators.export import DebitoorExportOperator
from debitoor_provider.operators.import_ import DebitoorImportOperator
from debitoor_provider.sensors.getmyinvoices import GetMyInvoicesDocumentSensor

KEY: Any = None


@pytest.fixture
def pages(acme, monkeypatch):
    """Let the connections say where people see records."""

    def say(**fields: dict[str, str]) -> None:
        for name, extra in fields.items():
            connection = json.loads(os.environ[f"AIRFLOW_CONN_{name.upper()}"])
            connection["extra"] |= extra
            monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(connection))

    return say


def links(task: Any) -> tuple[str, str]:
    return SourceRecordLink().get_link(task, ti_key=KEY), TargetRecordLink().get_link(task, ti_key=KEY)


def test_an_export_leads_to_the_document_and_the_expense_that_it_made_last(run, pages, acme, account, receipt):
    pages(gmi={"web_url": "https://gmi.example/{id}"}, debitoor={"web_url": "https://debitoor.example/e/{id}"})
    account(parallel=1)
    receipt(document_date="2026-02-01")
    uid = receipt(document_date="2026-03-01")
    task = DebitoorExportOperator(task_id="export", account="acme")
    run(task)
    expense = next(expense for expense in acme.expenses() if expense["date"] == "2026-03-01")
    assert links(task) == (f"https://gmi.example/{uid}", f"https://debitoor.example/e/{expense['id']}")


def test_an_import_leads_to_the_invoice_and_the_document(run, pages, acme, account):
    pages(gmi={"web_url": "https://gmi.example/{id}"}, debitoor={"sales_web_url": "https://debitoor.example/s/{id}"})
    account("import")
    invoice = acme.add_invoice(date="2026-03-01")["id"]
    task = DebitoorImportOperator(task_id="import", account="acme")
    run(task)
    (document,) = acme.documents()
    assert links(task) == (f"https://debitoor.example/s/{invoice}", f"https://gmi.example/{document['uid']}")


def test_a_sensor_leads_to_the_document_that_it_found(pages, context, acme, receipt):
    pages(gmi={"web_url": "https://gmi.example/{id}"})
    uid = receipt()
    task = GetMyInvoicesDocumentSensor(task_id="wait", getmyinvoices_conn_id="gmi")
    task.execute(context())
    assert links(task)[0] == f"https://gmi.example/{uid}"


@pytest.mark.parametrize("wrong", [{}, {"web_url": "javascript:alert(1)//{id}"}, {"web_url": "no address"}])
def test_without_a_usable_address_there_is_no_link_and_no_failure(run, pages, account, receipt, wrong):
    pages(gmi=wrong)
    account()
    receipt()
    task = DebitoorExportOperator(task_id="export", account="acme")
    assert run(task) == {"moved": 1}
    assert links(task) == ("", "")


def test_a_run_that_moved_nothing_leads_nowhere(run, pages, account):
    pages(gmi={"web_url": "https://gmi.example/{id}"})
    account()
    task = DebitoorExportOperator(task_id="export", account="acme")
    run(task)
    assert links(task) == ("", "")


def test_airflow_learns_of_them():
    known = {f"{link.__module__}.{link.__name__}" for link in (SourceRecordLink, TargetRecordLink)}
    assert known <= set(get_provider_info()["extra-links"])
