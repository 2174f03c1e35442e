"""The referee log: every call and effect, in one growing sequence, without secrets."""

from __future__ import annotations

import hashlib
import sqlite3

import pytest

from debitoor_provider.sandbox.log import without_secrets
from debitoor_provider.sandbox.server import running


def test_calls_and_effects_share_one_sequence(sandbox, gmi, acme, upload):
    since = sandbox.last_seq()
    gmi.get("/apiStatus")
    uid = gmi.post("/documents", json=upload(tags=["x"])).json()["documentUid"]
    gmi.put(f"/documents/{uid}", json={"isArchived": 1, "note": ""})

    calls, effects = sandbox.calls(since=since, company=acme), sandbox.effects(since=since, company=acme)

    assert [call["operation"] for call in calls] == ["gmi.status", "gmi.documents.create", "gmi.documents.update"]
    assert [(effect["kind"], effect["object"], effect["id"]) for effect in effects] == [
        ("created", "document", str(uid)), ("updated", "document", str(uid)),
    ]  # fmt: skip
    assert [effect["call"] for effect in effects] == [calls[1]["seq"], calls[2]["seq"]]
    numbers = [row["seq"] for row in calls + effects]
    assert len(set(numbers)) == len(numbers)
    assert sandbox.last_seq() == max(numbers)
    assert effects[1]["details"] == {"fields": ["isArchived", "note"], "changed": {"isArchived": 1}}


def test_a_call_is_described(sandbox, debitoor, acme):
    since = sandbox.last_seq()
    body = '{"name": "L", "countryCode": "DE"}'
    debitoor.post(
        "/api/suppliers/v1?autonumber=true", data=body,
        headers={"Content-Type": "application/json", "User-Agent": "agent/1"},
    )  # fmt: skip

    (call,) = sandbox.calls(since=since)

    expected = {
        "company": acme.id, "service": "debitoor", "operation": "debitoor.suppliers.create", "method": "POST",
        "path": "/api/suppliers/v1", "query": "autonumber=true", "status": 200, "request_bytes": len(body),
        "fault": None, "user_agent": "agent/1",
    }  # fmt: skip
    assert {name: call[name] for name in expected} == expected
    assert call["response_bytes"] > 0
    assert call["time"].endswith("+00:00")


def test_an_effect_has_hash_and_size_of_a_file(sandbox, debitoor, pdf):
    since, content = sandbox.last_seq(), pdf()
    file = debitoor.post("/api/files/v1?fileName=a.pdf", files={"file": content}).json()

    (effect,) = sandbox.effects(since=since, object="file")

    assert effect["id"] == file["id"]
    expected = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "filename": "a.pdf"}
    assert effect["details"] == expected


def test_actions_of_a_person_are_logged_as_service_admin(sandbox, acme, pdf):
    since = sandbox.last_seq()
    uid = acme.add_document(pdf(), "a.pdf")
    acme.delete_document(uid)

    effects = sandbox.effects(since=since, service="admin", object="document", id=uid)

    assert [(effect["kind"], effect["call"]) for effect in effects] == [("created", None), ("deleted", None)]


def test_filters_narrow_the_log(sandbox, gmi, debitoor, acme):
    since = sandbox.last_seq()
    gmi.get("/apiStatus")
    gmi.get("/documents")
    debitoor.get("/api/expenses/v4")
    debitoor.get(f"/api/expenses/{'f' * 24}/v4")

    def names(**filters):
        return [call["operation"] for call in sandbox.calls(since=since, **filters)]

    assert names(service="gmi") == ["gmi.status", "gmi.documents.list"]
    assert names(operation="*.list") == ["gmi.documents.list", "debitoor.expenses.list"]
    assert names(status=404) == ["debitoor.expenses.get"]
    assert names(company=acme, limit=1) == ["gmi.status"]
    assert names(company=acme.id + 10_000) == []


def test_refused_and_unknown_calls_are_logged_too(sandbox, gmi):
    since = sandbox.last_seq()
    gmi.get("/apiStatus", headers={"X-API-KEY": "made-up"})
    gmi.get("/nowhere")

    rows = [(call["operation"], call["status"], call["company"] is None) for call in sandbox.calls(since=since)]

    assert rows == [("gmi.status", 403, True), ("gmi.unknown", 400, False)]


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("", ""),
        ("token=abc&limit=1", "token=%2A%2A%2A&limit=1"),
        ("access_token=abc", "access_token=%2A%2A%2A"),
        ("Token=abc&code=x", "Token=%2A%2A%2A&code=%2A%2A%2A"),
        ("fileName=a.pdf", "fileName=a.pdf"),
    ],
)
def test_secrets_of_a_query_are_blotted_out(query, kept):
    assert without_secrets(query) == kept


def test_no_secret_of_a_request_is_stored_in_the_log(tmp_path, debitoor_of, gmi_of):
    with running(tmp_path) as admin:
        acme = admin.create_company("Acme")
        for api in (debitoor_of(acme), gmi_of(acme)):
            api.get(f"{admin.debitoor_url}/api/environment/v1?token={acme.debitoor_token}")
            api.get(f"{admin.gmi_url}/apiStatus")
        token, key = acme.debitoor_token, acme.gmi_api_key
    with sqlite3.connect(tmp_path / "sandbox.db") as database:
        logged = str(
            database.execute("SELECT * FROM call").fetchall() + database.execute("SELECT * FROM effect").fetchall()
        )
    database.close()

    assert "debitoor.environment" in logged
    assert token not in logged
    assert key not in logged


def test_the_operations_can_be_listed(sandbox):
    names = {operation["name"]: operation for operation in sandbox.operations()}

    assert names["gmi.documents.file"] == {
        "name": "gmi.documents.file", "method": "GET", "path": "/accounts/v3/documents/{uid}/file",
    }  # fmt: skip
    assert {"debitoor.files.create", "debitoor.expenses.create", "gmi.documents.update"} <= names.keys()
