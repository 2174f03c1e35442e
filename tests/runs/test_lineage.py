from __future__ import annotations

import sys
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from debitoor_provider.operators.archive import DebitoorArchiveOperator
from debitoor_provider.operators.check import DebitoorCheckOperator
from debitoor_provider.operators.export import DebitoorExportOperator
from debitoor_provider.operators.import_ import DebitoorImportOperator
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.operators.rename import DebitoorRenameOperator

TI: Any = None
GMI, DEBITOOR = "getmyinvoices://gmi", "debitoor://debitoor"


@dataclass
class _Dataset:
    namespace: str
    name: str
    outputFacets: dict[str, Any] = field(default_factory=dict)  # noqa: N815 - OpenLineage's name


@dataclass
class _OperatorLineage:
    inputs: list[Any]
    outputs: list[Any]
    run_facets: dict[str, Any]


class _RunFacet:
    def with_additional_properties(self, **properties: Any) -> SimpleNamespace:
        return SimpleNamespace(**properties)


@pytest.fixture
def openlineage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have OpenLineage's provider, or what is used of it where it is not installed."""
    try:
        import airflow.providers.openlineage.extractors  # noqa: F401 - is it installed?
    except ImportError:
        statistics = SimpleNamespace(OutputStatisticsOutputDatasetFacet=SimpleNamespace)
        for name, known in {
            "airflow.providers.openlineage": {},
            "airflow.providers.openlineage.extractors": {"OperatorLineage": _OperatorLineage},
            "openlineage": {},
            "openlineage.client": {},
            "openlineage.client.event_v2": {"InputDataset": _Dataset, "OutputDataset": _Dataset},
            "openlineage.client.facet_v2": {
                "RunFacet": _RunFacet,
                "output_statistics_output_dataset": statistics,
            },
        }.items():
            module = ModuleType(name)
            vars(module).update(known)
            monkeypatch.setitem(sys.modules, name, module)


def datasets(found: Any) -> tuple[list[str], list[str]]:
    inputs, outputs = ([f"{one.namespace}/{one.name}" for one in side] for side in (found.inputs, found.outputs))
    return inputs, outputs


@pytest.mark.usefixtures("openlineage")
class TestWithItsProvider:
    def test_an_export_reads_documents_and_writes_expenses(self, run, account, receipt):
        account()
        receipt(), receipt()
        task = DebitoorExportOperator(task_id="export", account="acme")
        run(task)
        found = task.get_openlineage_facets_on_complete(TI)
        assert datasets(found) == ([f"{GMI}/documents"], [f"{DEBITOOR}/expenses"])
        assert found.outputs[0].outputFacets["outputStatistics"].rowCount == 2
        facet = found.run_facets["debitoor_sync"]
        assert (facet.account, facet.documents, facet.sums) == ("acme", 2, {"EUR": "238.00"})

    def test_an_import_reads_sales_documents_and_writes_documents(self, run, acme, account):
        account("import")
        acme.add_invoice(date="2026-03-01")
        task = DebitoorImportOperator(task_id="import", account="acme")
        run(task)
        found = task.get_openlineage_facets_on_complete(TI)
        assert datasets(found) == ([f"{DEBITOOR}/sales_documents"], [f"{GMI}/documents"])

    @pytest.mark.parametrize(
        ("operator", "inputs", "outputs"),
        [
            (DebitoorPlanOperator, [f"{GMI}/documents"], []),
            (DebitoorRenameOperator, [], []),
            (DebitoorArchiveOperator, [], [f"{GMI}/documents"]),
            (DebitoorCheckOperator, [f"{GMI}/documents", f"{DEBITOOR}/expenses"], []),
        ],
    )
    def test_the_other_steps(self, run, account, operator, inputs, outputs):
        account()
        task = operator(task_id="step", account="acme")
        run(task)
        found = task.get_openlineage_facets_on_complete(TI)
        assert datasets(found) == (inputs, outputs)
        assert found.run_facets == {}

    def test_a_run_that_moved_nothing_has_no_statistics(self, run, account):
        account()
        task = DebitoorExportOperator(task_id="export", account="acme")
        run(task)
        found = task.get_openlineage_facets_on_complete(TI)
        assert (found.outputs[0].outputFacets, found.run_facets) == ({}, {})

    def test_a_step_that_never_began_says_nothing(self):
        assert DebitoorExportOperator(task_id="export", account="acme").get_openlineage_facets_on_complete(TI) is None


def test_without_its_provider_there_is_nothing(run, account, monkeypatch):
    monkeypatch.setitem(sys.modules, "airflow.providers.openlineage", None)
    monkeypatch.setitem(sys.modules, "airflow.providers.openlineage.extractors", None)
    account()
    task = DebitoorExportOperator(task_id="export", account="acme")
    run(task)
    assert task.get_openlineage_facets_on_complete(TI) is None
