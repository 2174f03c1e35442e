"""Clocks of the services that are wrong: the ``Date`` header and every time stamp."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from debitoor_provider.sandbox.clock import SandboxClock

NOON = datetime(2026, 7, 1, 12, 0, 0, tzinfo=UTC)
DAY = 86_400
EXPENSE = {"date": "2026-01-05", "lines": [{"taxRate": 19, "grossAmount": 119}]}


def date_of(response):
    return parsedate_to_datetime(response.headers["Date"])


def test_the_date_header_is_the_machines_time_by_default(gmi, debitoor):
    for response in (gmi.get("/apiStatus"), debitoor.get("/api/environment/v1")):
        assert abs(date_of(response) - datetime.now(UTC)) < timedelta(seconds=5)


def test_there_is_one_date_header(debitoor):
    assert len(debitoor.get("/api/environment/v1").raw.headers.getlist("date")) == 1


@pytest.mark.parametrize("seconds", [-365 * DAY, -3600, 90, 26 * 3600, 365 * DAY])
def test_the_clock_of_one_service_can_be_wrong(sandbox, gmi, debitoor, acme, upload, seconds):
    sandbox.set_clock(NOON, frozen=True)
    sandbox.shift_clock("debitoor", seconds)
    wrong = NOON + timedelta(seconds=seconds)

    created = debitoor.post("/api/expenses/v4?autonumber=true", json=EXPENSE)
    stored = gmi.post("/documents", json=upload())

    assert (date_of(created), date_of(stored)) == (wrong, NOON)
    assert created.json()["createdDate"] == created.json()["lastModifiedDate"] == f"{wrong:%Y-%m-%dT%H:%M:%SZ}"
    assert acme.documents()[0]["createdAt"] == "2026-07-01 14:00:00"  # Berlin


def test_a_wrong_clock_of_getmyinvoices_stamps_uploads_and_changes(sandbox, gmi, debitoor, acme, upload):
    sandbox.set_clock(NOON, frozen=True)
    sandbox.shift_clock("gmi", 3600)

    uid = gmi.post("/documents", json=upload()).json()["documentUid"]
    sandbox.shift_clock("gmi", 7200)
    acme.edit_document(uid, note="changed")

    record = gmi.get("/documents").json()["records"][0]
    assert (record["dateTimeCreatedAt"], acme.document(uid)["changedAt"]) == (
        "2026-07-01 15:00:00",
        "2026-07-01 16:00:00",
    )
    assert date_of(debitoor.get("/api/environment/v1")) == NOON


def test_a_date_of_retry_after_is_that_of_the_service(sandbox, debitoor):
    sandbox.set_clock(NOON, frozen=True)
    sandbox.shift_clock("debitoor", -DAY)
    sandbox.fault("rate_limited", operation="debitoor.*", retry_after=7, retry_after_form="date", times=1)

    response = debitoor.get("/api/environment/v1")

    assert parsedate_to_datetime(response.headers["Retry-After"]) - date_of(response) == timedelta(seconds=7)


def test_a_late_commit_is_due_by_the_sandboxes_clock_not_by_that_of_the_service(sandbox, debitoor, acme):
    sandbox.shift_clock("debitoor", 365 * DAY)
    sandbox.fault("late_commit", operation="debitoor.expenses.create", times=1, seconds=60)
    debitoor.post("/api/expenses/v4?autonumber=true", json=EXPENSE)

    assert debitoor.get("/api/expenses/v4").json() == []
    sandbox.advance(60)
    assert len(debitoor.get("/api/expenses/v4").json()) == 1


def test_setting_the_clock_corrects_the_services(sandbox, debitoor):
    sandbox.shift_clock("debitoor", DAY)
    sandbox.set_clock()
    assert abs(date_of(debitoor.get("/api/environment/v1")) - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize("body", [{"service": "debitoor"}, {"offset": 1}, {"service": "bank", "offset": 1},
                                  {"service": "gmi", "offset": 1e18}])  # fmt: skip
def test_an_offset_that_makes_no_sense_is_refused(sandbox, body):
    with pytest.raises(ValueError, match="422"):
        sandbox.call("PUT", "/clock", body)


def test_a_service_without_an_offset_shows_the_sandboxes_time():
    clock = SandboxClock()
    clock.set(now=NOON, frozen=True)
    clock.set_service_offset("gmi", 60)

    assert (clock.now(), clock.now("debitoor"), clock.now("gmi")) == (NOON, NOON, NOON + timedelta(minutes=1))
    clock.advance(30)
    assert clock.now("gmi") == NOON + timedelta(seconds=90)
