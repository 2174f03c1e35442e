"""Faults on demand: what they do to a call, which calls they hit, and what the log says of them."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pytest
import requests

EXPENSE = {"date": "2026-01-05", "lines": [{"taxRate": 19, "grossAmount": 119}]}
CREATE = "/api/expenses/v4?autonumber=true"


def raw(admin, company, path):
    """Make one call without a library that retries or hides anything; return status, announced length and bytes."""
    connection = http.client.HTTPConnection(urlsplit(admin.base_url).netloc, timeout=10)
    try:
        connection.request("GET", path, headers={"x-token": company.debitoor_token})
        response = connection.getresponse()
        try:
            body = response.read()
        except http.client.IncompleteRead as error:
            body = error.partial
        return response.status, int(response.headers["Content-Length"]), body
    finally:
        connection.close()


def test_a_cut_before_the_effect_stores_nothing(sandbox, debitoor, acme):
    sandbox.fault("cut_before", operation="debitoor.expenses.create", company=acme, times=1)

    with pytest.raises(requests.ConnectionError):
        debitoor.post(CREATE, json=EXPENSE)

    assert acme.expenses() == []
    assert debitoor.post(CREATE, json=EXPENSE).status_code == 200


def test_a_cut_after_the_effect_has_stored_it(sandbox, debitoor, acme):
    sandbox.fault("cut_after", operation="debitoor.expenses.create", company=acme, every=2)

    assert debitoor.post(CREATE, json=EXPENSE).status_code == 200
    with pytest.raises(requests.ConnectionError):
        debitoor.post(CREATE, json=EXPENSE)

    assert len(acme.expenses()) == 2


def test_an_upload_can_be_stored_without_its_tags_and_then_cut(sandbox, gmi, acme, upload):
    sandbox.fault("cut_after_without_tags", operation="gmi.documents.create", times=1)

    with pytest.raises(requests.ConnectionError):
        gmi.post("/documents", json=upload(tags=["debitoor"], documentNumber="7"))

    (document,) = acme.documents()
    assert (document["documentNumber"], document["tags"]) == ("7", [])


def test_a_truncated_body_shows_by_its_length(sandbox, acme):
    content = bytes(range(256)) * 40
    uid = acme.add_invoice(content=content)["id"]
    sandbox.fault("truncate", operation="debitoor.invoices.pdf", keep=0.25)

    assert raw(sandbox, acme, f"/api/sales/invoices/{uid}/pdf/v1") == (200, len(content), content[: len(content) // 4])


def test_a_body_truncated_with_a_fitting_length_does_not_show(sandbox, acme):
    content = bytes(range(256)) * 40
    uid = acme.add_invoice(content=content)["id"]
    sandbox.fault("truncate_hidden", operation="debitoor.invoices.pdf")

    half = content[: len(content) // 2]
    assert raw(sandbox, acme, f"/api/sales/invoices/{uid}/pdf/v1") == (200, len(half), half)


@pytest.mark.parametrize("delta", [-3, 5])
def test_a_wrong_length_announces_more_or_less_than_comes(sandbox, acme, delta):
    content = b"%PDF-1.4 0123456789"
    uid = acme.add_invoice(content=content)["id"]
    sandbox.fault("wrong_length", operation="debitoor.invoices.pdf", delta=delta)

    _, announced, body = raw(sandbox, acme, f"/api/sales/invoices/{uid}/pdf/v1")

    assert announced == len(content) + delta
    assert body == content[:announced]


def test_a_stalled_answer_ends_when_the_client_gives_up_or_the_time_is_over(sandbox, debitoor):
    sandbox.fault("stall", operation="debitoor.environment", times=1, seconds=30)
    with pytest.raises(requests.RequestException):
        debitoor.get("/api/environment/v1", timeout=0.2)

    sandbox.fault("stall", operation="debitoor.environment", times=1, seconds=0.2)
    with pytest.raises(requests.RequestException):
        debitoor.get("/api/environment/v1", timeout=10)
    assert debitoor.get("/api/environment/v1").status_code == 200


@pytest.mark.parametrize("when", ["before", "after"])
def test_latency_delays_and_changes_nothing(sandbox, debitoor, when):
    sandbox.fault("latency", operation="debitoor.environment", seconds=0.15, when=when)

    begin = time.monotonic()
    assert debitoor.get("/api/environment/v1").status_code == 200
    assert time.monotonic() - begin >= 0.15


def test_a_token_revoked_while_the_call_was_under_way_does_not_work(sandbox, debitoor, acme):
    sandbox.fault("latency", operation="debitoor.expenses.create", seconds=0.5, times=1)
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(debitoor.post, CREATE, json=EXPENSE)
        while not sandbox.faults()[0]["applied"]:
            pass
        acme.revoke_token()
        assert under_way.result(10).status_code == 401
    assert acme.expenses() == []


def test_a_latency_of_one_call_does_not_hold_up_another(sandbox, debitoor, gmi):
    sandbox.fault("latency", operation="debitoor.environment", seconds=5)
    with pytest.raises(requests.Timeout):
        debitoor.get("/api/environment/v1", timeout=0.05)

    begin = time.monotonic()
    gmi.get("/apiStatus")
    assert time.monotonic() - begin < 2


def test_a_gateway_answers_with_a_web_page_instead_of_json(sandbox, gmi):
    sandbox.fault("html", operation="gmi.documents.list")

    response = gmi.get("/documents")

    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert response.text.startswith("<!doctype html>")


def test_a_chosen_status_has_the_services_own_body_or_a_chosen_one(sandbox, gmi, debitoor, code_of):
    sandbox.fault("status", status=503)
    assert code_of(gmi.get("/documents")) == (503, 503)
    assert debitoor.get("/api/expenses/v4").json()["code"] == 503
    sandbox.clear_faults()

    sandbox.fault("status", operation="debitoor.*", status=503, body="Service unavailable", headers={"X-Odd": "1"})
    plain = debitoor.get("/api/expenses/v4")
    assert (plain.text, plain.headers["Content-Type"]) == ("Service unavailable", "text/plain; charset=utf-8")
    assert plain.headers["X-Odd"] == "1"

    sandbox.fault("status", operation="gmi.*", status=200, body={"success": False, "detail": "no"})
    assert gmi.get("/documents").json() == {"success": False, "detail": "no"}


def test_a_503_after_the_effect_hides_what_was_stored(sandbox, debitoor, acme):
    sandbox.fault("status", operation="debitoor.expenses.create", status=503, body="late", when="after")

    assert debitoor.post(CREATE, json=EXPENSE).status_code == 503
    assert len(acme.expenses()) == 1


def test_a_write_can_be_carried_out_after_its_answer(sandbox, debitoor, acme):
    sandbox.fault("late_commit", operation="debitoor.expenses.create", times=1, seconds=60, body="timed out")

    late = debitoor.post(CREATE, json=EXPENSE)
    assert (late.status_code, late.text, acme.expenses()) == (503, "timed out", [])
    sandbox.advance(59)
    assert debitoor.get("/api/expenses/v4").json() == []
    sandbox.advance(1)
    assert len(debitoor.get("/api/expenses/v4").json()) == len(acme.expenses()) == 1
    (effect,) = sandbox.effects(company=acme, kind="created", object="expense")
    assert sandbox.calls(since=effect["call"] - 1, limit=1)[0]["status"] == 503


def test_a_late_write_needs_a_token_that_still_works(sandbox, debitoor, acme):
    sandbox.fault("late_commit", operation="debitoor.expenses.create", times=1, seconds=60)
    debitoor.post(CREATE, json=EXPENSE)
    acme.revoke_token()
    sandbox.advance(60)
    assert acme.expenses() == []


def test_an_inner_code_of_getmyinvoices_can_be_chosen(sandbox, gmi, acme, upload, code_of):
    sandbox.fault("status", operation="gmi.documents.create", status=422, code=105, times=1)

    assert code_of(gmi.post("/documents", json=upload())) == (422, 105)
    assert acme.documents() == []


def test_too_many_requests_come_with_seconds_a_date_or_neither(sandbox, gmi, debitoor):
    sandbox.set_clock(datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC), frozen=True)
    sandbox.fault("rate_limited", operation="gmi.*", retry_after=7, times=1)
    seconds = gmi.get("/apiStatus")
    assert (seconds.status_code, seconds.headers["Retry-After"]) == (429, "7")

    sandbox.fault("rate_limited", operation="debitoor.*", retry_after=7, retry_after_form="date", times=1)
    dated = debitoor.get("/api/environment/v1").headers["Retry-After"]
    assert parsedate_to_datetime(dated) == datetime(2026, 1, 1, 12, 0, 7, tzinfo=UTC)

    sandbox.fault("rate_limited", operation="debitoor.*", times=1)
    assert "Retry-After" not in debitoor.get("/api/environment/v1").headers

    sandbox.fault("rate_limited", operation="gmi.*", status=403, times=1)
    old = gmi.get("/apiStatus")
    assert (old.status_code, old.json()["errors"][0]["code"]) == (403, 429)


def test_an_error_can_hide_in_a_200(sandbox, gmi, debitoor, acme):
    invoice = acme.add_invoice()
    sandbox.fault("error_in_200")

    assert gmi.get("/documents").json()["success"] is False
    pdf = debitoor.get(f"/api/sales/invoices/{invoice['id']}/pdf/v1")
    assert (pdf.status_code, "message" in pdf.json()) == (200, True)


def test_a_redirect_leads_to_another_host(sandbox, debitoor):
    sandbox.fault("redirect", operation="debitoor.environment", location="http://elsewhere.invalid/x", status=307)

    response = debitoor.get("/api/environment/v1", allow_redirects=False)

    assert (response.status_code, response.headers["Location"]) == (307, "http://elsewhere.invalid/x")


@pytest.mark.parametrize(("effect", "expected"), [("empty", b""), ("not_a_pdf", b"This is no PDF.\n")])
def test_a_file_can_be_empty_or_no_pdf(sandbox, gmi, acme, pdf, effect, expected):
    uid = acme.add_document(pdf(), "a.pdf")
    sandbox.fault(effect, operation="gmi.documents.file")

    response = gmi.get(f"/documents/{uid}/file")

    assert (response.status_code, response.content) == (200, expected)
    assert response.headers["Content-Type"] == "application/pdf"


@pytest.mark.parametrize(
    ("operation", "path", "rows"),
    [
        ("debitoor.expenses.list", "/api/expenses/v4", "expense"),
        ("debitoor.invoices.list", "/api/sales/invoices/v8", "invoice"),
        ("debitoor.credit_notes.list", "/api/sales/creditnotes/v4", "creditNote"),
    ],
)
def test_a_row_can_arrive_between_two_pages(sandbox, debitoor, acme, operation, path, rows):
    sandbox.fault("insert_row", operation=operation, times=1)

    before = debitoor.get(path).json()
    after = debitoor.get(path).json()

    assert (len(before), len(after), len(acme.entities(rows))) == (0, 1, 1)


def test_a_document_can_arrive_between_two_pages(sandbox, gmi, acme, pdf):
    acme.add_document(pdf(), "a.pdf")
    sandbox.fault("insert_row", operation="gmi.documents.list", times=1)

    totals = [gmi.get("/documents?perPage=1").json()["totalCount"] for _ in range(3)]

    assert totals == [1, 2, 2]


def statuses(debitoor, count):
    return [debitoor.get("/api/environment/v1").status_code for _ in range(count)]


def test_a_fault_hits_the_calls_that_its_selectors_name(sandbox, debitoor):
    sandbox.fault("status", operation="debitoor.environment", status=500, times=2)
    assert statuses(debitoor, 4) == [500, 500, 200, 200]
    sandbox.clear_faults()

    sandbox.fault("status", operation="debitoor.environment", status=500, every=3)
    assert statuses(debitoor, 6) == [200, 200, 500, 200, 200, 500]
    sandbox.clear_faults()

    sandbox.fault("status", operation="debitoor.environment", status=500, between=[2, 3])
    assert statuses(debitoor, 5) == [200, 500, 500, 200, 200]


def test_a_share_of_the_calls_is_drawn_by_the_seed(sandbox, debitoor):
    draws = []
    for seed in (1, 1, 2):
        sandbox.clear_faults()
        sandbox.fault("status", operation="debitoor.environment", status=500, probability=0.5, seed=seed)
        draws.append(statuses(debitoor, 24))

    assert draws[0] == draws[1] != draws[2]
    assert set(draws[0]) == {200, 500}


def test_a_fault_can_be_bound_to_a_company_a_method_or_a_path(sandbox, debitoor_of, gmi, acme, other):
    mine, theirs = debitoor_of(acme), debitoor_of(other)
    sandbox.fault("status", company=acme, method="GET", path="/api/expenses/*", status=500)

    assert mine.get("/api/expenses/v4").status_code == 500
    assert mine.get("/api/expenses/categories/v1").status_code == 500
    assert mine.post(CREATE, json=EXPENSE).status_code == 200
    assert theirs.get("/api/expenses/v4").status_code == 200
    assert gmi.get("/documents").status_code == 200


def test_faults_are_listed_with_their_counts_and_cleared_one_by_one(sandbox, debitoor):
    first = sandbox.fault("status", operation="debitoor.environment", status=500, every=2)
    second = sandbox.fault("html", operation="gmi.*")
    statuses(debitoor, 3)

    counts = {fault["id"]: (fault["seen"], fault["applied"]) for fault in sandbox.faults()}
    assert counts == {first: (3, 1), second: (0, 0)}
    sandbox.clear_faults(first)
    assert [fault["id"] for fault in sandbox.faults()] == [second]


@pytest.mark.parametrize(
    "options", [{"effect": "meteorite"}, {"effect": "cut", "colour": 1}, {"effect": "cut", "when": "never"}]
)
def test_a_fault_that_makes_no_sense_is_refused(sandbox, options):
    with pytest.raises(ValueError, match="422"):
        sandbox.fault(**options)


def test_the_log_names_the_fault(sandbox, debitoor, acme):
    since = sandbox.last_seq()
    sandbox.fault("cut_after", operation="debitoor.expenses.create", times=1)
    with pytest.raises(requests.ConnectionError):
        debitoor.post(CREATE, json=EXPENSE)

    (call,) = sandbox.calls(since=since, service="debitoor")
    (effect,) = sandbox.effects(since=since, company=acme)
    assert (call["operation"], call["fault"], call["status"]) == ("debitoor.expenses.create", "cut:after", 200)
    assert (effect["kind"], effect["object"], effect["call"]) == ("created", "expense", call["seq"])


def test_base64_content_can_be_spoilt_in_the_detail(sandbox, gmi, acme, pdf):
    content = pdf()
    uid = acme.add_document(content, "a.pdf")
    sandbox.fault("truncate_hidden", operation="gmi.documents.get", times=1)

    with pytest.raises(json.JSONDecodeError):
        json.loads(gmi.get(f"/documents/{uid}").text)
    assert base64.b64decode(gmi.get(f"/documents/{uid}").json()["fileContent"]) == content


@pytest.mark.parametrize("announced", [True, False])
def test_a_flood_follows_on_the_answer(sandbox, debitoor, acme, announced):
    path = "/api/environment/v1"
    answer = debitoor.get(path)
    sandbox.fault("flood", operation="debitoor.environment", company=acme, megabytes=2, announced=announced, times=1)
    flooded = debitoor.get(path)
    assert flooded.json() == answer.json()
    assert len(flooded.content) == len(answer.content) + (2 << 20)
    assert ("Content-Length" in flooded.headers) is announced
    assert debitoor.get(path).content == answer.content


def test_a_compressed_flood_is_small_on_its_way(sandbox, debitoor, acme):
    sandbox.fault("flood", operation="debitoor.environment", company=acme, megabytes=8, compressed=True)
    flooded = debitoor.get("/api/environment/v1", stream=True)
    assert flooded.headers["Content-Encoding"] == "gzip"
    assert len(flooded.raw.read(decode_content=False)) < 20_000
    assert len(debitoor.get("/api/environment/v1").content) > 8 << 20


def test_a_request_can_be_delivered_twice(sandbox, debitoor, acme):
    since = sandbox.last_seq()
    sandbox.fault("deliver_twice", method="POST", path="/api/expenses/v4", times=1)

    answer = debitoor.post(CREATE, json=EXPENSE)

    first, second = acme.expenses()
    assert (answer.status_code, answer.json()["id"]) == (200, second["id"])
    assert first["id"] != second["id"]
    assert [call["fault"] for call in sandbox.calls(since=since, service="debitoor")] == ["deliver_twice:after"] * 2
    created = sandbox.effects(since=since, object="expense", kind="created")
    assert len({effect["call"] for effect in created}) == 2
    debitoor.post(CREATE, json=EXPENSE)
    assert len(acme.expenses()) == 3


def test_the_answer_to_a_request_delivered_twice_is_that_of_the_second_delivery(sandbox, gmi, acme, upload, code_of):
    sandbox.fault("deliver_twice", operation="gmi.documents.create")

    answer = gmi.post("/documents", json=upload())

    (document,) = acme.documents()
    assert code_of(answer) == (422, 127)
    assert answer.json()["errors"][0]["duplicate_invoice_id"] == document["uid"]


def test_two_expenses_may_have_one_description(debitoor, acme):
    marked = EXPENSE | {"lines": [{"taxRate": 19, "grossAmount": 119, "description": "Invoice 7 [gmi:1:7]"}]}
    for _ in range(2):
        assert debitoor.post(CREATE, json=marked).status_code == 200

    listed = debitoor.get("/api/expenses/v4").json()
    assert [row["lines"][0]["description"] for row in listed] == ["Invoice 7 [gmi:1:7]"] * 2


def received(admin, company, path):
    """Return all bytes that the server sends for one call, until it closes the connection."""
    host, _, port = urlsplit(admin.base_url).netloc.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nx-token: {company.debitoor_token}\r\n\r\n".encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_an_answer_can_be_cut_inside_its_headers(sandbox, acme):
    sandbox.fault("cut_in_headers", operation="debitoor.environment", keep=0.1)

    head = received(sandbox, acme, "/api/environment/v1")

    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\n\r\n" not in head


@pytest.mark.parametrize(("keep", "part"), [(1.0, 100), (0.25, 25), (0.0, 0)])
def test_an_answer_without_length_and_chunks_ends_with_the_connection(sandbox, acme, keep, part):
    content = bytes(range(100))
    uid = acme.add_invoice(content=content)["id"]
    sandbox.fault("close_delimited", operation="debitoor.invoices.pdf", keep=keep)

    head, _, body = received(sandbox, acme, f"/api/sales/invoices/{uid}/pdf/v1").partition(b"\r\n\r\n")

    assert b"content-length" not in head
    assert b"transfer-encoding" not in head
    assert body == content[:part]


def test_an_answer_can_drip_byte_by_byte(sandbox, debitoor, acme):
    content = b"%PDF-1.4 0123456789"
    uid = acme.add_invoice(content=content)["id"]
    sandbox.fault("drip", operation="debitoor.invoices.pdf", seconds=0.02, megabytes=0)

    begin = time.monotonic()
    assert debitoor.get(f"/api/sales/invoices/{uid}/pdf/v1").content == content
    assert time.monotonic() - begin >= 0.02 * (len(content) - 1)


def test_a_drip_with_blanks_is_practically_endless_and_passes_each_read_timeout(sandbox, debitoor):
    sandbox.fault("drip", operation="debitoor.environment", seconds=0.01, times=1)

    response = debitoor.get("/api/environment/v1", stream=True, timeout=1)
    begin, pieces = time.monotonic(), response.iter_content(1)
    while time.monotonic() - begin < 1.5:
        assert next(pieces)
    response.close()

    assert int(response.headers["Content-Length"]) > 200 << 20
    assert debitoor.get("/api/environment/v1").status_code == 200


def test_headers_can_be_set_and_removed(sandbox, debitoor):
    sandbox.fault("headers", operation="debitoor.environment", headers={"Date": None, "X-Revision": "x"}, times=1)

    changed = debitoor.get("/api/environment/v1")

    assert (changed.status_code, changed.headers["X-Revision"]) == (200, "x")
    assert "Date" not in changed.headers
    assert "Date" in debitoor.get("/api/environment/v1").headers


@pytest.mark.parametrize(
    ("effect", "options", "status"),
    [("status", {"status": 404}, 404), ("html", {"status": 403}, 403), ("status", {"status": 410}, 410),
     ("redirect", {"status": 301}, 301)],
)  # fmt: skip
def test_a_service_can_be_gone_before_it_looks_at_the_token(sandbox, debitoor, acme, effect, options, status):
    sandbox.fault(effect, operation="debitoor.*", **options)
    acme.revoke_token()

    assert debitoor.get("/api/environment/v1", allow_redirects=False).status_code == status
