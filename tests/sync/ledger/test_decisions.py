from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import ATTENTION, DONE, OPEN, IllegalTransition, Ledger, State
from tests.sync.ledger.samples import OWNER, TTL, claimed, fresh, in_state, kinds, planned

if TYPE_CHECKING:
    from tests.sync.ledger.samples import Clock

ADA = "user:ada"


@pytest.mark.parametrize("state", sorted(ATTENTION | {State.IGNORED}))
def test_a_person_plans_a_document_again(ledger: Ledger, state: State):
    entry = in_state(ledger, state)
    (after,) = ledger.documents.retry([entry], ADA, "corrected in GetMyInvoices")

    assert (after.state, after.reason_code, after.attempts) == (State.PLANNED, "", 0)
    event = ledger.documents.history(entry)[-1]
    assert (event.actor, event.kind, event.run_id) == (ADA, "retried", None)
    assert event.detail == {"reason": "corrected in GetMyInvoices"}
    assert len(ledger.leases.claim([after], OWNER, TTL)) == 1


def test_a_file_that_was_uploaded_is_still_there_for_the_next_attempt(ledger: Ledger):
    (entry,) = claimed(ledger, 1)
    entry = ledger.steps.file_uploaded(ledger.steps.intend(entry), "file-1")
    ledger.steps.reject(entry, Message("as_written", text="The supplier has no country.", remedy=""), code="supplier")

    assert ledger.documents.retry([entry], ADA)[0].file_id == "file-1"


@pytest.mark.parametrize("state", sorted(DONE))
def test_a_moved_document_is_sent_again_only_on_request(ledger: Ledger, state: State):
    entry = in_state(ledger, state)
    with pytest.raises(IllegalTransition, match="by retried"):
        ledger.documents.retry([entry], ADA)

    (after,) = ledger.documents.retry([entry], ADA, "deleted in Debitoor", if_missing=True)
    assert (after.state, after.target_id, after.moved_at) == (State.PLANNED, None, None)
    assert after.archived_at == entry.archived_at  # so that its being archived does not keep it away
    assert kinds(ledger, after)[-1] == "sent_again"


@pytest.mark.parametrize("state", sorted(DONE))
def test_a_person_requests_a_second_record(ledger: Ledger, state: State):
    entry = in_state(ledger, state)
    (after,) = ledger.documents.retry([entry], ADA, "booked wrongly", new_record=True)
    assert (after.state, after.target_id, after.wants_new_record) == (State.PLANNED, entry.target_id, True)
    assert not entry.wants_new_record
    last = ledger.documents.history(after)[-1]
    assert (str(last.kind), last.detail) == ("sent_again", {"reason": "booked wrongly", "anew": True})


def test_a_second_record_can_be_requested_where_the_first_one_is_unknown(ledger: Ledger):
    entry = in_state(ledger, State.HELD)
    ledger.documents.mark_moved([entry], ADA)
    (after,) = ledger.documents.retry([entry], ADA, new_record=True)
    assert after.wants_new_record


@pytest.mark.parametrize("state", sorted(OPEN))
def test_a_person_ignores_a_document(ledger: Ledger, state: State):
    entry = in_state(ledger, state) if state is not State.PLANNED else planned(ledger, 1)[0]
    (after,) = ledger.documents.ignore([entry], ADA, "private")

    assert after.state is State.IGNORED
    assert ledger.documents.history(entry)[-1].detail == {"reason": "private"}


@pytest.mark.parametrize("state", sorted(OPEN | {State.IGNORED}))
def test_a_person_marks_a_document_as_moved(ledger: Ledger, clock: Clock, state: State):
    entry = in_state(ledger, state) if state is not State.PLANNED else planned(ledger, 1)[0]
    (after,) = ledger.documents.mark_moved([entry], ADA, "entered by hand", target_id="expense-9")

    assert (after.state, after.target_id, after.moved_at) == (State.MOVED, "expense-9", clock.time)
    assert ledger.documents.history(entry)[-1].detail == {"reason": "entered by hand", "target_id": "expense-9"}


def test_a_document_may_be_moved_without_a_known_record(ledger: Ledger):
    (after,) = ledger.documents.mark_moved([in_state(ledger, State.REJECTED)], ADA)

    assert (after.state, after.target_id) == (State.MOVED, None)


def test_a_document_cannot_be_changed_while_its_outcome_is_open(ledger: Ledger):
    entry = in_state(ledger, State.SENDING)

    for act in (ledger.documents.retry, ledger.documents.ignore, ledger.documents.mark_moved):
        with pytest.raises(IllegalTransition, match="A document that is sending cannot become"):
            act([entry], ADA)
    assert fresh(ledger, entry) == entry


def test_an_ignored_document_is_not_sent_by_the_run_that_had_claimed_it(ledger: Ledger):
    (entry,) = claimed(ledger, 1)
    ledger.documents.ignore([entry], ADA)

    with pytest.raises(IllegalTransition):
        ledger.steps.intend(entry)


def test_of_many_those_are_changed_that_can_be(ledger: Ledger):
    held = in_state(ledger, State.HELD, 1)
    moved = in_state(ledger, State.MOVED, 2)

    assert [entry.source_id for entry in ledger.documents.retry([moved, held], ADA)] == ["1"]
    assert fresh(ledger, moved) == moved


def test_documents_with_other_answers_are_changed_together_although_one_cannot_be(ledger: Ledger):
    one, two, sending = (
        in_state(ledger, State.HELD, 1),
        in_state(ledger, State.REJECTED, 2),
        in_state(ledger, State.HELD, 3),
    )
    ledger.steps.intend(*ledger.leases.claim(ledger.documents.retry([sending], ADA), OWNER, TTL))
    asked = {one.id: ["currency"], two.id: ["file"], sending.id: ["tax"]}

    changed = ledger.documents.choose([one, two, sending], "record", ADA, questions=lambda entry: asked[entry.id])
    assert [entry.source_id for entry in changed] == ["1", "2"]
    assert {entry.changed_at for entry in changed} == {changed[0].changed_at}
    with pytest.raises(IllegalTransition):
        ledger.documents.choose([sending], "record", ADA)


def test_marked_documents_are_told_apart_although_a_run_was_faster_with_the_held_ones(ledger: Ledger):
    moved, held = in_state(ledger, State.MOVED, 1), in_state(ledger, State.HELD, 2)
    ledger.documents.ignore([held], ADA)
    ledger.documents.mark_moved([held], ADA)

    assert [entry.source_id for entry in ledger.documents.distinguish([moved, held], ["acme/9"], ADA)] == ["1"]
    assert kinds(ledger, moved)[-1] == "distinct"


def test_nothing_to_change_is_not_an_error(ledger: Ledger):
    assert ledger.documents.retry([], ADA) == []


def test_many_are_changed_with_few_statements(ledger: Ledger, statements: list[str]):
    entries = planned(ledger, *range(2000), state=State.HELD)
    statements.clear()

    assert len(ledger.documents.retry(entries, ADA)) == 2000
    assert len(statements) < 20


def test_two_ledgers_of_the_same_address_are_one(ledger: Ledger, url: str):
    planned(ledger, 1)

    assert Ledger.open(url).documents.count() == {State.PLANNED: 1}


def test_a_ledger_that_was_closed_opens_again_when_it_is_used(url: str):
    ledger = Ledger.open(url)
    planned(ledger, 1)
    ledger.close()

    assert ledger.documents.count() == {State.PLANNED: 1}
    ledger.close()
