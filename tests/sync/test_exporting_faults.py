"""Whatever goes wrong on the way: each document is in the books once, and nothing is lost."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from debitoor_provider.services.errors import (
    CredentialsRefused,
    Misconfigured,
    RetryError,
    StopError,
)
from debitoor_provider.sync import transfer
from debitoor_provider.sync.archiving import to_archive
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


def test_an_expense_that_is_committed_after_its_503_is_found_and_not_sent_again(acme: Stage) -> None:
    uid = acme.document()
    commit_later = acme.fault("status", "debitoor.expenses.create", status=503, body="timeout", when="before")
    with pytest.raises(RetryError):
        acme.export()
    acme.sandbox.clear_faults(commit_later)
    with pytest.raises(RetryError, match="may still be on its way") as failure:
        acme.finish()
    assert failure.value.retry_after == 90
    late = acme.debitoor.create_expense(_as_announced(acme, uid))
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


def test_an_expense_whose_date_was_edited_before_its_answer_was_lost_is_found(acme: Stage) -> None:
    uid = acme.document(document_date="2026-01-31")
    other = acme.document(document_date="2026-01-30")
    acme.plan(acme.exports())
    acme.company.edit_document(int(uid), document_date="2026-04-01")
    acme.fault("cut_after", "debitoor.expenses.create", times=2)
    blind = acme.fault("status", "debitoor.expenses.list", status=503, between=(2, 100))
    with pytest.raises(RetryError):
        acme.finish()
    acme.sandbox.clear_faults(blind)
    acme.clock.pass_by(minutes=2)
    acme.finish()
    assert acme.booked() == {uid: 119, other: 119}


def test_what_arrived_counts_as_moved_though_its_source_is_gone_since(acme: Stage) -> None:
    uid = acme.document()
    _lose_the_answer(acme)
    acme.company.delete_document(int(uid))
    acme.finish()
    assert acme.states() == {uid: "moved"}
    assert acme.entry(uid).target_id == acme.company.expenses()[0]["id"]


def test_what_arrived_counts_as_moved_though_its_source_was_edited_since(acme: Stage) -> None:
    uid = acme.document()
    _lose_the_answer(acme)
    acme.company.edit_document(int(uid), gross_amount="107.00", tax_rates=["7"])
    acme.export()
    assert acme.states() == {uid: "moved"}
    assert acme.booked() == {uid: 119}


def test_a_file_that_was_uploaded_is_not_uploaded_again(acme: Stage) -> None:
    acme.document()
    acme.fault("rate_limited", "debitoor.expenses.create", retry_after=600, times=1)
    with pytest.raises(RetryError) as failure:
        acme.export()
    assert failure.value.retry_after == 600
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
        killed.setattr(type(acme.ledger), step, _killed)
        with pytest.raises(OSError, match="killed"):
            acme.send(acme.exports())
    acme.clock.pass_by(minutes=3)
    acme.finish()
    assert acme.booked() == {uid: 119}
    assert acme.states() == {uid: "moved"}


# Others at the same document


def test_documents_that_another_run_holds_are_left_to_it(acme: Stage) -> None:
    [uid, other] = acme.documents(2)
    acme.plan(acme.exports())
    acme.name(acme.exports())
    acme.ledger.claim([acme.entry(uid)], "another run", timedelta(minutes=2))
    with pytest.raises(RetryError, match="1 documents are being moved by another run") as failure:
        acme.send(acme.exports())
    assert failure.value.retry_after == 120
    assert acme.booked() == {other: 119}
    acme.clock.pass_by(minutes=3)  # the other run was killed
    acme.finish()
    assert acme.booked() == {uid: 119, other: 119}


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
        except Exception as surprise:  # noqa: BLE001
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


def test_what_a_person_decides_meanwhile_holds(acme: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    [uid, other] = acme.documents(2)
    acme.plan(acme.exports())
    claim = type(acme.ledger).claim

    def claim_then_ignored(*args: Any, **kwargs: Any) -> Any:
        claimed = claim(*args, **kwargs)
        acme.ledger.ignore([entry for entry in claimed if entry.source_id == uid], "user:anna")
        return claimed

    monkeypatch.setattr(type(acme.ledger), "claim", claim_then_ignored)
    acme.finish()
    assert acme.states() == {uid: "ignored", other: "moved"}
    assert list(acme.booked()) == [other]


# A service that is down, or wants something of a person


def test_only_the_accepted_documents_are_archived(acme: Stage) -> None:
    acme.documents(6)
    acme.fault("status", "debitoor.expenses.create", status=400, every=2)
    acme.export(acme.exports(archive_after_transfer=True, parallel=1))
    assert len(acme.booked()) == 3
    assert acme.archived() == acme.booked().keys()
    assert sorted(acme.states().values()) == ["archived"] * 3 + ["rejected refused_by_service"] * 3


def test_a_passing_fault_of_some_leaves_the_others_going(acme: Stage) -> None:
    uids = acme.documents(6)
    acme.fault("status", "gmi.documents.get", status=500, path=f"*/{uids[2]}")
    with pytest.raises(RetryError, match="1 of 6 documents could not be moved yet"):
        acme.export()
    assert acme.booked().keys() == set(uids) - {uids[2]}
    assert acme.states()[uids[2]] == "planned"


def test_five_failures_in_a_row_end_the_run(acme: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "BATCH", 6)
    acme.documents(20)
    acme.fault("status", "gmi.documents.get", status=500)
    acme.plan(acme.exports(parallel=1))
    watch = acme.watch()
    with pytest.raises(RetryError, match="5 of 20"):
        acme.finish(acme.exports(parallel=1))
    assert watch.calls["gmi.documents.get"] == 5 * 4  # each is tried four times
    assert set(acme.states().values()) == {"planned"}


def test_a_service_that_asks_to_slow_down_ends_the_run_and_is_given_its_time(
    acme: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "BATCH", 3)
    acme.documents(9)
    acme.fault("rate_limited", "gmi.documents.get", retry_after=1800)
    acme.plan(acme.exports(parallel=1))
    watch = acme.watch()
    with pytest.raises(RetryError) as failure:
        acme.finish(acme.exports(parallel=1))
    assert failure.value.retry_after == 1800
    assert watch.calls["gmi.documents.get"] == 1
    assert watch.created == {}


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


def test_a_token_revoked_before_the_run_costs_one_call(acme: Stage) -> None:
    acme.documents(3)
    acme.plan(acme.exports())
    acme.company.revoke_token()
    since = acme.sandbox.last_seq()
    with pytest.raises(CredentialsRefused):
        acme.finish()
    assert [call["operation"] for call in acme.sandbox.calls(since=since)] == ["debitoor.environment"]
    assert set(acme.states().values()) == {"planned"}


def test_a_blocked_key_stops_the_plan_and_leaves_the_watermark(acme: Stage) -> None:
    acme.export()
    before = acme.ledger.watermark("acme", "export")
    acme.document()
    acme.company.block_key()
    watch = acme.watch()
    with pytest.raises(CredentialsRefused, match="Unblock"):
        acme.plan(acme.exports())
    assert watch.calls == {"gmi.documents.list": 1}
    assert acme.ledger.watermark("acme", "export") == before


def test_the_books_of_another_company_get_nothing(acme: Stage) -> None:
    acme.documents(2)
    watch = acme.watch()
    with pytest.raises(Misconfigured, match=r"belongs to .*account file says other@acme\.example") as stop:
        acme.export(acme.exports(debitoor_id="other@acme.example"))
    assert isinstance(stop.value, StopError)
    assert stop.value.remedy
    assert watch.writes == []


@pytest.mark.parametrize("missing", ["currency", "countryCode"])
def test_books_that_do_not_tell_how_to_book_get_nothing(acme: Stage, missing: str) -> None:
    acme.document()
    told = {"id": "x", "email": acme.company.debitoor_email, "countryCode": "DE", "currency": "EUR"}
    acme.fault("status", "debitoor.environment", status=200, body=told | {missing: ""})
    acme.fault("status", "debitoor.settings.get", status=200, body={"id": "x"})
    with pytest.raises(Misconfigured, match="currency and country"):
        acme.export()
    assert acme.booked() == {}


def test_what_the_environment_leaves_out_is_in_the_settings(acme: Stage) -> None:
    uid = acme.document()
    acme.fault("status", "debitoor.environment", status=200, body={"id": "x", "currency": "EUR"})
    acme.export()
    assert acme.booked() == {uid: 119}


# What was verified


def test_an_expense_that_is_stored_with_other_figures_is_not_taken_for_moved(acme: Stage) -> None:
    uid = acme.document()
    acme.plan(acme.exports())
    acme.name(acme.exports())
    create = acme.debitoor.create_expense

    def edited(expense: Any) -> Any:
        stored = create(expense)
        acme.company.edit_entity(stored.id, totalGrossAmount="118.99")
        return acme.debitoor.expense(stored.id)

    acme.debitoor.create_expense = edited  # type: ignore[method-assign]
    acme.send(acme.exports())
    assert acme.states() == {uid: "rejected stored_differently"}
    assert "gross amount 118.99 instead of 119" in acme.entry(uid).reason
    assert to_archive(acme.ledger, "acme") == []


def test_a_document_that_cannot_be_handled_does_not_keep_the_others(
    acme: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    [uid, other] = acme.documents(2)
    read = type(acme.gmi).document

    def broken(self: Any, wanted: int, **options: Any) -> Any:
        if str(wanted) == uid:
            raise KeyError("surprise")
        return read(self, wanted, **options)

    monkeypatch.setattr(type(acme.gmi), "document", broken)
    acme.export()
    assert acme.states() == {uid: "rejected not_handled", other: "moved"}


def test_a_ledger_that_fails_is_no_fault_of_the_document(acme: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    uid = acme.document()
    monkeypatch.setattr(type(acme.ledger), "intend", _killed)
    with pytest.raises(OSError, match="killed"):
        acme.export()
    assert acme.states() == {uid: "planned"}


def test_a_large_file_that_breaks_off_is_read_again(acme: Stage) -> None:
    content = pdf(2_000_000)
    acme.document(content)
    acme.fault("truncate", "gmi.documents.file", times=1)
    acme.export()
    [expense] = acme.company.expenses()
    assert acme.company.file(expense["fileId"]) == content


def _killed(*_: object, **__: object) -> None:
    raise OSError("killed")


def _lose_the_answer(acme: Stage) -> None:
    """Book all that is due without hearing of it, and let the time pass in which that may settle."""
    acme.fault("cut_after", "debitoor.expenses.create", times=1)
    blind = acme.fault("status", "debitoor.expenses.list", status=503, between=(2, 100))
    with pytest.raises(RetryError):
        acme.export()
    acme.sandbox.clear_faults(blind)
    acme.clock.pass_by(minutes=2)


def _as_announced(acme: Stage, uid: str) -> Any:
    """The expense that the lost call was about."""
    from debitoor_provider.sync.expense import draft

    detail = acme.gmi.document(int(uid))
    companies = {company.company_uid: company for company in acme.gmi.companies()}
    company = companies[detail.document.company_uid or 0]
    booking = draft(detail.document, company, acme.debitoor.environment(), acme.exports())
    return booking.with_file(acme.company.files()[-1]["id"])
