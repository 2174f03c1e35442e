"""The gateway of the Accounts API: contract G 1 and 12."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import requests


def test_an_unknown_key_is_refused_with_inner_code_403(gmi, code_of):
    response = gmi.get("/apiStatus", headers={"X-API-KEY": "made-up"})

    assert code_of(response) == (403, 403)
    assert "API Key does not exist" in response.text


@pytest.mark.parametrize(("action", "code"), [("block_key", 407), ("cancel_account", 431)])
def test_a_key_that_no_longer_works_is_refused_with_its_reason(gmi, acme, code_of, action, code):
    getattr(acme, action)()

    assert code_of(gmi.get("/documents")) == (403, code)

    acme.unblock_key()
    assert gmi.get("/documents").status_code == 200


def test_a_reading_key_may_not_write(gmi, acme, code_of, upload):
    acme.switch(permission="read")

    assert gmi.get("/documents").status_code == 200
    assert gmi.get("/account").json()["apiKeyType"] == "READ_PERMISSION"
    assert code_of(gmi.post("/documents", json=upload())) == (403, 430)


@pytest.mark.parametrize("agent", ["my-tool/1.0", "my-tool (G-)", "my-tool (G-{number}9)"])
def test_the_user_agent_must_carry_the_account_id(gmi, acme, code_of, agent):
    number = acme.gmi_account_id.split("-")[1]
    response = gmi.get("/apiStatus", headers={"User-Agent": agent.format(number=number)})

    assert code_of(response) == (400, 400)
    assert "Invalid user agent." in response.text


def test_the_account_is_returned_without_the_account_id_in_the_user_agent(gmi, acme):
    account = gmi.get("/account", headers={"User-Agent": "my-tool/1.0"}).json()

    assert account["accountId"] == acme.gmi_account_id
    assert account["timezone"] == "Europe/Berlin"


def test_the_user_agent_check_can_be_switched_off_or_made_sporadic(gmi, acme):
    acme.switch(user_agent_check="off")
    assert gmi.get("/apiStatus", headers={"User-Agent": "x"}).status_code == 200

    acme.switch(user_agent_check="share", user_agent_share=0.5)
    statuses = {gmi.get("/apiStatus", headers={"User-Agent": "x"}).status_code for _ in range(40)}
    assert statuses == {200, 400}


@pytest.mark.parametrize(
    ("headers", "body"),
    [({}, None), ({"Content-Type": "application/json"}, None), ({"Content-Type": "text/plain"}, "{}")],
)
def test_writing_needs_a_json_content_type_and_a_json_body(gmi, acme, pdf, code_of, headers, body):
    uid = acme.add_document(pdf(), "a.pdf")

    assert code_of(gmi.delete(f"/documents/{uid}", headers=headers, data=body)) == (415, 415)
    assert gmi.delete(f"/documents/{uid}", json={}).json() == {"success": True}


def test_a_body_that_is_no_json_is_a_bad_request(gmi, code_of):
    response = gmi.post("/documents", data="{oops", headers={"Content-Type": "application/json"})

    assert code_of(response) == (400, 400)


def test_the_checks_come_in_the_order_of_section_12(gmi, acme, code_of):
    acme.limit(gmi_per_minute=0)
    key, agent, kind = {"X-API-KEY": "x"}, {"User-Agent": "x"}, {"Content-Type": "text/plain"}

    assert code_of(gmi.post("/nowhere", data="x", headers=key | agent | kind)) == (403, 403)
    assert code_of(gmi.post("/nowhere", data="x", headers=agent | kind)) == (400, 400)
    assert code_of(gmi.post("/nowhere", data="x", headers=kind)) == (415, 415)
    assert code_of(gmi.post("/nowhere", json={})) == (429, 429)
    acme.limit(gmi_per_minute=None)
    assert code_of(gmi.post("/nowhere", json={})) == (400, 400)
    assert code_of(gmi.post("/documents/1", json={})) == (405, 405)
    assert code_of(gmi.post("/documents", json={})) == (422, 102)


@pytest.mark.parametrize("path", ["/nowhere", "/documentTypes", "/listDocuments", "/documents/1/2/3/4"])
def test_an_unknown_path_is_no_valid_action(gmi, path):
    response = gmi.get(path)

    assert response.status_code == 400
    assert response.json()["errors"][0]["detail"] == "Action is not valid."


def test_version_2_is_gone(gmi, sandbox):
    assert gmi.post(f"{sandbox.base_url}/accounts/v2/listDocuments", json={}).status_code == 410


def test_every_answer_reports_what_is_left_of_the_limits(gmi, acme):
    acme.limit(gmi_per_minute=100, gmi_per_hour=1000)

    first, second = gmi.get("/apiStatus"), gmi.get("/nowhere")

    assert first.headers["X-RateLimit-Remaining-Minute"] == "99"
    assert second.headers["X-RateLimit-Remaining-Minute"] == "98"
    assert second.headers["X-RateLimit-Remaining-Hour"] == "998"


@pytest.mark.parametrize(("limit", "seconds"), [("gmi_per_minute", 60), ("gmi_per_hour", 3600), ("gmi_per_day", 86400)])
def test_a_used_up_limit_is_a_429_until_its_window_ends(gmi, acme, sandbox, limit, seconds):
    acme.limit(**{limit: 3})

    assert [gmi.get("/apiStatus").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    wait = int(gmi.get("/apiStatus").headers["Retry-After"])
    assert seconds - 5 <= wait <= seconds

    sandbox.advance(wait)
    assert gmi.get("/apiStatus").status_code == 200


def test_the_old_form_of_the_limit_is_a_403_with_inner_code_429(gmi, acme, code_of):
    acme.limit(gmi_per_minute=0)
    acme.switch(rate_limit_status=403)

    assert code_of(gmi.get("/apiStatus")) == (403, 429)


def test_the_default_limits_are_those_of_the_contract(sandbox):
    assert sandbox.create_company("Fresh").limits == {
        "gmi_per_minute": 100, "gmi_per_hour": 1000, "gmi_per_day": 2500, "gmi_uploads_per_hour": 100,
        "debitoor_per_minute": None,
    }  # fmt: skip


def test_the_flat_error_shapes_can_be_switched_on(gmi, acme):
    acme.switch(error_shape="flat")

    unknown = gmi.get("/documents/999999999").json()
    assert unknown["success"] is False
    assert unknown["error_code"] == 106
    assert gmi.delete("/documents/1").json() == {
        "code": 415,
        "detail": "Content type must be application/json with a JSON body.",
    }


def test_get_parameters_may_be_in_the_body_and_the_query_wins(gmi, acme, pdf):
    for number in ("A-1", "B-2"):
        acme.add_document(pdf(), "a.pdf", document_number=number, tags=[number])

    def numbers(response: requests.Response) -> list[str]:
        return [record["documentNumber"] for record in response.json()["records"]]

    assert numbers(gmi.get("/documents", json={"documentNumberFilter": "A-1"})) == ["A-1"]
    assert numbers(gmi.get("/documents", json={"tagFilter": ["B-2"]})) == ["B-2"]
    both = gmi.get("/documents?documentNumberFilter=B", json={"documentNumberFilter": "A-1"})
    assert numbers(both) == ["B-2"]
