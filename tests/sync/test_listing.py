"""What a scheduled run asks a service for is never narrower than what the account takes."""

from __future__ import annotations

import unicodedata
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debitoor_provider.services.getmyinvoices.enums import PaymentStatus
from debitoor_provider.sync.export.listing import list_documents
from debitoor_provider.sync.export.selection import select
from debitoor_provider.sync.text import fold
from debitoor_provider.sync.window import RunKind, Window, manual

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


def test_a_chosen_period_is_requested_from_the_service(acme: Stage) -> None:
    acme.document(document_date="2025-06-01")
    undated, chosen = acme.document(document_date=None), acme.document(document_date="2026-03-01")
    plan = acme.plan(acme.exports(), manual(date(2026, 3, 1), date(2026, 3, 1), ()))
    assert [entry.source_id for entry in plan.due] == [chosen]
    assert undated not in acme.states()


TAGS = ["Büro", DECOMPOSED, "BÜRO", "books", "Books", "Straße", "STRASSE", "2026"]
SUPPLIERS = ["Paper Ltd", "Café", unicodedata.normalize("NFD", "Café"), None]
TYPES = ["INCOMING_INVOICE", "RECEIPT"]
STATUSES = [str(status) for status in PaymentStatus]
FIELDS: dict[str, list[Any]] = {
    "document_type": TYPES,
    "payment_status": STATUSES,
    "document_date": [None, "2025-12-31", "2026-06-30"],
    "supplier": SUPPLIERS,
    "archived": [False, True],
}


def distinct(texts: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(texts), min_size=1, max_size=2, unique_by=fold)


def filters(numbers: list[int]) -> st.SearchStrategy[dict[str, Any]]:
    """Generate any filter of an account.

    :param numbers: of companies
    """
    names = [name for name in SUPPLIERS if name]
    companies = st.one_of(distinct(names), st.lists(st.sampled_from(numbers), min_size=1, max_size=2, unique=True))
    return st.fixed_dictionaries(
        {},
        optional={
            "tags": st.one_of(*(st.fixed_dictionaries({rule: distinct(TAGS)}) for rule in ("any", "all", "none"))),
            "companies": st.one_of(*(st.fixed_dictionaries({rule: companies}) for rule in ("include", "exclude"))),
            "document_types": distinct(TYPES),
            "payment_status": distinct(STATUSES),
            "archived": st.booleans(),
        },
    )


@pytest.mark.parametrize("undated", [True, False])
@pytest.mark.parametrize("comparison", ["caseless", "exact", "normalized"])
def test_a_listing_never_lacks_what_the_account_takes(acme: Stage, comparison: str, undated: bool) -> None:
    acme.company.switch(tag_comparison=comparison, undated_in_period=undated)
    for number, values in enumerate(product(*FIELDS.values())):
        acme.document(tags=[TAGS[number % len(TAGS)]], **dict(zip(FIELDS, values, strict=True)))
    everything = acme.gmi.documents(line_items=True)
    numbers = [row.company_uid for row in acme.gmi.companies() if row.company_uid]

    @settings(max_examples=40, deadline=None)
    @given(filters(numbers), st.fixed_dictionaries({}, optional={"from": st.just("2026-01-01")}))
    def holds(rules: dict[str, Any], period: dict[str, Any]) -> None:
        account = acme.exports(filter=rules, period=period)
        window = Window(RunKind.SCHEDULED, moves_watermark=True, full=True).within(account.period.start, None)
        records, _ = list_documents(window, account, acme.gmi, {})
        listed = {record.document_uid for record in records}
        assert {record.document_uid for record in everything if select(record, account) is None} <= listed

    holds()
