"""Whatever goes wrong on the way: each document is in the books once, and nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from debitoor_provider.services.errors import (
    CredentialsRefused,
    RetryError,
)
from tests.sync.stage import Stage, pdf

# A lost answer


@pytest.mark.parametrize(
    ("effect", "operation", "details"),
    [
        ("cut_after", "debitoor.expenses.create", {}),
        ("cut_before", "debitoor.expenses.create", {}),
        ("html", "debitoor.expenses.create", {"status": 502, "when": "after"}),
        ("status", "debitoor.expenses.create", {"status": 503, "body": "slow", "when": "after"}),
        ("truncate", "debitoor.expenses.create", {}),
        ("cut_after", "debitoor.files.create", {}),
        ("cut_before", "debitoor.files.create", {}),
        ("status", "debitoor.files.create", {"status": 500, "when": "after"}),
        ("cut_after", "gmi.documents.get", {}),
        ("rate_limited", "gmi.documents.get", {"retry_after": 5}),
        ("rate_limited", "debitoor.expenses.create", {"retry_after": 5}),
        ("status", "debitoor.expenses.list", {"status": 503}),
    ],
)
def test_a_fault_that_passes_leaves_each_document_once(
    acme: Stage, effect: str, operation: str, details: dict[str, Any]
) -> None:
    uids = acme.documents(3)
    acme.fault(effect, operation, times=1, **details)
    acme.plan(acme.exports())
    for _ in range(3):  # as Airflow tries again
        try:
            acme.finish()
        except RetryError:
            acme.clock.pass_by(minutes=2)
        else:
            break
    assert acme.booked() == dict.fromkeys(uids, 119)
    assert acme.states() == dict.fromkeys(uids, "moved")


def test_a_file_that_was_uploaded_is_not_uploaded_again(acme: Stage) -> None:
    acme.document()
    acme.fault("rate_limited", "debitoor.expenses.create", retry_after=600, times=1)
    with pytest.raises(RetryError) as failure:
        acme.export()
    assert failure.value.retry_after == 600
    acme.clock.pass_by(seconds=600)
    acme.finish()
    assert len(acme.company.files()) == len(acme.company.expenses()) == 1


@pytest.mark.parametrize("step", ["intend", "file_uploaded", "moved"])
def test_a_run_that_was_killed_between_two_steps_is_finished_by_the_next(
    acme: Stage, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    uid = acme.document()
    acme.plan(acme.exports())
    acme.name(acme.exports())
    with monkeypatch.context() as killed:
        killed.setattr(type(acme.ledger.steps), step, _killed)
        with pytest.raises(OSError, match="killed"):
            acme.send(acme.exports())
    acme.clock.pass_by(minutes=3)
    acme.finish()
    assert acme.booked() == {uid: 119}
    assert acme.states() == {uid: "moved"}


def test_an_empty_answer_does_not_mean_that_nothing_is_booked(acme: Stage) -> None:
    uid = acme.document()
    acme.fault("cut_after", "debitoor.expenses.create", times=1)
    acme.fault("status", "debitoor.expenses.list", status=200, body={}, between=(3, 99))
    acme.plan(acme.exports())
    for _ in range(2):
        with pytest.raises(RetryError):
            acme.finish()
        acme.clock.pass_by(minutes=2)
    acme.sandbox.clear_faults()
    acme.finish()
    assert acme.booked() == {uid: 119}


# Others at the same document


def test_two_runs_at_once_send_each_document_once(acme: Stage) -> None:
    uids = acme.documents(12)
    acme.plan(acme.exports())
    acme.name(acme.exports())
    pending = acme.due(acme.exports())
    start = threading.Barrier(2)
    surprises: list[Exception] = []

    def run() -> None:
        start.wait()
        try:
            acme.send(acme.exports())
        except RetryError:
            pass  # what the other run has at that moment
        except Exception as surprise:  # noqa: BLE001 - the test asserts that there is none
            surprises.append(surprise)

    runs = [threading.Thread(target=run) for _ in range(2)]
    for thread in runs:
        thread.start()
    for thread in runs:
        thread.join()
    acme.finish()
    assert surprises == []
    assert len(pending) == 12
    assert acme.booked() == dict.fromkeys(uids, 119)


def test_two_accounts_with_the_same_books_book_a_document_once(acme: Stage) -> None:
    uid = acme.document()
    acme.export()
    acme.account_id = "acme-2"
    acme.export()
    assert acme.booked() == {uid: 119}
    assert acme.states() == {uid: "moved"}


def test_an_account_waits_for_the_open_attempt_of_another(acme: Stage) -> None:
    uid = acme.document()
    acme.fault("cut_before", "debitoor.expenses.create", times=1)
    with pytest.raises(RetryError):
        acme.export()
    acme.account_id = "acme-2"
    with pytest.raises(RetryError, match="acme may be booking") as failure:
        acme.export()
    assert failure.value.retry_after == 90
    assert acme.states() == {uid: "planned"}
    acme.clock.pass_by(minutes=2)
    acme.finish()
    assert acme.booked() == {uid: 119}


# A service that is down, or wants something of a person


def test_only_the_accepted_documents_are_archived(acme: Stage) -> None:
    acme.documents(6)
    acme.fault("status", "debitoor.expenses.create", status=400, every=2)
    acme.export(acme.exports(archive_after_transfer=True, parallel=1))
    assert len(acme.booked()) == 3
    assert acme.archived() == acme.booked().keys()
    assert sorted(acme.states().values()) == ["archived"] * 3 + ["rejected refused_by_service"] * 3


@pytest.mark.parametrize("parallel", [1, 8])
def test_a_revoked_token_stops_the_run_and_says_what_to_do(acme: Stage, parallel: int) -> None:
    uids = acme.documents(30)
    acme.plan(acme.exports(parallel=parallel))
    acme.fault("status", "debitoor.files.create", status=401)
    watch = acme.watch()
    with pytest.raises(CredentialsRefused) as stop:
        acme.finish(acme.exports(parallel=parallel))
    assert "token" in str(stop.value)
    assert stop.value.remedy
    assert watch.calls["debitoor.files.create"] <= parallel
    acme.sandbox.clear_faults()
    acme.finish()
    assert acme.booked().keys() == set(uids)


def test_a_token_revoked_before_the_run_costs_one_call_at_each_service(acme: Stage) -> None:
    acme.documents(3)
    acme.plan(acme.exports())
    acme.company.revoke_token()
    since = acme.sandbox.last_seq()
    with pytest.raises(CredentialsRefused):
        acme.finish()
    asked = sorted(call["operation"] for call in acme.sandbox.calls(since=since))
    assert asked == ["debitoor.environment", "gmi.companies.list"]  # both at once
    assert set(acme.states().values()) == {"planned"}


def test_a_blocked_key_stops_the_plan_and_leaves_the_watermark(acme: Stage) -> None:
    acme.export()
    before = acme.ledger.runs.watermark("acme", "export")
    acme.document()
    acme.company.block_key()
    watch = acme.watch()
    with pytest.raises(CredentialsRefused, match="Unblock"):
        acme.plan(acme.exports())
    assert watch.calls == {"gmi.documents.list": 1}
    assert acme.ledger.runs.watermark("acme", "export") == before


# What was verified


def store_with(acme: Stage, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Let Debitoor store each expense with other values.

    :param change: returns the fields that differ, from the expense as it was sent
    """
    create = acme.debitoor.create_expense

    def changed(expense: Any) -> Any:
        stored = create(expense)
        [sent] = [one for one in acme.company.expenses() if one["id"] == stored.id]
        acme.company.edit_entity(stored.id, **change(sent))
        return acme.debitoor.expense(stored.id)

    acme.debitoor.create_expense = changed


def test_an_expense_that_is_stored_with_other_figures_is_not_taken_for_moved(acme: Stage) -> None:
    uid = acme.document()
    store_with(acme, lambda _: {"totalGrossAmount": "118.99"})
    acme.export()
    assert acme.states() == {uid: "rejected stored_differently"}
    assert "gross amount 118.99 instead of 119.00" in acme.entry(uid).reason
    assert not acme.ledger.documents.to_archive("acme")


def test_an_expense_that_is_stored_without_its_marker_is_not_taken_for_moved(acme: Stage) -> None:
    """It would not be found again, and be sent twice after the loss of the ledger."""
    uid = acme.document()
    store_with(acme, lambda sent: {"lines": [line | {"description": "Paper"} for line in sent["lines"]]})
    acme.export()
    assert acme.states() == {uid: "rejected stored_differently"}
    assert f"without [GMI {uid}] at the end of a line" in acme.entry(uid).reason


@pytest.mark.parametrize(
    "lacks", [{"total_gross_amount": None}, {"lines": ()}, {"file": None}, {"number": None, "currency": ""}]
)
def test_an_answer_that_leaves_out_a_part_of_the_expense_is_completed_by_a_look(
    acme: Stage, lacks: dict[str, Any]
) -> None:
    uid = acme.document()
    acme.plan(acme.exports())
    acme.name(acme.exports())
    create = acme.debitoor.create_expense
    acme.debitoor.create_expense = lambda expense: replace(create(expense), **lacks)
    watch = acme.watch()
    acme.send(acme.exports())
    assert acme.states() == {uid: "moved"}
    assert watch.calls["debitoor.expenses.get"] == ("number" not in lacks)


@pytest.mark.parametrize("error", [500, 429, 401, 404])
def test_a_look_that_fails_leaves_the_expense_to_the_next_try_or_is_as_good_as_none(acme: Stage, error: int) -> None:
    uid = acme.document()
    acme.plan(acme.exports())
    acme.name(acme.exports())
    create = acme.debitoor.create_expense
    acme.debitoor.create_expense = lambda expense: replace(create(expense), file=None)
    acme.fault("status", "debitoor.expenses.get", status=error, body={"code": 1})
    if error == 404:
        acme.send(acme.exports())
        assert acme.states() == {uid: "rejected stored_differently"}
        return
    with pytest.raises(RetryError, match="could not be read to confirm it"):
        acme.send(acme.exports())
    acme.sandbox.clear_faults()
    assert acme.states() == {uid: "sending"}  # no person decides about it in between
    assert acme.ledger.runs.counts(acme.run_id) == {}
    acme.finish()
    assert acme.states() == {uid: "moved"}
    assert acme.ledger.runs.counts(acme.run_id) == {"moved": 1}
    assert len(acme.company.expenses()) == 1


@pytest.mark.parametrize("effect", ["truncate", "truncate_hidden"])
def test_a_large_file_that_breaks_off_is_read_again(acme: Stage, effect: str) -> None:
    content = pdf(2_000_000)
    acme.document(content)
    acme.fault(effect, "gmi.documents.file", times=1)
    with suppress(RetryError):
        acme.export()
    acme.export()
    [expense] = acme.company.expenses()
    assert acme.company.file(expense["fileId"]) == content


def _killed(*_: object, **__: object) -> None:
    raise OSError("killed")


# Everything at once


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_services_that_fail_at_random_get_each_document_once_in_the_end(acme: Stage, seed: int) -> None:
    account = acme.exports(archive_after_transfer=True)
    uids = acme.documents(15)
    for place, (effect, operation, details) in enumerate(
        [
            ("cut_after", "debitoor.expenses.create", {"probability": 0.2}),
            ("cut_before", "debitoor.expenses.create", {"probability": 0.2}),
            ("status", "debitoor.expenses.create", {"probability": 0.2, "status": 503, "when": "after"}),
            ("html", "debitoor.files.create", {"probability": 0.2, "status": 502}),
            ("rate_limited", "debitoor.*", {"probability": 0.05}),
            ("cut_after", "gmi.documents.update", {"probability": 0.3}),
            ("truncate", "gmi.documents.get", {"probability": 0.2}),
            ("status", "*.list", {"probability": 0.2, "status": 500}),
        ]
    ):
        acme.fault(effect, operation, seed=seed * 100 + place, **details)
    for _ in range(60):
        try:
            acme.export(account)
        except RetryError:
            acme.clock.pass_by(minutes=2)
        else:
            break
    assert acme.booked() == dict.fromkeys(uids, 119)
    assert acme.archived() == set(uids)
    assert acme.states() == dict.fromkeys(uids, "archived")


def test_a_rate_limited_look_up_delays_the_next_attempt_by_the_same_time(acme: Stage) -> None:
    acme.document()
    acme.fault("cut_after", "debitoor.expenses.create", times=1)
    acme.fault("rate_limited", "debitoor.expenses.list", retry_after=600, between=(3, 99))
    with pytest.raises(RetryError) as later:
        acme.export()
    assert later.value.retry_after == 600
