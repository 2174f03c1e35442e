"""Each example DAG runs, by Airflow in this process; those of one operator alone are in ``tests/operators``."""

from __future__ import annotations

import ast
import os
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.get_provider_info import get_provider_info
from tests.airflow_context import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.client import CompanyAdmin

FILES = sorted(EXAMPLES.glob("example_*.py"))
KINDS = {"operators": "Operator", "sensors": "Sensor"}


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
    assert sorted(_offered()) == sorted(set(shown))


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


def test_documents_that_are_there_are_found_at_once(example, acme: CompanyAdmin, receipts, receipt):
    receipt(document_date="2999-12-31")
    assert example("document_sensor") == "success"


def test_a_month_is_closed_when_its_documents_are_settled(example, receipts, receipt):
    receipt()
    assert example("export") == "success"
    assert example("account_sensor") == "success"


def test_a_consumer_that_somebody_triggers_finds_no_events(example, receipts):
    assert example("asset") == "success"
