from __future__ import annotations

import pytest

from debitoor_provider.sync.ledger import ATTENTION, DONE, DUE, OPEN, EventKind, IllegalTransition, State
from debitoor_provider.sync.ledger.states import STEPS, is_legal, require_legal


def test_every_kind_has_a_step():
    assert set(STEPS) == set(EventKind)


def test_every_state_can_be_reached_from_an_unknown_document():
    reached: set[State] = {state for step in STEPS.values() if step.creates for state in step.targets}
    for _ in State:
        reached |= {state for step in STEPS.values() if step.origins & reached for state in step.targets}

    assert reached == set(State)


def test_what_is_at_the_target_leaves_only_to_be_sent_again_or_because_it_is_there_twice():
    ways = {kind for kind, step in STEPS.items() if step.origins & DONE and not step.targets <= DONE}

    assert ways == {EventKind.SENT_AGAIN, EventKind.DOUBLED}
    assert STEPS[EventKind.DOUBLED].targets == {State.HELD}


def test_an_open_outcome_is_settled_by_the_holder_of_the_lease_or_by_the_target():
    ways = {kind for kind, step in STEPS.items() if State.SENDING in step.origins and not step.leased}

    assert ways == {EventKind.REBUILT}


def test_nothing_becomes_sending_without_an_intent():
    ways = {kind for kind, step in STEPS.items() if State.SENDING in step.targets - step.origins}
    entering = {
        kind for kind, step in STEPS.items() if State.SENDING in step.targets and step.origins - {State.SENDING}
    }

    assert ways == set()
    assert entering == {EventKind.INTENT}


def test_a_plan_leaves_alone_what_is_under_way_done_or_ignored():
    assert not STEPS[EventKind.LISTED].origins & {State.SENDING, State.IGNORED, *DONE}


@pytest.mark.parametrize("state", [State.MOVED, State.ARCHIVED, State.SENDING, State.IGNORED])
def test_other_states_cannot_become_gone(state: State):
    assert not is_legal(EventKind.GONE, state, State.GONE)


def test_an_illegal_step_is_named_in_plain_words():
    with pytest.raises(IllegalTransition, match="A document that is archived cannot become sending by intent"):
        require_legal(EventKind.INTENT, State.ARCHIVED, State.SENDING)


def test_an_unknown_document_begins_with_a_plan_another_account_or_a_rebuild():
    beginnings = {kind for kind in EventKind for state in State if is_legal(kind, None, state)}

    assert beginnings == {EventKind.LISTED, EventKind.ADOPTED, EventKind.REBUILT}


def test_the_groups_of_states_match_their_names():
    assert ATTENTION < OPEN
    assert set(DUE & OPEN) == {State.PLANNED}
    assert not DONE & (OPEN | DUE)
