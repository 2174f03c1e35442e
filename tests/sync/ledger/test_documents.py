from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import ATTENTION, DONE, OPEN, IllegalTransition, State
from tests.sync.ledger.samples import OWNER, RUN, TTL, claimed, document, fresh, give_name, in_state, kinds, planned

if TYPE_CHECKING:
    from debitoor_provider.sync.ledger import Ledger, Order
    from tests.sync.ledger.samples import Clock


def found(ledger: Ledger, *args: Any, **options: Any) -> list[str]:
    return [entry.source_id for entry in ledger.documents.entries(*args, **options)]


@pytest.fixture
def shelf(ledger: Ledger, clock: Clock) -> Ledger:
    """Return three documents of one account and one of another, planned one after the other."""
    details: list[dict[str, Any]] = [
        {"document_date": date(2026, 1, 31), "company": "bäcker", "gross_amount": Decimal("9.50")},
        {"document_date": date(2026, 2, 1), "company": "Alpha", "gross_amount": Decimal("100.00")},
        {"document_date": None, "company": "Zeta 100%", "gross_amount": None},
    ]
    for number, detail in enumerate(details, 1):
        planned(ledger, number, **detail)
        clock.pass_by(minutes=1)
    planned(ledger, 4, account="other")
    return ledger


def test_entries_are_of_an_account_a_direction_and_states(shelf: Ledger):
    shelf.plans.enter("acme", "import", RUN, [document(9, state=State.HELD)])

    assert found(shelf, "acme", "export", {State.PLANNED}) == ["3", "2", "1"]
    assert found(shelf, "acme", "import") == ["9"]
    assert found(shelf, states=ATTENTION) == ["9"]
    assert found(shelf, "acme", states=set()) == []


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("changed", "123"),
        ("-changed", "321"),
        ("listed", "123"),
        ("-listed", "321"),
        ("date", "123"),
        ("-date", "213"),
        ("amount", "123"),
        ("-amount", "213"),
        ("number", "123"),
        ("-name", "321"),
    ],
)
def test_entries_are_sorted_and_what_is_empty_comes_last(shelf: Ledger, order: Order, expected: str):
    assert "".join(found(shelf, "acme", order=order)) == expected


def test_companies_are_sorted_without_regard_to_case(shelf: Ledger):
    planned(shelf, 5, company="beta")
    planned(shelf, 6, company="Gamma")

    names = [entry.company for entry in shelf.documents.entries("acme", order="company")]
    assert [name for name in names if name.isascii()] == ["Alpha", "beta", "Gamma", "Zeta 100%"]


def test_entries_come_in_pages(shelf: Ledger):
    assert found(shelf, "acme", limit=2) == ["3", "2"]
    assert found(shelf, "acme", limit=2, offset=2) == ["1"]
    assert found(shelf, "acme", offset=1) == ["2", "1"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BÄCKER", ["1"]),
        ("R-2", ["2"]),
        ("SCAN-3", ["3"]),
        ("100%", ["3"]),
        ("9.50", ["1"]),
        ("_", []),
        (" alpha ", ["2"]),
    ],
)
def test_text_is_found_wherever_a_person_would_look(shelf: Ledger, text: str, expected: list[str]):
    assert found(shelf, "acme", text=text) == expected


def test_text_is_found_in_the_chosen_name(shelf: Ledger):
    (entry, *_) = shelf.documents.entries("acme")
    give_name(shelf, entry, "Überweisung.pdf")

    assert found(shelf, text="überWEISUNG") == [entry.source_id]


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ((date(2026, 1, 31), date(2026, 2, 1)), ["2", "1"]),
        ((date(2026, 2, 1), None), ["2"]),
        ((None, date(2026, 1, 31)), ["1"]),
        ((None, None), ["3", "2", "1"]),
    ],
)
def test_a_period_includes_both_its_ends(shelf: Ledger, period: tuple[date | None, date | None], expected: list[str]):
    assert found(shelf, "acme", period=period) == expected


def test_the_documents_of_a_run_are_those_it_planned_or_worked_on(ledger: Ledger):
    ledger.plans.enter("acme", "export", "planner", [document(1), document(2)])
    (entry,) = ledger.leases.claim(ledger.documents.entries(text="R-1"), OWNER, TTL, run_id="mover")
    ledger.steps.intend(entry)

    assert found(ledger, run="planner", order="listed") == ["1", "2"]
    assert found(ledger, run="mover") == ["1"]
    assert ledger.documents.count(run="mover") == {State.SENDING: 1}


def test_the_count_is_by_state(ledger: Ledger):
    planned(ledger, 1, 2)
    in_state(ledger, State.HELD, 3)

    assert ledger.documents.count("acme") == {State.PLANNED: 2, State.HELD: 1}
    assert ledger.documents.count("acme", text="R-3") == {State.HELD: 1}
    assert ledger.documents.count("nobody") == {}


def test_known_documents_come_by_their_source_ids(ledger: Ledger):
    planned(ledger, *range(600))
    known = ledger.documents.known("acme", "export", [str(number) for number in range(500, 1200)])

    assert sorted(map(int, known)) == list(range(500, 600))
    assert known["555"].document_number == "R-555"


def test_an_unknown_entry_is_none(ledger: Ledger):
    assert ledger.documents.entry(4711) is None


def test_the_longest_unchecked_documents_are_checked_first(ledger: Ledger, clock: Clock):
    for number in (2, 1, 3):
        planned(ledger, number, state=State.WAITING)
        clock.pass_by(hours=1)
    planned(ledger, 2, state=State.WAITING)  # asked again

    assert [entry.source_id for entry in ledger.documents.waiting("acme")] == ["1", "3", "2"]
    assert [entry.source_id for entry in ledger.documents.waiting("acme", 1)] == ["1"]
    assert [entry.source_id for entry in ledger.documents.waiting("acme", codes={"another"})] == []
    code = next(iter(ledger.documents.waiting("acme"))).reason_code
    assert [entry.source_id for entry in ledger.documents.waiting("acme", codes={code})] == ["1", "3", "2"]


def test_what_another_account_sent_can_be_seen(ledger: Ledger):
    same, other = planned(ledger, 1, 2, account="other")
    (sent,) = claimed(ledger, 1)
    ledger.steps.moved(sent, "expense-1")

    elsewhere = ledger.documents.sent_elsewhere([same, other])
    assert {id_: entry.target_id for id_, entry in elsewhere.items()} == {same.id: "expense-1"}
    assert ledger.documents.sent_elsewhere(ledger.documents.entries("acme")) == {}


def test_a_lists_worth_is_the_same_for_a_reader(shelf: Ledger):
    first = shelf.documents.entries("acme")

    assert shelf.documents.entries("acme") == first
    assert "snapshot" not in repr(first[0])


def test_a_run_is_counted_by_what_it_did(ledger: Ledger):
    one, two, three, four, five, six = claimed(ledger, 1, 2, 3, 4, 5, 6)
    moved = [ledger.steps.moved(entry, f"expense-{entry.id}") for entry in (one, two, three)]
    ledger.steps.archived(moved[:1], RUN)
    ledger.steps.not_archived(moved[1], RUN, Message("as_written", text="The document is locked.", remedy=""))
    ledger.steps.hold(four, Message("as_written", text="It is in USD.", remedy=""), code="currency")
    ledger.steps.reject(five, Message("as_written", text="The file is empty.", remedy=""), code="file")
    ledger.steps.wait(six, Message("as_written", text="It is not approved yet.", remedy=""), code="approval")

    assert ledger.runs.counts(RUN) == {
        "moved": 3,
        "archived": 1,
        "not archived": 1,
        "held": 1,
        "rejected": 1,
        "waiting": 1,
    }
    assert ledger.runs.counts("another") == {}


def test_a_problem_fixed_by_a_later_attempt_is_not_counted(ledger: Ledger):
    (entry,) = claimed(ledger, 1)
    ledger.documents.retry(
        [ledger.steps.reject(entry, Message("as_written", text="The file is empty.", remedy=""), code="file")],
        "user:ada",
    )
    assert ledger.runs.counts(RUN) == {}

    (entry,) = ledger.leases.claim([entry], OWNER, TTL, run_id=RUN)
    ledger.steps.moved(entry, "expense-1")
    assert ledger.runs.counts(RUN) == {"moved": 1}


def test_entries_are_of_any_of_several_accounts(shelf: Ledger):
    assert found(shelf, accounts=["acme", "other"]) == ["4", "3", "2", "1"]
    assert found(shelf, accounts={"other", "nobody"}) == ["4"]
    assert found(shelf, accounts=[]) == []
    assert found(shelf, except_accounts=["acme", "nobody"]) == ["4"]
    assert found(shelf, except_accounts=[]) == ["4", "3", "2", "1"]


def test_documents_needing_attention_are_counted_and_found_by_reason(ledger: Ledger):
    for number, code in enumerate(["currency", "country", "currency"]):
        planned(ledger, number, state=State.HELD, message=Message(code))
    planned(ledger, 9)
    assert ledger.documents.codes(states=ATTENTION) == {"currency": 2, "country": 1}
    assert ledger.documents.codes("other", states=ATTENTION) == {}
    assert found(ledger, code="country") == ["1"]


def test_documents_are_counted_and_found_by_their_mark(ledger: Ledger):
    marked, plain = claimed(ledger, 1, 2)
    mark = Message("nearest_split", spans=[])
    ledger.steps.moved(ledger.steps.intend(marked, mark=mark), "expense-1")
    ledger.steps.moved(ledger.steps.intend(plain), "expense-2")
    assert ledger.lists.marks(account="acme") == {"nearest_split": 1}
    assert ledger.lists.marks(account="other") == {}
    assert found(ledger, mark="nearest_split") == ["1"]
    assert [entry.mark for entry in ledger.documents.by_ids([marked.id, plain.id])] == [mark, None]


def test_a_document_that_is_found_at_the_target_has_its_mark(ledger: Ledger):
    (entry,) = claimed(ledger, 1)
    assert ledger.steps.moved(entry, "expense-1", mark=Message("nearest_split", spans=[])).mark_code == "nearest_split"


def test_documents_are_found_by_their_ids(ledger: Ledger):
    (first, second) = planned(ledger, 1, 2)
    (other,) = planned(ledger, 3, account="other")
    assert ledger.documents.ids("acme") == [first.id, second.id]
    assert [entry.id for entry in ledger.documents.by_ids([other.id, first.id, -1])] == [first.id, other.id]


# A person's decisions

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
