from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import DUE, EntryChanged, IllegalTransition, LeaseLost, Ledger, State
from tests.sync.ledger.samples import (
    OWNER,
    RUN,
    STEPS_OF_A_RUN,
    TTL,
    claimed,
    document,
    fresh,
    in_state,
    kinds,
    planned,
)

if TYPE_CHECKING:
    from tests.sync.ledger.samples import Clock


def test_a_document_travels(ledger: Ledger, clock: Clock):
    (entry,) = claimed(ledger, 1)
    entry = ledger.steps.intend(entry, detail={"try": 1})
    entry = ledger.steps.file_uploaded(entry, "file-1", sha256="ab" * 32, size=1234)
    assert (entry.state, entry.file_id, entry.attempts) == (State.SENDING, "file-1", 1)

    clock.pass_by(seconds=2)
    entry = ledger.steps.moved(entry, "expense-1", detail={"gross": "119.00"})
    assert (entry.state, entry.target_id, entry.file_id, entry.file_bytes) == (State.MOVED, "expense-1", None, 1234)
    assert (entry.moved_by, entry.moved_at) == (RUN, clock.time)

    (entry,) = ledger.steps.archived([entry], RUN)
    assert (entry.state, entry.archived_at) == (State.ARCHIVED, clock.time)
    history = ledger.documents.history(entry)
    assert [(event.kind, event.from_state, event.to_state) for event in history] == [
        ("listed", None, "planned"),
        ("intent", "planned", "sending"),
        ("file_uploaded", "sending", "sending"),
        ("moved", "sending", "moved"),
        ("archived", "moved", "archived"),
    ]
    assert {(event.actor, event.run_id) for event in history} == {("run", RUN)}
    assert history[3].detail == {"gross": "119.00"}


def test_values_are_read_back_as_written(ledger: Ledger):
    (entry,) = claimed(ledger, 1)
    written = ledger.steps.intend(entry)

    stored = fresh(ledger, entry)
    assert (written.owner, written.run_id) == (OWNER, RUN)
    assert written.state == stored.state
    assert written.changed_at == stored.changed_at


def test_a_document_that_the_target_has_already_needs_no_intent(ledger: Ledger):
    (entry,) = claimed(ledger, 1)

    assert ledger.steps.moved(entry, "expense-1").state is State.MOVED


def test_an_unsent_document_is_planned_again(ledger: Ledger):
    (entry,) = claimed(ledger, 1)
    entry = ledger.steps.postpone(
        ledger.steps.intend(entry), Message("as_written", text="Debitoor was not reachable.", remedy="")
    )
    assert (entry.state, entry.reason) == (State.PLANNED, "Debitoor was not reachable.")

    entry = ledger.steps.intend(entry)
    assert (entry.attempts, entry.reason) == (2, "")


def test_an_unclear_outcome_stays_open_until_it_is_checked(ledger: Ledger):
    (entry,) = claimed(ledger, 1)
    entry = ledger.steps.unclear(
        ledger.steps.intend(entry), Message("as_written", text="The connection broke off.", remedy="")
    )
    assert (entry.state, entry.reason) == (State.SENDING, "The connection broke off.")

    assert ledger.steps.moved(entry, "expense-1").reason == ""


def test_after_a_crash_the_next_run_finds_where_the_last_one_stopped(ledger: Ledger, clock: Clock):
    (entry,) = claimed(ledger, 1)
    ledger.steps.file_uploaded(ledger.steps.intend(entry), "file-1")  # and here the process ends
    clock.pass_by(minutes=6)

    (found,) = ledger.leases.claim(ledger.documents.entries("acme", states=DUE), "next", TTL)
    assert (found.state, found.file_id) == (State.SENDING, "file-1")
    assert ledger.steps.moved(ledger.steps.intend(found), "expense-1").attempts == 2


@pytest.mark.parametrize(("step", "state"), [("hold", State.HELD), ("reject", State.REJECTED)])
@pytest.mark.parametrize("is_sent", [False, True])
def test_a_document_may_need_attention(ledger: Ledger, step: str, state: State, is_sent: bool):
    (entry,) = claimed(ledger, 1)
    entry = ledger.steps.intend(entry) if is_sent else entry
    why = Message("as_written", text="The rates do not fit.", remedy="Correct them.")
    entry = getattr(ledger.steps, step)(entry, why, code="tax", detail={"rate": "19"})

    assert (entry.state, entry.reason_code, entry.reason, entry.remedy) == (
        state,
        "tax",
        "The rates do not fit.",
        "Correct them.",
    )
    assert entry.moved_by == RUN
    assert ledger.documents.history(entry)[-1].detail == {"why": why.as_json(), "rate": "19"}


def test_a_document_may_have_to_wait(ledger: Ledger, clock: Clock):
    (entry,) = claimed(ledger, 1)
    entry = ledger.steps.wait(entry, Message("as_written", text="It is not approved yet.", remedy=""), code="approval")

    assert (entry.state, entry.asked_at) == (State.WAITING, clock.time)


BEFORE = dict.fromkeys(STEPS_OF_A_RUN, State.PLANNED) | dict.fromkeys(
    ["file_uploaded", "unclear", "postpone"], State.SENDING
)


@pytest.mark.parametrize("step", STEPS_OF_A_RUN)
def test_a_run_that_lost_its_lease_writes_nothing(ledger: Ledger, clock: Clock, step: str):
    (entry,) = claimed(ledger, 1)
    entry = ledger.steps.intend(entry) if BEFORE[step] is State.SENDING else entry
    clock.pass_by(minutes=6)
    ledger.leases.claim([entry], "another", TTL)
    before = fresh(ledger, entry), kinds(ledger, entry)

    with pytest.raises(LeaseLost, match="Document 1 is not leased to this run any more"):
        STEPS_OF_A_RUN[step](ledger, entry)
    assert (fresh(ledger, entry), kinds(ledger, entry)) == before


@pytest.mark.parametrize("step", STEPS_OF_A_RUN)
def test_an_entry_that_was_not_claimed_cannot_be_worked_on(ledger: Ledger, step: str):
    entry = planned(ledger, 1)[0] if BEFORE[step] is State.PLANNED else in_state(ledger, State.SENDING)

    with pytest.raises(LeaseLost):
        STEPS_OF_A_RUN[step](ledger, entry)


@pytest.mark.parametrize("step", STEPS_OF_A_RUN)
@pytest.mark.parametrize(
    "state", [State.WAITING, State.ARCHIVED, State.HELD, State.REJECTED, State.IGNORED, State.GONE]
)
def test_no_step_of_a_run_leads_out_of_a_state_where_there_is_nothing_to_do(ledger: Ledger, step: str, state: State):
    entry = in_state(ledger, state)

    with pytest.raises(IllegalTransition):
        STEPS_OF_A_RUN[step](ledger, entry)
    assert fresh(ledger, entry) == entry


def test_a_lease_that_ran_out_allows_no_new_write(ledger: Ledger, clock: Clock):
    (entry,) = claimed(ledger, 1)
    clock.pass_by(minutes=5)

    with pytest.raises(LeaseLost):
        ledger.steps.intend(entry)


def test_a_result_is_recorded_after_the_lease_expired_unless_another_run_took_over(ledger: Ledger, clock: Clock):
    (entry,) = claimed(ledger, 1)
    entry = ledger.steps.intend(entry)
    clock.pass_by(minutes=30)

    assert ledger.steps.moved(entry, "expense-1").state is State.MOVED


def test_an_intent_is_for_the_record_that_was_read(ledger: Ledger):
    (entry,) = claimed(ledger, 1)
    ledger.plans.enter("acme", "export", "later", [document(1, snapshot="{}")])

    with pytest.raises(EntryChanged, match="Document 1 was planned anew"):
        ledger.steps.intend(entry)
    assert ledger.steps.intend(ledger.leases.claim([entry], OWNER, TTL)[0]).snapshot == "{}"


def test_a_result_that_is_there_already_may_be_written_again(ledger: Ledger):
    (entry,) = claimed(ledger, 1)
    entry = ledger.steps.intend(entry)
    first = ledger.steps.moved(entry, "expense-1")
    assert ledger.steps.moved(entry, "expense-1").changed_at == first.changed_at

    ledger.steps.archived([first], RUN)
    assert [entry.state for entry in ledger.steps.archived([first], RUN)] == [State.ARCHIVED]
    assert kinds(ledger, entry) == ["listed", "intent", "moved", "archived"]


def test_documents_sent_again_meanwhile_are_not_archived(ledger: Ledger):
    first, second = (
        ledger.steps.moved(ledger.steps.intend(entry), f"expense-{entry.id}") for entry in claimed(ledger, 1, 2)
    )
    ledger.documents.retry([second], "user:ada", if_missing=True)

    assert [entry.id for entry in ledger.steps.archived([first, second], RUN)] == [first.id]
    assert fresh(ledger, first).moved_by == RUN
    assert fresh(ledger, second).state is State.PLANNED


def test_another_result_is_not_written_over_the_first(ledger: Ledger):
    (entry,) = claimed(ledger, 1)
    entry = ledger.steps.intend(entry)
    ledger.steps.moved(entry, "expense-1")

    with pytest.raises(IllegalTransition):
        ledger.steps.moved(entry, "expense-2")
    assert fresh(ledger, entry).target_id == "expense-1"


def test_an_unknown_document_cannot_take_a_step(ledger: Ledger):
    (entry,) = claimed(ledger, 1)
    stranger = entry._replace(id=4711)

    with pytest.raises(IllegalTransition, match="no document with the id 4711"):
        ledger.steps.intend(stranger)


def test_a_document_that_was_not_moved_is_not_archived(ledger: Ledger):
    (entry,) = planned(ledger, 1)

    with pytest.raises(IllegalTransition, match="planned cannot become archived"):
        ledger.steps.archived([entry], RUN)


def test_a_source_that_refuses_to_archive_is_noted(ledger: Ledger):
    moved = in_state(ledger, State.MOVED)
    noted = ledger.steps.not_archived(moved, RUN, Message("as_written", text="The document is locked.", remedy=""))
    assert (noted.state, noted.reason_code, noted.reason) == (State.MOVED, "not_archived", "The document is locked.")
    assert kinds(ledger, moved)[-1] == "not_archived"

    (archived,) = ledger.steps.archived([noted], RUN)
    assert (archived.state, archived.reason_code, archived.reason) == (State.ARCHIVED, "", "")


@pytest.mark.parametrize("state", sorted(set(State) - {State.MOVED}))
def test_only_a_moved_document_can_be_refused_to_be_archived(ledger: Ledger, state: State):
    entry = in_state(ledger, state)

    with pytest.raises(IllegalTransition):
        ledger.steps.not_archived(entry, RUN, Message("as_written", text="The document is locked.", remedy=""))
    assert fresh(ledger, entry) == entry
