from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.services.errors import BadAnswer, Misconfigured, RetryError
from debitoor_provider.sync.ledger import State
from debitoor_provider.sync.ledger.plan_writer import PlanWriter
from debitoor_provider.sync.ledger.rows import to_entry
from debitoor_provider.sync.window import RunKind, Window, manual

if TYPE_CHECKING:
    from debitoor_provider.sync.ledger import Entry
    from tests.sync.stage import Stage


def waits_for_approval() -> dict[str, Any]:
    return {"workflow": {"is_completed": False, "name": "Release", "step": "Boss"}}


# What is new


def test_after_two_days_without_a_scheduler_everything_new_is_moved_once(acme: Stage) -> None:
    first = acme.document()
    acme.export()
    acme.clock.pass_by(hours=5)
    early = acme.document(document_date="2025-12-01")
    acme.clock.pass_by(days=2)
    late, corrected = acme.document(), acme.document(gross_amount="0")
    watch = acme.watch()
    plan = acme.export()
    assert plan.window.updated_since is not None
    assert watch.created == {"file": 2, "expense": 2}
    assert acme.states() == {first: "moved", early: "moved", late: "moved", corrected: "held net_alone"}
    acme.clock.pass_by(days=2)
    acme.company.edit_document(int(corrected), gross_amount="119.00")
    acme.export()
    assert acme.booked().keys() == {first, early, late, corrected}


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Etc/GMT+12", "Pacific/Kiritimati", "UTC"])
@pytest.mark.parametrize("hours", [4, 12])
def test_nothing_is_missed_when_the_source_is_in_another_time_zone(stage_of: Any, zone: str, hours: int) -> None:
    stage = stage_of("Far", timezone=zone)  # the connection has the default, Europe/Berlin
    first = stage.document()
    stage.export()
    stage.clock.pass_by(hours=hours)
    later = stage.document()
    stage.export()
    assert stage.booked().keys() == {first, later}


def test_a_document_that_changes_within_the_overlap_is_not_sent_again(acme: Stage) -> None:
    uid = acme.document()
    acme.export()
    acme.company.edit_document(int(uid), note="seen")
    plan = acme.export()
    assert (plan.done, len(plan.due)) == (1, 0)
    assert acme.booked() == {uid: 119}


def test_an_interrupted_plan_is_made_again_from_where_the_last_complete_one_ended(acme: Stage) -> None:
    acme.export()
    uid = acme.document()
    acme.clock.pass_by(days=1)
    acme.fault("status", "gmi.documents.list", status=500)
    with pytest.raises(Exception, match="GetMyInvoices"):
        acme.plan(acme.exports())
    acme.sandbox.clear_faults()
    acme.clock.pass_by(days=1)
    acme.export()
    assert acme.booked() == {uid: 119}


def test_everything_is_listed_again_once_a_week_and_when_the_settings_change(acme: Stage) -> None:
    def is_full(**settings: Any) -> bool:
        return acme.plan(acme.exports(**settings)).window.full

    assert is_full()
    assert not is_full()
    assert not is_full(name="Acme, renamed", retries=7)
    assert is_full(filter={"document_types": ["RECEIPT"]})
    assert not is_full(filter={"document_types": ["RECEIPT"]})
    acme.clock.pass_by(days=7)
    assert is_full(filter={"document_types": ["RECEIPT"]})


def test_a_wider_filter_takes_what_the_narrow_one_left_out(acme: Stage) -> None:
    uid = acme.document(document_type="RECEIPT")
    plan = acme.export(acme.exports(filter={"document_types": ["INCOMING_INVOICE"]}))
    assert not plan.due
    acme.clock.pass_by(days=1)
    acme.export()
    assert acme.booked() == {uid: 119}


# What waits


def test_a_document_waits_for_its_approval_and_is_moved_when_it_is_released(acme: Stage) -> None:
    account = acme.exports(filter={"approved_only": True})
    uid = acme.document(**waits_for_approval())
    acme.export(account)
    assert acme.states() == {uid: "waiting not_approved"}
    for _ in range(2):  # asked again though nothing indicates a change
        acme.clock.pass_by(hours=6)
        watch = acme.watch()
        acme.export(account)
        assert watch.calls["gmi.documents.get"] == 1
        assert acme.states() == {uid: "waiting not_approved"}
    acme.company.edit_document(int(uid), workflow={"is_completed": True})
    acme.clock.pass_by(hours=6)
    acme.export(account)
    assert acme.booked() == {uid: 119}


def test_a_deleted_waiting_document_is_not_looked_up_for_ever(acme: Stage) -> None:
    account = acme.exports(filter={"approved_only": True})
    uid = acme.document(**waits_for_approval())
    acme.export(account)
    acme.company.delete_document(int(uid))
    acme.clock.pass_by(hours=6)
    acme.export(account)
    assert acme.states() == {uid: "gone"}
    watch = acme.watch()
    acme.export(account)
    assert watch.calls == {"gmi.documents.list": 1}


def test_a_document_waits_for_its_tag_and_is_moved_when_it_has_it(acme: Stage) -> None:
    account = acme.exports(filter={"tags": {"all": ["books", "checked"]}})
    uid = acme.document(tags=["books"])
    plan = acme.export(account)
    assert (plan.waiting, plan.left_out, len(plan.due)) == (1, {"tag_missing": 1}, 0)
    acme.clock.pass_by(days=1)
    acme.company.edit_document(int(uid), tags=["books", "checked"])
    acme.export(account)
    assert acme.booked() == {uid: 119}


def test_what_waits_for_something_that_a_listing_shows_is_not_read(
    acme: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = acme.exports(filter={"approved_only": True, "tags": {"all": ["books"]}})
    monkeypatch.setattr("debitoor_provider.sync.steps.plan._RECHECKED", 2)
    tagged = [acme.document(tags=["books"], **waits_for_approval()) for _ in range(3)]
    acme.documents(3)
    acme.export(account)
    assert sorted(acme.states().values()) == ["waiting not_approved"] * 3 + ["waiting tag_missing"] * 3
    acme.clock.pass_by(days=2)
    read: list[str] = []

    def noted(row: Any) -> Entry:
        entry = to_entry(row)
        read.append(entry.source_id)
        return entry

    monkeypatch.setattr("debitoor_provider.sync.ledger.pending.to_entry", noted)
    acme.plan(account)
    assert set(read) < {*tagged}
    assert len(set(read)) == 2


def test_a_waiting_document_that_leaves_the_period_waits_no_longer(acme: Stage) -> None:
    account = acme.exports(period={"from": "2026-01-01"}, filter={"tags": {"all": ["books", "checked"]}})
    uid = acme.document(tags=["books"])
    acme.export(account)
    acme.company.edit_document(int(uid), document_date="2025-12-31")
    acme.clock.pass_by(days=8)
    acme.export(account)
    assert acme.entry(uid).state is State.GONE


# What a person or a backfill asks for


def test_a_backfill_moves_what_it_planned_and_leaves_the_watermark(acme: Stage) -> None:
    account = acme.exports()
    january, march = acme.document(document_date="2026-01-31"), acme.document(document_date="2026-03-01")
    acme.plan(account)
    mark = acme.ledger.runs.watermark("acme", "export")
    window = Window(RunKind.BACKFILL, start=date(2026, 3, 1), end=date(2026, 3, 31))
    acme.clock.pass_by(hours=1)
    plan = acme.plan(account, window, RunKind.BACKFILL)
    assert [entry.source_id for entry in plan.due] == [march]
    assert acme.ledger.runs.watermark("acme", "export") == mark
    acme.run_id = "acme/next"
    assert [entry.source_id for entry in acme.due(account)] == [january, march]


def test_a_backfill_outside_of_the_period_asks_nothing(acme: Stage) -> None:
    acme.document()
    watch = acme.watch()
    window = Window(RunKind.BACKFILL, start=date(2025, 1, 1), end=date(2025, 12, 31))
    plan = acme.export(acme.exports(period={"from": "2026-01-01"}), window)
    assert not plan.due
    assert watch.calls == {}


@pytest.mark.parametrize(
    ("kind", "chosen"),
    [
        (RunKind.MANUAL, manual(date(2026, 3, 1), date(2026, 3, 31), ())),
        (RunKind.BACKFILL, Window(RunKind.BACKFILL, start=date(2026, 3, 1), end=date(2026, 3, 31))),
    ],
)
def test_a_chosen_period_leaves_alone_what_an_earlier_run_left(acme: Stage, kind: RunKind, chosen: Window) -> None:
    january = acme.document(document_date="2026-01-31")
    acme.plan(acme.exports())  # and moves nothing
    march = acme.document(document_date="2026-03-10")
    assert [row.source_id for row in acme.preview(window=chosen)] == [march]
    acme.plan(acme.exports(), chosen, kind)
    acme.finish()
    assert acme.states() == {january: "planned", march: "moved"}
    acme.export()
    assert acme.booked().keys() == {january, march}


def test_only_the_chosen_one_of_several_documents_that_an_earlier_run_left_is_moved(acme: Stage) -> None:
    chosen, other = acme.documents(2)
    acme.plan(acme.exports())  # and moves nothing
    only = manual(None, None, (chosen,))
    assert [row.source_id for row in acme.preview(window=only)] == [chosen]
    acme.export(window=only)
    assert acme.states() == {chosen: "moved", other: "planned"}


def test_a_chosen_document_whose_outcome_is_unclear_is_settled(acme: Stage) -> None:
    uid = acme.document()
    acme.fault("cut_after", "debitoor.expenses.create", times=1)
    blind = acme.fault("status", "debitoor.expenses.list", status=503, between=(3, 100))
    with pytest.raises(RetryError):
        acme.export()
    acme.sandbox.clear_faults(blind)
    assert acme.states() == {uid: "sending"}
    acme.clock.pass_by(hours=1)
    acme.export(window=manual(None, None, (uid,)))
    assert acme.states() == {uid: "moved"}
    assert acme.booked() == {uid: 119}


def test_documents_that_a_person_names_are_moved_regardless_of_their_state(acme: Stage) -> None:
    uid = acme.document(currency="")
    acme.export()
    assert acme.states() == {uid: "rejected no_currency"}
    unchanged = acme.export(window=manual(None, None, (uid,)))
    assert [entry.source_id for entry in unchanged.due] == [uid]
    acme.company.edit_document(int(uid), currency="EUR")
    acme.export(window=manual(None, None, (uid,)))
    assert acme.booked() == {uid: 119}


def test_documents_that_a_person_names_have_to_pass_the_filters_all_the_same(acme: Stage) -> None:
    uid, deleted = acme.document(document_type="MISC"), acme.document()
    acme.company.delete_document(int(deleted))
    plan = acme.export(window=manual(None, None, (uid, deleted)))
    assert (len(plan.due), plan.left_out) == (0, {"document_type": 1})


@pytest.mark.parametrize("typed", ["scan.pdf", "-1", "0", "\u0661\u0662", "1/../2", "9" * 99])
def test_a_text_that_is_not_a_document_id_is_reported_in_plain_words(acme: Stage, typed: str) -> None:
    with pytest.raises(Misconfigured, match="is not the id of a document") as stop:
        acme.plan(acme.exports(), manual(None, None, (typed,)))
    assert stop.value.remedy


def test_hostile_records_are_planned_like_others(acme: Stage) -> None:
    uid = acme.document(note="nul \x00 and \u202e", document_number="R'; DROP TABLE--\n2", filename="a\n/..\\b.pdf")
    acme.fault("status", "gmi.documents.list", times=1, status=200, body=_listed_with_half_a_character(acme, uid))
    acme.export()
    assert acme.booked() == {uid: 119}
    assert acme.company.expenses()[0]["file"]["fileName"] == "a._b.pdf"


def test_a_full_listing_forgets_what_the_source_does_not_have_any_more(acme: Stage) -> None:
    account = acme.exports(filter={"tags": {"all": ["books", "checked"]}})
    uid = acme.document(tags=["books"])
    acme.export(account)
    acme.company.delete_document(int(uid))
    acme.clock.pass_by(days=8)
    acme.export(account)
    assert acme.entry(uid).state is State.GONE


LACKING = {"totalCount": 1, "maxPages": 1, "maxAmount": 1, "offset": 0, "records": []}


def test_a_list_that_lacks_what_it_counts_is_read_again(acme: Stage) -> None:
    uid = acme.document()
    acme.fault("status", "gmi.documents.list", status=200, body=LACKING, times=1)
    acme.export()
    assert acme.states() == {uid: "moved"}


def test_a_list_that_lacks_what_it_counts_moves_no_watermark(acme: Stage) -> None:
    acme.export()
    uid = acme.document()
    acme.clock.pass_by(days=2)
    acme.fault("status", "gmi.documents.list", status=200, body=LACKING)
    with pytest.raises(BadAnswer, match="0 of the 1 records"):
        acme.export()
    acme.sandbox.clear_faults()
    acme.export()
    assert acme.states() == {uid: "moved"}


def test_the_run_is_recorded_with_its_window(acme: Stage) -> None:
    acme.export()
    acme.clock.pass_by(hours=4)
    before = acme.clock()
    acme.plan(acme.exports())
    run = acme.ledger.runs.get(acme.run_id)
    assert run is not None
    assert (run.kind, run.window["full"]) == ("scheduled", False)
    since = acme.ledger.runs.watermark("acme", "export").listed_at
    assert since is not None
    assert timedelta(seconds=-2) < since - before < timedelta(minutes=1)  # the service returns whole seconds


def _listed_with_half_a_character(acme: Stage, uid: str) -> Any:
    page = acme.gmi._get("list_documents", "/documents", lambda payload: payload, {"archivedFilter": 1})
    [record] = page["records"]
    assert str(record["documentUid"]) == uid
    record = {name: str(value) if name.endswith("Amount") else value for name, value in record.items()}
    return {"totalCount": 1, "maxPages": 1, "records": [record | {"note": "\ud83d", "taxRates": ["19"]}]}


def test_a_named_document_that_does_not_exist_is_said(acme: Stage) -> None:
    uid = acme.document()
    plan = acme.plan(acme.exports(), manual(None, None, (str(uid), "99999999")))
    assert plan.new == 1
    assert [str(warning) for warning in plan.warnings] == [
        "The source has no document 99999999 (any more). Check the ids: they are those at the source."
    ]


@pytest.mark.parametrize("act", ["mark_moved", "ignore"])
def test_a_person_who_is_faster_with_a_named_document_does_not_fail_the_plan(
    acme: Stage, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    uid = acme.document(currency="USD")
    acme.export()
    state = {"mark_moved": "moved", "ignore": "ignored foreign_currency"}[act]
    known = acme.ledger.documents.known

    def look(*args: Any) -> dict[str, Entry]:
        found = known(*args)
        getattr(acme.ledger.documents, act)(found.values(), "user:ada")
        return found

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(acme.ledger.documents, "known", look)
        acme.plan(acme.exports(), manual(None, None, (uid,)))
    assert acme.states() == {uid: state}


def test_a_plan_that_fails_plans_no_document_again(acme: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    uid = acme.document(currency="USD")
    acme.export()
    monkeypatch.setattr(PlanWriter, "leave", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        acme.plan(acme.exports(), manual(None, None, (uid,)))
    assert acme.states() == {uid: "held foreign_currency"}
