"""What a run left behind goes later as it is then, under the settings of then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.services.errors import RetryError
from tests.sync.stage import pdf

if TYPE_CHECKING:
    from tests.sync.stage import Stage


def sale_left_behind(acme: Stage) -> str:
    """Create an invoice that was planned, and whose upload failed; return its id."""
    source = str(acme.company.add_invoice(content=pdf())["id"])
    acme.fault("cut_before", "gmi.documents.create")
    with pytest.raises(RetryError):
        acme.import_()
    acme.sandbox.clear_faults()
    return source


def test_a_sale_edited_since_it_was_planned_is_imported_with_its_new_amount(acme: Stage) -> None:
    source = sale_left_behind(acme)
    acme.clock.pass_by(minutes=16)
    acme.company.edit_entity(source, totalNetAmount=200, totalTaxAmount=38, totalGrossAmount=238)
    acme.finish_import()
    assert [float(row["grossAmount"]) for row in acme.company.documents()] == [238]


@pytest.mark.parametrize("change", [{"deleted": True}, {"date": "2025-12-31"}])
def test_a_sale_cancelled_or_moved_out_of_the_period_after_the_plan_is_not_moved(
    acme: Stage, change: dict[str, Any]
) -> None:
    source = sale_left_behind(acme)
    acme.clock.pass_by(minutes=16)
    acme.company.edit_entity(source, **change)
    acme.finish_import(acme.imports(period={"from": "2026-01-01"}))
    assert acme.company.documents() == []
    assert acme.states("import") == {source: "gone"}


def test_a_sale_excluded_by_the_settings_is_not_moved(acme: Stage) -> None:
    source = sale_left_behind(acme)
    acme.clock.pass_by(minutes=2)
    acme.finish_import(acme.imports(documents=["credit_notes"]))
    assert acme.company.documents() == []
    assert acme.states("import") == {source: "gone"}


def test_a_large_document_excluded_by_the_settings_is_not_moved(acme: Stage) -> None:
    uid = acme.document(pdf(2_000_000))
    acme.plan(acme.exports())
    acme.finish(acme.exports(filter={"document_types": ["RECEIPT"]}))
    assert acme.booked() == {}
    assert acme.states() == {uid: "gone"}
