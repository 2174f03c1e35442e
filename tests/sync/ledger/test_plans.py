from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import DUE, IllegalTransition, Ledger, Outcome, State
from tests.sync.ledger.samples import OWNER, RUN, TTL, claimed, document, fresh, give_name, in_state, kinds, planned

if TYPE_CHECKING:
    from tests.sync.ledger.samples import Clock

LATER = "debitoor__acme/scheduled__2"


def plan_again(ledger: Ledger, *documents: Any, **options: Any) -> dict[str, Outcome]:
    return dict(ledger.plans.enter("acme", "export", LATER, documents, **options).outcomes)


def test_a_new_document_is_planned(ledger: Ledger, clock: Clock):
    result = ledger.plans.enter("acme", "export", RUN, [document(1)])

    entry = ledger.documents.known("acme", "export", ["1"])["1"]
    assert (result.outcomes, result.waiting, result.gone) == ({"1": Outcome.NEW}, 0, 0)
    assert ledger.documents.count() == {State.PLANNED: 1}
    assert (entry.state, entry.planned_by, entry.created_at) == (State.PLANNED, RUN, clock.time)
    assert (entry.company, entry.gross_amount) == ("Müller & Söhne", Decimal("119.00"))
    assert kinds(ledger, entry) == ["listed"]


def test_of_a_document_that_is_listed_twice_the_first_counts(ledger: Ledger):
    many = [document(number) for number in range(600)]
    result = ledger.plans.enter(
        "acme", "export", RUN, [*many, document(1, company="Other"), document(599, company="Other")]
    )

    assert (ledger.documents.count(), len(result.outcomes)) == ({State.PLANNED: 600}, 600)
    assert {entry.company for entry in ledger.documents.entries("acme")} == {"Müller & Söhne"}


@pytest.mark.parametrize("state", [State.WAITING, State.HELD, State.REJECTED])
def test_a_plan_may_let_a_document_wait(ledger: Ledger, state: State):
    (entry,) = planned(ledger, 1, state=state, message=Message("no_file"))

    assert (entry.state, entry.reason_code, entry.reason) == (state, "no_file", "It has no file yet.")
    assert ledger.leases.claim([entry], OWNER, TTL) == []


def test_a_plan_cannot_mark_a_document_as_moved():
    with pytest.raises(ValueError, match="a plan cannot make a document moved"):
        document(1, state=State.MOVED)


def test_the_same_plan_changes_nothing_but_whose_plan_it_is(ledger: Ledger):
    (before,) = planned(ledger, 1)
    assert plan_again(ledger, document(1)) == {"1": Outcome.UNCHANGED}

    after = fresh(ledger, before)
    assert (after.planned_by, after.changed_at) == (LATER, before.changed_at)
    assert kinds(ledger, after) == ["listed"]


def test_a_changed_record_replaces_what_was_not_sent(ledger: Ledger, clock: Clock):
    (before,) = planned(ledger, 1)
    give_name(ledger, before, "old.pdf")
    clock.pass_by(hours=1)
    assert plan_again(ledger, document(1, snapshot="{}", company="New name")) == {"1": Outcome.REFRESHED}

    after = fresh(ledger, before)
    assert (after.snapshot, after.company, after.changed_at) == ("{}", "New name", clock.time)
    assert (after.target_name, after.file_id) == (None, None)


def test_a_fingerprint_decides_what_a_change_is(ledger: Ledger):
    planned(ledger, 1, fingerprint="same", snapshot="one")

    assert plan_again(ledger, document(1, fingerprint="same", snapshot="two")) == {"1": Outcome.UNCHANGED}


def test_a_waiting_document_is_planned_when_it_is_due(ledger: Ledger):
    (entry,) = planned(ledger, 1, state=State.WAITING, message=Message("approval"))
    assert plan_again(ledger, document(1)) == {"1": Outcome.REFRESHED}

    after = fresh(ledger, entry)
    assert (after.state, after.previous_state, after.reason_code) == (State.PLANNED, State.WAITING, "")


def test_a_document_that_still_waits_was_asked_about(ledger: Ledger, clock: Clock):
    (entry,) = planned(ledger, 1, state=State.WAITING, message=Message("approval"))
    clock.pass_by(days=1)
    assert plan_again(ledger, document(1, state=State.WAITING, message=Message("approval"))) == {"1": Outcome.UNCHANGED}

    assert fresh(ledger, entry).asked_at == clock.time
    assert kinds(ledger, entry) == ["listed"]


@pytest.mark.parametrize(("record", "kept"), [({}, "proven"), ({"snapshot": "{}"}, "")], ids=["same", "changed"])
def test_a_document_that_waits_for_another_reason_keeps_the_outcome_of_its_e_invoice(
    ledger: Ledger, record: dict[str, str], kept: str
):
    (entry,) = claimed(ledger, 1)
    ledger.steps.wait(entry, Message("approval"), invoice="proven")
    again = document(1, state=State.WAITING, message=Message("rate"), **record)
    assert plan_again(ledger, again) == {"1": Outcome.REFRESHED}

    assert (fresh(ledger, entry).reason_code, fresh(ledger, entry).invoice) == ("rate", kept)


@pytest.mark.parametrize("state", [State.HELD, State.REJECTED])
def test_a_document_needing_attention_is_not_planned_while_nothing_changed(ledger: Ledger, state: State):
    entry = in_state(ledger, state)

    assert plan_again(ledger, document(1)) == {"1": Outcome.UNCHANGED}
    assert fresh(ledger, entry) == entry


@pytest.mark.parametrize("state", [State.HELD, State.REJECTED])
@pytest.mark.parametrize("change", [{"snapshot": "{}"}, {"settings": "new"}])
def test_a_document_needing_attention_is_planned_again_when_record_or_settings_change(
    ledger: Ledger, state: State, change: dict[str, str]
):
    entry = in_state(ledger, state)
    record = {"snapshot": change["snapshot"]} if "snapshot" in change else {}
    outcomes = plan_again(ledger, document(1, **record), settings_fingerprint=change.get("settings", ""))

    after = fresh(ledger, entry)
    assert outcomes == {"1": Outcome.RETURNED}
    assert (after.state, after.reason_code, after.remedy) == (State.PLANNED, "", "")


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (State.MOVED, Outcome.DONE),
        (State.ARCHIVED, Outcome.DONE),
        (State.IGNORED, Outcome.IGNORED),
    ],
)
def test_finished_and_ignored_documents_are_not_changed(ledger: Ledger, state: State, outcome: Outcome):
    entry = in_state(ledger, state)

    assert plan_again(ledger, document(1, snapshot="{}"), settings_fingerprint="new") == {"1": outcome}
    assert fresh(ledger, entry) == entry


def test_a_document_under_way_keeps_what_was_sent_of_it_and_is_settled_by_the_run_that_lists_it(ledger: Ledger):
    entry = in_state(ledger, State.SENDING)

    listed = plan_again(ledger, document(1, snapshot="{}"), settings_fingerprint="new")
    after = fresh(ledger, entry)
    assert listed == {"1": Outcome.SENDING}
    assert after == entry._replace(planned_by=after.planned_by, asked_at=None)
    assert after.planned_by != entry.planned_by


def test_a_gone_document_returns(ledger: Ledger):
    entry = in_state(ledger, State.GONE)

    assert plan_again(ledger, document(1)) == {"1": Outcome.RETURNED}
    assert fresh(ledger, entry).state is State.PLANNED


def test_a_full_listing_marks_missing_documents_as_gone(ledger: Ledger):
    stays, leaves = planned(ledger, 1, 2)
    elsewhere = planned(ledger, 3, account="other")[0]
    moved = in_state(ledger, State.MOVED, 4)
    result = ledger.plans.enter("acme", "export", LATER, [document(1)], full=True)

    assert result.gone == 1
    assert fresh(ledger, leaves).state is State.GONE
    assert kinds(ledger, leaves) == ["listed", "gone"]
    assert [fresh(ledger, entry).state for entry in (stays, elsewhere, moved)] == ["planned", "planned", "moved"]


def test_a_listing_of_changes_marks_only_what_it_names_as_gone(ledger: Ledger):
    one, two, three = planned(ledger, 1, 2, 3)
    ledger.plans.enter("acme", "export", LATER, [document(3)], gone=["1", "3", "unknown"])

    assert [fresh(ledger, entry).state for entry in (one, two, three)] == ["gone", "planned", "planned"]


def test_the_name_of_a_gone_document_is_free(ledger: Ledger):
    leaves, stays = planned(ledger, 1, 2)
    give_name(ledger, leaves, "invoice.pdf")
    ledger.plans.enter("acme", "export", LATER, [], gone=["1"])

    assert give_name(ledger, stays, "invoice.pdf") is not None


def test_a_document_that_left_under_way_is_not_sent(ledger: Ledger):
    (entry,) = ledger.leases.claim(planned(ledger, 1), OWNER, TTL)
    ledger.plans.enter("acme", "export", LATER, [], gone=["1"])

    with pytest.raises(IllegalTransition):
        ledger.steps.intend(entry)


def test_the_watermark_moves_with_the_plan_or_not_at_all(ledger: Ledger):
    with pytest.raises(Exception, match="finite Decimal"):
        ledger.plans.enter(
            "acme",
            "export",
            RUN,
            [document(1), document(2, net_amount=Decimal("NaN"))],
            watermark=datetime(2026, 3, 1, tzinfo=UTC),
        )

    assert ledger.documents.count() == {}
    assert ledger.runs.watermark("acme", "export").listed_at is None


def test_a_dry_run_reports_and_writes_nothing(ledger: Ledger):
    planned(ledger, 1, 2)
    result = ledger.plans.enter("acme", "export", LATER, [document(2), document(3)], full=True, dry_run=True)

    assert result.outcomes == {"2": Outcome.UNCHANGED, "3": Outcome.NEW}
    assert result.gone == 1
    assert ledger.documents.count() == {State.PLANNED: 2}
    assert ledger.runs.watermark("acme", "export").full_listed_at is None


def test_the_counts_have_the_number_of_each_outcome(ledger: Ledger):
    planned(ledger, 1)
    result = ledger.plans.enter("acme", "export", LATER, [document(1), document(2), document(3, state=State.WAITING)])

    assert result.counts == {Outcome.UNCHANGED: 1, Outcome.NEW: 2}
    assert (ledger.documents.count(), result.waiting) == ({State.PLANNED: 2, State.WAITING: 1}, 1)


def test_directions_and_accounts_do_not_meet(ledger: Ledger):
    planned(ledger, 1)
    ledger.plans.enter("acme", "import", RUN, [document(1)])
    ledger.plans.enter("other", "export", RUN, [document(1)])

    assert ledger.documents.count() == {State.PLANNED: 3}


def test_an_account_needs_a_name(ledger: Ledger):
    with pytest.raises(ValueError, match="account must have"):
        ledger.plans.enter("", "export", RUN, [document(1)])


def test_a_large_plan_needs_few_statements(ledger: Ledger, statements: list[str]):
    everything = [document(number) for number in range(3000)]
    ledger.plans.enter("acme", "export", RUN, everything)
    assert len(statements) < 120

    statements.clear()
    ledger.plans.enter("acme", "export", RUN, everything, settings_fingerprint="new", full=True)
    assert len(statements) < 120

    statements.clear()
    assert len(ledger.leases.claim(ledger.documents.entries("acme", states=DUE), OWNER, TTL)) == 3000
    assert len(statements) < 40


def test_a_watermark_of_the_past_never_moves_back(ledger: Ledger, clock: Clock):
    earlier, later = clock.time - timedelta(hours=1), clock.time
    plan_again(ledger, watermark=later, full=True, not_after=later)
    plan_again(ledger, watermark=earlier, full=True, not_after=later)
    mark = ledger.runs.watermark("acme", "export")

    assert (mark.listed_at, mark.full_listed_at) == (later, later)


def test_a_watermark_of_the_future_is_moved_back(ledger: Ledger, clock: Clock):
    plan_again(ledger, watermark=clock.time + timedelta(days=366), full=True)
    plan_again(ledger, watermark=clock.time, full=True, not_after=clock.time + timedelta(minutes=1))
    mark = ledger.runs.watermark("acme", "export")

    assert (mark.listed_at, mark.full_listed_at) == (clock.time, clock.time)
