"""Tokens, errors, headers, OAuth, settings and look-ups: contract D 3, 4, 8, 10 and A1 to A4, A26, A27, A30, A33."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import requests


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"x-token": "{token}"}, ""),
        ({"Authorization": "Bearer {token}"}, ""),
        ({}, "?token={token}"),
        ({}, "?access_token={token}"),
    ],
)
def test_a_token_is_accepted_in_four_ways(sandbox, acme, headers, query):
    token = acme.debitoor_token
    response = requests.get(
        f"{sandbox.debitoor_url}/api/environment/v1{query.format(token=token)}",
        headers={name: value.format(token=token) for name, value in headers.items()},
        timeout=10,
    )

    assert response.json() == {
        "id": acme.debitoor_id, "email": acme.debitoor_email, "countryCode": "DE", "currency": "EUR",
    }  # fmt: skip


@pytest.mark.parametrize("token", ["", "wrong"])
def test_without_a_good_token_the_answer_is_401(debitoor, token):
    response = debitoor.get("/api/expenses/v4", headers={"x-token": token})

    assert response.status_code == 401
    assert response.json()["code"] == 401
    assert "WWW-Authenticate" not in response.headers


def test_a_revoked_token_no_longer_works_and_a_new_one_does(debitoor, acme):
    acme.revoke_token()
    assert debitoor.get("/api/environment/v1").status_code == 401

    assert debitoor.get("/api/environment/v1", headers={"x-token": acme.new_token()}).status_code == 200


def test_a_token_is_174_characters_long(acme):
    assert len(acme.debitoor_token) == 174


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/nothing/v1"),
        ("PATCH", "/api/expenses/v4"),
        ("DELETE", "/api/files/6b02a5615eb10c0d0000000b/v1"),
        ("GET", "/api/expenses/6b02a5615eb10c0d0000000b/v4"),
        ("GET", "/api/expenses/v5"),
        ("POST", "/api/sales/invoices/v8"),
    ],
)
def test_an_unknown_path_or_a_wrong_method_is_404(debitoor, method, path):
    response = debitoor.request(method, path, json={})

    assert response.status_code == 404
    assert response.json()["code"] == 404


@pytest.mark.parametrize(
    ("body", "content_type"), [("{oops", "application/json"), ("[]", "application/json"), ("{}", "text/plain")]
)
def test_a_body_must_be_a_json_object_with_its_content_type(debitoor, body, content_type):
    response = debitoor.post("/api/expenses/v4", data=body, headers={"Content-Type": content_type})

    assert response.status_code == 400


def test_answers_are_uncacheable_open_to_all_origins_and_single_ones_have_an_etag(debitoor, acme):
    invoice = acme.add_invoice()
    one, many = debitoor.get(f"/api/sales/invoices/{invoice['id']}/v8"), debitoor.get("/api/sales/invoices/v8")

    assert "no-store" in many.headers["Cache-Control"]
    assert many.headers["Access-Control-Allow-Origin"] == "*"
    assert many.headers["Content-Type"] == "application/json; charset=utf-8"
    assert "ETag" in one.headers
    assert "ETag" not in many.headers


def test_a_rate_limit_can_be_switched_on(debitoor, acme):
    acme.limit(debitoor_per_minute=1)

    debitoor.get("/api/environment/v1")
    refused = debitoor.get("/api/environment/v1")

    assert refused.status_code == 429
    assert refused.json()["code"] == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


def authorize(sandbox, company, answer="allow", **query):
    """Act as a person's browser; return the query of the callback."""
    query = {"client_id": company.oauth_client_id, "response_type": "code", "state": "s&=ä"} | query
    page = requests.get(sandbox.authorize_url, params=query, timeout=10)
    if page.status_code != 200:
        return page
    assert company.name in page.text
    back = requests.post(
        sandbox.authorize_url, params=query, data={"company": company.id, "answer": answer}, timeout=10,
        allow_redirects=False,
    )  # fmt: skip
    assert back.status_code == 302
    return {name: values[0] for name, values in parse_qs(urlsplit(back.headers["Location"]).query).items()}


def exchange(sandbox, company, code, form="data", changes=None):
    body = {
        "client_secret": company.oauth_client_secret,
        "code": code,
        "redirect_uri": company.oauth_redirect_uri,
        "grant_type": "authorization_code",
    }
    body |= changes or {}
    return requests.post(sandbox.token_url, **{form: body}, timeout=10)


@pytest.mark.parametrize("form", ["data", "json"])
def test_allow_leads_to_a_token(sandbox, acme, form):
    back = authorize(sandbox, acme)
    assert back["state"] == "s&=ä"

    answer = exchange(sandbox, acme, back["code"], form)

    assert answer.json().keys() == {"access_token"}
    environment = requests.get(
        f"{sandbox.debitoor_url}/api/environment/v1", headers={"x-token": answer.json()["access_token"]}, timeout=10
    )
    assert environment.json()["id"] == acme.debitoor_id


def test_refuse_leads_back_with_an_error(sandbox, acme):
    assert authorize(sandbox, acme, answer="refuse") == {"error": "access_denied", "state": "s&=ä"}


def test_host_and_port_of_the_redirect_must_be_the_registered_ones(sandbox, acme):
    assert authorize(sandbox, acme, redirect_uri="http://localhost:8080/elsewhere?x=1")["x"] == "1"
    assert authorize(sandbox, acme, redirect_uri="http://localhost:8081/callback").status_code == 400
    assert authorize(sandbox, acme, redirect_uri="http://evil.example/callback").status_code == 400
    assert authorize(sandbox, acme, client_id="unknown").status_code == 400


def test_a_code_is_good_once_and_for_ten_minutes(sandbox, acme):
    code = authorize(sandbox, acme)["code"]
    assert exchange(sandbox, acme, code).status_code == 200
    assert exchange(sandbox, acme, code).status_code == 400

    stale = authorize(sandbox, acme)["code"]
    sandbox.advance(600)
    assert exchange(sandbox, acme, stale).status_code == 400


@pytest.mark.parametrize("wrong", [{"client_secret": "x"}, {"redirect_uri": "http://evil.example/"}, {"code": "x"}])
def test_a_wrong_part_of_the_exchange_is_400_with_the_error_body(sandbox, acme, wrong):
    code = authorize(sandbox, acme)["code"]

    refused = exchange(sandbox, acme, code, changes=wrong)

    assert refused.status_code == 400
    assert refused.json()["code"] == 400
    assert exchange(sandbox, acme, code).status_code == 200


def test_one_app_can_request_the_company_that_the_person_picks(sandbox):
    app = {"oauth_client_id": "shared-app", "oauth_client_secret": "shared-secret"}
    first, second = (sandbox.create_company(name, **app) for name in ("First", "<b>Second</b>"))
    page = requests.get(sandbox.authorize_url, params={"client_id": "shared-app"}, timeout=10).text
    assert "First" in page
    assert "<b>Second</b>" not in page

    code = authorize(sandbox, first)["code"]
    token = exchange(sandbox, first, code).json()["access_token"]

    environment = requests.get(f"{sandbox.debitoor_url}/api/environment/v1?token={token}", timeout=10).json()
    assert environment["id"] == first.debitoor_id != second.debitoor_id


def test_schemas_are_public_and_of_the_draft_3_like_dialect(sandbox):
    def schema(path):
        return requests.get(f"{sandbox.debitoor_url}/api/schemas/{path}", timeout=10)

    expense = schema("expense/v4").json()
    assert expense["additionalProperties"] is False
    assert expense["properties"]["date"]["required"] is True
    assert expense["properties"]["currency"]["readonly"] is True
    assert schema("supplier/v1").json()["properties"]["name"]["required"] is True
    assert schema("customer/v2").json()["properties"]["paymentTermsId"]["required"] is True
    assert schema("invoice/v8").status_code == 404


def test_settings_are_read_and_replaced_without_vat_reported(debitoor):
    settings = debitoor.get("/api/settings/v3").json()
    settings["companyProfile"]["address"] = "Weg 1"
    assert debitoor.put("/api/settings/v3", json=settings).status_code == 400

    del settings["vatReported"]
    assert debitoor.put("/api/settings/v3", json=settings).status_code == 200
    again = debitoor.get("/api/settings/v3").json()
    assert again["companyProfile"]["address"] == "Weg 1"
    assert again["strictBookkeeping"] is False


def test_look_ups_have_their_shapes(debitoor, acme):
    categories = debitoor.get("/api/expenses/categories/v1").json()
    assert {"id": "office.software", "name": "Software", "type": "indirectCost"} in categories
    terms = {term["id"]: term for term in debitoor.get("/api/sales/paymentterms/v1").json()}
    assert (terms[1]["days"], terms[4]["days"]) == (8, 30)
    accounts = debitoor.get("/api/paymentaccounts/v1").json()
    assert debitoor.get(f"/api/paymentaccounts/{accounts[0]['id']}/transactions/v1").json() == []
    assert debitoor.get("/api/paymentaccounts/unknown/payments/v1").status_code == 404
    german = {row["id"]: row for row in debitoor.get("/api/countries/de/v1").json()}
    assert german["FR"] == {"id": "FR", "name": "Frankreich", "isEU": True}
    assert debitoor.get("/api/countries/xx-klingon/v1").status_code == 404


@pytest.mark.parametrize(
    ("country", "rate", "charge"), [("DE", 19, False), ("FR", 0, {"rates": [19, 7]}), ("US", 0, False)]
)
def test_tax_rates_report_reverse_charge_for_other_eu_countries(debitoor, country, rate, charge):
    answer = debitoor.get(f"/api/purchase/taxrates/v1?supplierCountry={country}&date=2026-01-05").json()

    assert (answer["baseTax"]["defaultRate"], answer["reverseCharge"]) == (rate, charge)
