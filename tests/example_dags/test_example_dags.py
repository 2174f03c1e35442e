"""Each example DAG runs, by Airflow in this process; those of one operator alone are in ``tests/operators``."""

from __future__ import annotations

import ast
import os
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.get_provider_info import get_provider_info
from tests.airflow_context import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from debitoor_provider.sandbox.client import CompanyAdmin

FILES = sorted(EXAMPLES.glob("example_*.py"))
KINDS = {"operators": "Operator", "sensors": "Sensor", "hooks": "Hook"}
OTHERS = {"DebitoorAccountNotifier"}


def _offered() -> Iterator[str]:
    info = get_provider_info()
    for kind, ending in KINDS.items():
        for name in {module for entry in info[kind] for module in entry["python-modules"]}:
            module = import_module(name)
            yield from (
                found.__name__
                for found in vars(module).values()
                if isinstance(found, type) and found.__module__ == name and found.__name__.endswith(ending)
            )


def test_there_is_an_example_for_each_thing_that_is_offered():
    shown = [
        name.name
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("debitoor_provider")
        for name in node.names
    ]
    assert sorted({*_offered(), *OTHERS}) == sorted(set(shown))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_says_what_it_is_for_and_is_named_as_its_file(file):
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(str(file))
    assert (bag.import_errors, list(bag.dags)) == ({}, [f"debitoor_{file.stem}"])
    assert ast.get_docstring(ast.parse(file.read_text()))


@pytest.fixture
def receipts(account: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Write the account of the examples, and name the connections as they do."""
    for name, known in (("GETMYINVOICES_ACME", "GMI"), ("DEBITOOR_ACME", "DEBITOOR")):
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}", os.environ[f"AIRFLOW_CONN_{known}"])
    return account(stem="acme-receipts")


@pytest.fixture
def returned() -> Callable[[str, str], Any]:
    """Return what a task of the last run of a DAG has put into XCom."""

    def pull(dag_id: str, task_id: str) -> Any:
        from airflow.models.xcom import XComModel
        from airflow.utils.session import create_session
        from sqlalchemy import select

        rows = (
            select(XComModel)
            .where(XComModel.dag_id == dag_id, XComModel.task_id == task_id, XComModel.key == "return_value")
            .order_by(XComModel.timestamp.desc())
        )
        with create_session() as session:
            return XComModel.deserialize_value(session.scalars(rows).first())

    return pull


def test_documents_pass_from_task_to_task(example, receipts, receipt, returned):
    receipt(payment_status="Not paid", document_date="2026-04-02", gross_amount="119.10")
    receipt(payment_status="Not paid", document_date="2026-04-01", gross_amount="0.10")
    assert example("getmyinvoices_hook") == "success"
    assert returned("debitoor_example_getmyinvoices_hook", "oldest_first") == ["01.04.2026 0.10", "02.04.2026 119.10"]


def test_expenses_pass_from_task_to_task(example, receipts, receipt, returned):
    year = datetime.now(UTC).year
    receipt(document_date=f"{year}-01-31")
    receipt(document_date=f"{year}-01-31")
    assert example("export") == "success"
    assert example("debitoor_hook") == "success"
    assert returned("debitoor_example_debitoor_hook", "by_supplier") == {"Paper Ltd": "238.00"}


def test_documents_that_are_there_are_found_at_once(example, acme: CompanyAdmin, receipts, receipt):
    receipt(document_date="2999-12-31")
    assert example("document_sensor") == "success"


def test_a_month_is_closed_when_its_documents_are_settled(example, receipts, receipt):
    receipt()
    assert example("export") == "success"
    assert example("account_sensor") == "success"


def test_a_consumer_triggered_by_hand_finds_no_events(example, receipts):
    assert example("asset") == "success"


def test_people_are_notified_when_a_task_fails(example, receipts, receipt, mailbox, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_MAIL_ACME", os.environ["AIRFLOW_CONN_MAIL"])
    receipt(currency="USD")
    assert example("export") == "success"
    assert example("notifier") == "failed"
    (mail,) = mailbox.mails
    assert mail["subject"] == "Acme: Die Aufgabe close von debitoor_example_notifier ist fehlgeschlagen."
    assert "1 Beleg braucht eine Entscheidung" in mail.get_body(("html",)).get_content()
