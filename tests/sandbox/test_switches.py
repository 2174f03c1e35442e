"""Behaviours that the contracts only assume: each value of their switches."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest

from debitoor_provider.sandbox.faults import Effect
from debitoor_provider.sandbox.switches import Switches
from debitoor_provider.sandbox.world import World

ROOT = Path(__file__).parents[2]

COMPOSED = unicodedata.normalize("NFC", "Büro")
DECOMPOSED = unicodedata.normalize("NFD", "Büro")
CREDIT_NOTES = "/api/sales/creditnotes/v4"


@pytest.fixture
def uids(gmi):
    """Return the ids of a list call, for its parameters."""

    def listed(**parameters):
        return [record["documentUid"] for record in gmi.get("/documents", params=parameters).json()["records"]]

    return listed


# --- sign of credit notes (D 7) ---


def amounts(entity):
    line, group = entity["lines"][0], entity["taxGroups"][0]
    return (
        *(entity[name] for name in ("totalNetAmount", "totalTaxAmount", "totalGrossAmount", "unpaidAmount")),
        *(line[name] for name in ("unitNetPrice", "unitGrossPrice", "netAmount", "taxAmount", "grossAmount")),
        *(group[name] for name in ("netAmount", "taxAmount")),
    )


@pytest.mark.parametrize(("switch", "sign"), [("negative", -1), ("positive", 1)])
def test_all_amounts_of_a_credit_note_have_the_sign_of_the_switch(debitoor, acme, switch, sign):
    ident = acme.add_invoice(kind="creditNote", lines=[{"unit_net_price": 50, "quantity": 2, "tax_rate": 19}])["id"]
    acme.switch(credit_note_amounts=switch)

    answers = [
        *debitoor.get(CREDIT_NOTES).json(),
        *debitoor.get("/api/sales/invoices/v8?isCreditNote=true").json(),
        debitoor.get(f"/api/sales/creditnotes/{ident}/v4").json(),
        debitoor.get(f"/api/sales/invoices/{ident}/v8").json(),
    ]

    expected = (100, 19, 119, 119, 50, 59.5, 100, 19, 119, 100, 19)
    assert [amounts(answer) for answer in answers] == [tuple(sign * amount for amount in expected)] * 4
    assert {answer["lines"][0]["quantity"] for answer in answers} == {2}


def test_positive_credit_notes_leave_invoices_as_they_are(debitoor, acme):
    acme.add_invoice(lines=[{"unit_net_price": 50, "tax_rate": 0}])
    acme.add_invoice(kind="creditNote", lines=[{"unit_net_price": 10, "tax_rate": 0}])
    acme.switch(credit_note_amounts="positive")

    listed = debitoor.get("/api/sales/invoices/v8").json()

    assert {row["type"]: row["totalGrossAmount"] for row in listed} == {"invoice": 50, "creditNote": 10}
    assert acme.credit_notes()[0]["totalGrossAmount"] == -10


# --- documents without a date and a date filter (G 4.1, A-25) ---


@pytest.mark.parametrize("kept", [False, True])
def test_a_date_filter_keeps_undated_documents_by_the_switch(acme, uids, pdf, kept):
    undated = acme.add_document(pdf(), "a.pdf")
    dated = acme.add_document(pdf(), "b.pdf", document_date="2026-01-05")
    acme.add_document(pdf(), "c.pdf", document_date="2025-01-05")
    acme.switch(undated_in_period=kept)

    expected = [dated, undated] if kept else [dated]
    assert uids(startDateFilter="2026-01-01", endDateFilter="2026-12-31") == expected
    assert uids(startDateFilter="2026-01-01") == expected
    assert undated in uids()


# --- comparison of tags (A-09) ---


@pytest.mark.parametrize(
    ("comparison", "asked", "found"),
    [
        ("caseless", COMPOSED, True),
        ("caseless", COMPOSED.upper(), True),
        ("caseless", DECOMPOSED, False),
        ("exact", COMPOSED, True),
        ("exact", COMPOSED.upper(), False),
        ("exact", DECOMPOSED, False),
        ("normalized", DECOMPOSED, True),
        ("normalized", DECOMPOSED.upper(), True),
        ("normalized", "Buro", False),
    ],
)
def test_tags_are_compared_by_the_switch(acme, uids, pdf, comparison, asked, found):
    uid = acme.add_document(pdf(), "a.pdf", tags=[COMPOSED])
    acme.switch(tag_comparison=comparison)

    assert uids(**{"tagFilter[]": [asked, "other"]}) == ([uid] if found else [])


# --- forms of amounts (G 4.3) ---


@pytest.mark.parametrize(
    ("form", "written"), [("number", 1234.5), ("string", "1234.50"), ("comma", "1.234,50")]
)  # fmt: skip
def test_amounts_have_the_form_of_the_switch(gmi, acme, pdf, form, written):
    acme.add_document(pdf(), "a.pdf", net_amount="1234.50", gross_amount="1234.50")
    acme.switch(amounts=form)

    assert gmi.get("/documents").json()["records"][0]["grossAmount"] == written


# --- the environment of Debitoor (A27) ---


@pytest.mark.parametrize(
    "without", [(), ("currency",), ("countryCode",), ("currency", "countryCode"), ("email", "currency", "countryCode")]
)
def test_the_environment_can_lack_all_but_its_id(debitoor, acme, without):
    acme.switch(environment_without=without)

    environment = debitoor.get("/api/environment/v1").json()

    assert environment.keys() == {"id", "email", "countryCode", "currency"} - set(without)


def test_what_the_environment_lacks_is_found_elsewhere(debitoor, other, debitoor_of):
    other.switch(environment_without=["currency", "countryCode"])
    api = debitoor_of(other)

    assert api.get("/api/settings/v3").json()["companyProfile"]["countryCode"] == "DK"
    assert {account["currency"] for account in api.get("/api/paymentaccounts/v1").json()} == {"DKK"}


# --- retired paths (G 1.1, D 1) ---


@pytest.mark.parametrize(
    ("retired", "status", "content_type"),
    [("not_found", 404, "application/json"), ("forbidden", 403, "text/html"), ("gone", 410, "application/json")],
)
def test_one_path_of_debitoor_can_be_retired(debitoor, acme, retired, status, content_type):
    acme.add_invoice(kind="creditNote")
    acme.switch(retired={CREDIT_NOTES: retired})

    response = debitoor.get(CREDIT_NOTES)

    assert (response.status_code, response.headers["Content-Type"].partition(";")[0]) == (status, content_type)
    assert debitoor.get("/api/sales/invoices/v8").status_code == 200
    assert debitoor.get("/api/environment/v1").status_code == 200


@pytest.mark.parametrize(
    ("retired", "status", "content_type"),
    [("not_found", 404, "application/json"), ("forbidden", 403, "text/html"), ("gone", 410, "application/json")],
)
def test_one_path_of_getmyinvoices_can_be_retired(gmi, acme, retired, status, content_type):
    acme.switch(retired={"/accounts/v3/tags": retired})

    response = gmi.get("/tags")

    assert (response.status_code, response.headers["Content-Type"].partition(";")[0]) == (status, content_type)
    assert gmi.get("/documents").status_code == 200


def test_a_moved_path_redirects_to_another_host(debitoor, acme):
    acme.switch(retired={CREDIT_NOTES: "moved"})

    response = debitoor.get(CREDIT_NOTES, allow_redirects=False)

    assert (response.status_code, response.headers["Location"]) == (301, "http://successor.invalid" + CREDIT_NOTES)


@pytest.mark.parametrize(("retired", "status"), [("not_found", 404), ("forbidden", 403), ("gone", 410), ("moved", 301)])
def test_a_whole_service_can_be_retired(debitoor, gmi, acme, retired, status):
    acme.switch(retired={"/api/*": retired})

    paths = ("/api/environment/v1", CREDIT_NOTES, "/api/expenses/v4", "/api/files/v1")
    assert {debitoor.get(path, allow_redirects=False).status_code for path in paths} == {status}
    assert gmi.get("/documents").status_code == 200

    acme.switch(retired={})
    assert debitoor.get("/api/environment/v1").status_code == 200


@pytest.mark.parametrize("retired", ["not_found", "forbidden", "gone", "moved"])
def test_a_refused_token_is_not_answered_as_a_retired_path(debitoor, gmi, acme, code_of, retired):
    acme.switch(retired={"/api/*": retired, "/accounts/v3/*": retired})
    acme.revoke_token()
    acme.block_key()

    refused = debitoor.get(CREDIT_NOTES, allow_redirects=False)
    assert (refused.status_code, refused.json()["code"]) == (401, 401)
    assert code_of(gmi.get("/documents", allow_redirects=False)) == (403, 407)


def test_switches_survive_a_restart_with_their_types(tmp_path):
    world = World.open(tmp_path)
    company = world.companies.create("Acme")
    switches = type(company.switches)(
        retired={"/api/*": "gone"}, environment_without=("currency",), user_agent_share=0.25
    )
    world.companies.change(company, switches=switches)
    world.store.close()

    reopened = World.open(tmp_path)
    assert reopened.companies.get(company.id).switches == switches
    reopened.store.close()


@pytest.mark.parametrize(
    "switches", [{"retired": {"/api/*": "melted"}}, {"environment_without": ["id"]}, {"credit_note_amounts": "odd"}]
)
def test_an_unknown_value_of_a_switch_is_refused(acme, switches):
    with pytest.raises(ValueError, match="422"):
        acme.switch(**switches)


# --- suppliers ---


def test_a_supplier_has_the_vat_id_that_a_person_enters(gmi, acme, pdf):
    uid = acme.add_document(
        pdf(), "a.pdf", supplier="Azur", supplier_country="MC", supplier_vat_id="FR12345678901",
        net_amount=Decimal(500), gross_amount=Decimal(500), tax_rates=[0],
    )  # fmt: skip
    same = acme.add_document(pdf(), "b.pdf", supplier="Azur", supplier_country="MC")
    another = acme.add_document(pdf(), "c.pdf", supplier="Azur", supplier_country="MC", supplier_vat_id="FR999")

    records = {record["documentUid"]: record for record in gmi.get("/documents").json()["records"]}

    assert [records[one]["vat_id"] for one in (uid, same, another)] == ["FR12345678901", "FR12345678901", "FR999"]
    (company,) = {record["companyUid"] for record in records.values() if record["vat_id"] == "FR12345678901"}
    assert gmi.get(f"/companies/{company}").json()["vatId"] == "FR12345678901"


def test_the_readme_describes_each_switch_and_each_effect():
    readme = (ROOT / "docs" / "sandbox.md").read_text("utf-8")
    section = readme.partition("## Switches")[2].partition("## ")[0]
    described = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))

    assert {field.name for field in fields(Switches)} - described == {"user_agent_share"}
    assert "`user_agent_share`" in section
    faults = readme.partition("## Faults")[2].partition("## ")[0]
    by_alias = {"cut": "cut_after", "drop_tags": "cut_after_without_tags"}
    assert [effect for effect in get_args(Effect) if f"`{by_alias.get(effect, effect)}`" not in faults] == []
