"""The outcome of an attempt whose answer was lost, and when the target is looked at."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from debitoor_provider.services.debitoor.client import DebitoorClient
from debitoor_provider.services.errors import RetryError
from debitoor_provider.sync.ledger import Entry
from debitoor_provider.sync.steps import stream
from debitoor_provider.sync.steps.attempts import before, last_attempt
from debitoor_provider.sync.window import manual
from tests.sync.announced import as_announced
from tests.sync.stage import Stage


def test_an_expense_that_is_committed_after_its_503_is_found_and_not_sent_again(acme: Stage) -> None:
    uid = acme.document()
    commit_later = acme.fault("status", "debitoor.expenses.create", status=503, body="timeout", when="before")
    with pytest.raises(RetryError):
        acme.export()
    acme.sandbox.clear_faults(commit_later)
    with pytest.raises(RetryError, match="may still be on its way") as failure:
        acme.finish()
    assert failure.value.retry_after == 90
    late = acme.debitoor.create_expense(as_announced(acme, uid))
    acme.clock.pass_by(minutes=2)
    acme.finish()
    assert acme.booked() == {uid: 119}
    assert acme.entry(uid).target_id == late.id


def test_looking_too_early_again_and_again_does_not_put_the_settlement_off(acme: Stage) -> None:
    uid = acme.document()
    acme.fault("cut_before", "debitoor.expenses.create", times=1)
    acme.plan(acme.exports())
    for _ in range(4):  # every 25 seconds: the fifth look comes 100 seconds after the fault
        with pytest.raises(RetryError):
            acme.finish()
        acme.clock.pass_by(seconds=25)
    acme.finish()
    assert acme.booked() == {uid: 119}


def test_a_clock_that_is_set_forward_does_not_settle_an_attempt_too_early(acme: Stage) -> None:
    uid = acme.document()
    acme.fault("cut_before", "debitoor.expenses.create", times=1)
    with pytest.raises(RetryError):
        acme.export()
    acme.clock.passed += timedelta(days=1)  # ours alone
    with pytest.raises(RetryError, match="may still be on its way"):
        acme.finish()
    acme.sandbox.advance(120)  # and now by Debitoor's too
    acme.finish()
    assert acme.booked() == {uid: 119}


def test_an_attempt_from_the_future_is_settled_after_its_time(acme: Stage) -> None:
    uid = acme.document()
    acme.clock.passed += timedelta(days=1)
    acme.fault("cut_before", "debitoor.expenses.create", times=1)
    with pytest.raises(RetryError):
        acme.export()
    acme.clock.passed -= timedelta(days=1)
    with pytest.raises(RetryError, match="may still be on its way"):
        acme.finish()
    acme.clock.pass_by(minutes=2)
    acme.finish()
    assert acme.booked() == {uid: 119}


def test_an_expense_whose_date_was_edited_before_its_answer_was_lost_is_found(acme: Stage) -> None:
    earlier = acme.document(document_date="2025-05-05")
    acme.export()
    uid = acme.document(document_date="2026-01-31")
    acme.plan(acme.exports())
    acme.company.edit_document(int(uid), document_date="2026-04-01")
    acme.fault("cut_after", "debitoor.expenses.create", times=1)
    blind = acme.fault(
        "status", "debitoor.expenses.list", status=503, between=(5, 100)
    )  # after the looks before it is sent
    with pytest.raises(RetryError):
        acme.finish()
    acme.sandbox.clear_faults(blind)
    assert acme.states() == {earlier: "moved", uid: "sending"}
    acme.clock.pass_by(minutes=2)
    acme.company.edit_document(int(uid), document_date="2026-05-01")
    acme.finish()
    assert acme.booked() == {earlier: 119, uid: 119}


def test_a_date_that_is_edited_between_plan_and_transfer_is_looked_up_too(acme: Stage) -> None:
    uid = acme.document(document_date="2026-04-01")
    acme.export()
    acme.open_ledger("new")
    other = acme.document(document_date="2026-01-30")
    acme.export(window=manual(None, None, (other,)))  # the new ledger knows of something
    acme.company.edit_document(int(uid), document_date="2026-01-31")
    acme.plan(acme.exports())
    acme.company.edit_document(int(uid), document_date="2026-04-01")
    acme.finish()
    assert acme.booked() == {uid: 119, other: 119}
    assert acme.states() == {uid: "moved", other: "moved"}


def test_an_attempt_that_did_not_upload_its_file_is_repeated_at_once(
    acme: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise OSError("killed")

    uid = acme.document()
    with monkeypatch.context() as run:
        run.setattr(type(acme.debitoor), "upload_file", killed)
        with pytest.raises(OSError, match="killed"):
            acme.export()
    assert acme.states() == {uid: "sending"}
    acme.finish()
    assert acme.booked() == {uid: 119}


def test_an_open_attempt_is_in_the_history_with_what_was_announced(acme: Stage) -> None:
    uid = acme.document()
    _lose_the_answer(acme)
    history = acme.ledger.documents.history(acme.entry(uid))
    assert [event.kind for event in history] == ["listed", "named", "intent", "file_uploaded", "unclear"]
    announced = dict(history[2].detail)
    by_debitoor = datetime.fromisoformat(announced.pop("target_time"))
    assert (announced["date"], announced["by_rate"]) == ("2026-01-31", {"19": "119"})
    assert abs(by_debitoor - history[2].at) < timedelta(seconds=2)
    attempt = last_attempt(acme.ledger, acme.entry(uid))
    assert attempt is not None
    assert (attempt.began, attempt.given_up) == (history[2].at, history[4].at)


def test_an_arrived_document_counts_as_moved_although_its_source_is_gone(acme: Stage) -> None:
    uid = acme.document()
    _lose_the_answer(acme)
    acme.company.delete_document(int(uid))
    acme.finish()
    assert acme.states() == {uid: "moved"}
    assert acme.entry(uid).target_id == acme.company.expenses()[0]["id"]


def test_an_arrived_document_counts_as_moved_although_its_source_was_edited(acme: Stage) -> None:
    uid = acme.document()
    _lose_the_answer(acme)
    acme.company.edit_document(int(uid), gross_amount="107.00", tax_rates=["7"])
    acme.export()
    assert acme.states() == {uid: "moved"}
    assert acme.booked() == {uid: 119}


def _lose_the_answer(acme: Stage) -> None:
    """Book all that is due without hearing of it, and let the time pass in which that may settle."""
    acme.fault("cut_after", "debitoor.expenses.create", times=1)
    blind = acme.fault("status", "debitoor.expenses.list", status=503, between=(3, 100))
    with pytest.raises(RetryError):
        acme.export()
    acme.sandbox.clear_faults(blind)
    acme.clock.pass_by(minutes=2)


def test_the_target_is_listed_once_before_and_once_after_the_transfer(
    acme: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "BATCH", 2)
    uids = acme.documents(6)
    watch = acme.watch()
    acme.export()
    assert acme.booked().keys() == set(uids)
    assert (
        watch.calls["debitoor.expenses.list"] == 4
    )  # before the first: markers, and lookalikes; after the last, to the empty page


def test_the_look_at_the_end_knows_how_many_records_the_run_wrote(acme: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    acme.documents(3)
    acme.document(currency="USD")  # is held
    look, expected = DebitoorClient.expense_descriptions_as, []

    def descriptions_as(self: Any, make: Any, *, at_least: int, **options: Any) -> Any:
        expected.append(at_least)
        return look(self, make, at_least=at_least, **options)

    monkeypatch.setattr(DebitoorClient, "expense_descriptions_as", descriptions_as)
    acme.export()
    assert expected == [3]


def test_the_target_is_listed_again_when_another_account_had_a_document(
    acme: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "BATCH", 1)
    first, second = acme.documents(2)
    leases = type(acme.ledger.leases)
    claim, claims = leases.claim, []

    def claim_late(self: Any, entries: list[Entry], *args: Any, **options: Any) -> list[Entry]:
        claims.append(entries)
        if len(claims) == 2:  # the first document is through, and the second not begun
            acme.account_id = "other"
            acme.export(window=manual(None, None, (second,)))
            acme.account_id = "acme"
        return claim(self, entries, *args, **options)

    monkeypatch.setattr(leases, "claim", claim_late)
    acme.export()
    assert len(claims) == 3
    assert acme.booked().keys() == {first, second}
    assert acme.states() == {first: "moved", second: "moved"}


def test_an_idle_run_does_not_look(acme: Stage) -> None:
    acme.document()
    acme.export()
    watch = acme.watch()
    acme.export()
    assert not [operation for operation in watch.calls if operation.startswith("debitoor")]


def test_a_look_that_fails_does_not_fail_the_run(acme: Stage) -> None:
    uid = acme.document()
    acme.fault("status", "debitoor.expenses.list", status=500, between=(3, 100))
    acme.export()
    assert acme.states() == {uid: "moved"}


@pytest.mark.parametrize("day", [date.min, date(1, 1, 2), date(1969, 12, 31), date(1970, 1, 1)])
def test_an_empty_date_of_a_service_is_not_known(day: date) -> None:
    assert before([date(2026, 3, 1), day]) is None
    assert before([day], -timedelta(days=800_000)) is None


@pytest.mark.parametrize("day", [date(2026, 3, 1), date.max])
def test_the_moment_before_a_day_is_before_it_in_every_zone(day: date) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    assert before([day], timedelta(minutes=5)) == midnight - timedelta(days=1)
    assert before([day], -timedelta(minutes=5)) == midnight - timedelta(days=1, minutes=5)
    assert before([day, None]) is before([]) is None
