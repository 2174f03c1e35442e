"""What a scheduled run asks a service for is never narrower than what the account takes."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.sync.window import manual

if TYPE_CHECKING:
    from tests.sync.stage import Stage

DECOMPOSED = unicodedata.normalize("NFD", "Büro")


@pytest.mark.parametrize("comparison", ["caseless", "exact", "normalized"])
@pytest.mark.parametrize(("tag", "wanted"), [("Büro", DECOMPOSED), (DECOMPOSED, "büro"), ("Books", "BOOKS")])
@pytest.mark.parametrize("rule", ["any", "all"])
def test_a_tag_is_found_in_whatever_form_it_is_written(
    acme: Stage, comparison: str, tag: str, wanted: str, rule: str
) -> None:
    acme.company.switch(tag_comparison=comparison)
    uid = acme.document(tags=[tag])
    acme.export(acme.exports(filter={"tags": {rule: [wanted]}}))
    assert acme.states() == {uid: "moved"}


@pytest.mark.parametrize("kept", [True, False])
def test_an_undated_document_waits_for_its_date_from_the_next_scheduled_run_on(acme: Stage, kept: bool) -> None:
    acme.company.switch(undated_in_period=kept)
    account = acme.exports(period={"from": "2026-01-01"})
    early = acme.document(document_date=None)
    acme.export(account)
    assert acme.states() == {early: "waiting no_date"}
    late = acme.document(document_date=None)
    acme.clock.pass_by(hours=1)
    acme.export(account)
    assert acme.states() == {early: "waiting no_date", late: "waiting no_date"}
    acme.clock.pass_by(days=8)
    acme.export(account)  # everything is listed
    assert acme.states() == {early: "waiting no_date", late: "waiting no_date"}
    acme.company.edit_document(int(early), document_date="2026-02-01")
    acme.company.edit_document(int(late), document_date="2025-02-01")
    acme.export(account)
    assert acme.states() == {early: "moved", late: "gone"}


def test_an_idle_run_with_a_period_costs_one_call(acme: Stage) -> None:
    account = acme.exports(period={"from": "2026-01-01"}, filter={"tags": {"any": ["books"]}})
    acme.document(document_date=None, tags=["books"])
    acme.export(account)
    acme.clock.pass_by(hours=1)
    watch = acme.watch()
    acme.export(account)
    assert watch.calls == {"gmi.documents.list": 1}


def test_a_chosen_period_is_asked_of_the_service(acme: Stage) -> None:
    acme.document(document_date="2025-06-01")
    undated, chosen = acme.document(document_date=None), acme.document(document_date="2026-03-01")
    plan = acme.plan(acme.exports(), manual(date(2026, 3, 1), date(2026, 3, 1), ()))
    assert [entry.source_id for entry in plan.due] == [chosen]
    assert undated not in acme.states()
