from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.sync.ledger import FoundDocument, Outcome, RebuildResult, State
from debitoor_provider.sync.rate_sums import RateAmounts
from tests.sync.ledger.samples import OWNER, RUN, TTL, claimed, document, fresh, in_state, kinds, planned

if TYPE_CHECKING:
    from debitoor_provider.sync.ledger import Ledger
    from debitoor_provider.sync.statement import StatedRate


def at_the_target(number: int, name: str | None = None) -> FoundDocument:
    return FoundDocument(
        str(number),
        document(number).exchange_key,
        f"expense-{number}",
        target_name=name,
        company="Müller & Söhne",
        gross_amount=Decimal("119.00"),
        moved_at=datetime(2026, 2, 4, tzinfo=UTC),
    )


def test_a_lost_ledger_is_filled_from_what_the_target_has(ledger: Ledger):
    result = ledger.documents.rebuild("acme", "export", [at_the_target(1, "a.pdf"), at_the_target(2, "b.pdf")])

    one, two = ledger.documents.entries("acme", order="listed")
    assert result == RebuildResult(added=2, restored=0, unchanged=0)
    assert (one.state, one.target_id, one.target_name) == (State.MOVED, "expense-1", "a.pdf")
    assert (two.moved_at, two.gross_amount) == (datetime(2026, 2, 4, tzinfo=UTC), Decimal("119.00"))
    assert kinds(ledger, one)[0] == "rebuilt"
    assert ledger.plans.enter("acme", "export", RUN, [document(1)]).outcomes == {"1": Outcome.DONE}


def test_to_rebuild_twice_changes_nothing(ledger: Ledger):
    ledger.documents.rebuild("acme", "export", [at_the_target(1)])

    assert ledger.documents.rebuild("acme", "export", [at_the_target(1)]) == RebuildResult(
        added=0, restored=0, unchanged=1
    )


@pytest.mark.parametrize("state", sorted(set(State) - {State.MOVED, State.ARCHIVED, State.IGNORED}))
def test_a_document_at_the_target_counts_as_moved_whatever_the_ledger_says(ledger: Ledger, state: State):
    entry = in_state(ledger, state)
    assert ledger.documents.rebuild("acme", "export", [at_the_target(1)]).restored == 1

    after = fresh(ledger, entry)
    assert (after.state, after.previous_state, after.target_id) == (State.MOVED, state, "expense-1")
    assert (after.reason_code, after.file_id) == ("", None)
    assert ledger.documents.history(entry)[-1].detail == {"target_id": "expense-1"}


@pytest.mark.parametrize("state", [State.MOVED, State.ARCHIVED, State.IGNORED])
def test_known_records_stay_unchanged(ledger: Ledger, state: State):
    entry = in_state(ledger, state)

    assert ledger.documents.rebuild("acme", "export", [at_the_target(1)]) == RebuildResult(0, 0, 1)
    assert fresh(ledger, entry) == entry


@pytest.mark.parametrize("sending", [False, True])
@pytest.mark.parametrize("is_known", [False, True])
def test_what_a_person_wants_sent_once_more_stays_so_until_it_is_there(ledger: Ledger, is_known: bool, sending: bool):
    entry = in_state(ledger, State.MOVED)
    if not is_known:
        ledger.documents.retry([entry], "user:ada", if_missing=True)
        ledger.documents.mark_moved([entry], "user:ada")
    ledger.documents.retry([entry], "user:ada", new_record=True)
    if sending:
        ledger.steps.intend(*ledger.leases.claim([fresh(ledger, entry)], OWNER, TTL, run_id=RUN))
    before = fresh(ledger, entry)
    assert ledger.documents.rebuild("acme", "export", [at_the_target(1)]) == RebuildResult(0, 0, 1)
    assert fresh(ledger, entry) == before

    new = replace(at_the_target(1), target_id="expense-new", moved_at=datetime(2026, 3, 2, tzinfo=UTC))
    old = replace(at_the_target(1), moved_at=datetime(2026, 3, 1, tzinfo=UTC))
    assert ledger.documents.rebuild("acme", "export", [new, old]).restored == 1
    assert fresh(ledger, entry).target_id == "expense-new"


def test_a_known_document_gets_the_amounts_by_rate_that_it_lacks(ledger: Ledger):
    entry = in_state(ledger, State.MOVED)
    booked = {"booked_gross": Decimal("119.01"), "booked_currency": "EUR"}
    by_rate: dict[StatedRate, RateAmounts] = {Decimal(19): RateAmounts(Decimal("119.01"), Decimal("100.02"))}
    found = replace(at_the_target(1), **booked, by_rate=by_rate)
    assert ledger.documents.rebuild("acme", "export", [found]) == RebuildResult(0, 1, 0)
    after = fresh(ledger, entry)
    assert after == entry._replace(**booked, booked_rates="19:119.01:100.02")

    other = replace(found, booked_gross=Decimal(50), by_rate={Decimal(7): RateAmounts(Decimal(50))})
    assert ledger.documents.rebuild("acme", "export", [other]) == RebuildResult(0, 0, 1)
    assert fresh(ledger, entry) == after


def test_of_several_records_the_one_that_is_known_stays(ledger: Ledger):
    entry = in_state(ledger, State.MOVED)
    found = [at_the_target(1), replace(at_the_target(1), target_id="expense-new")]

    assert ledger.documents.rebuild("acme", "export", found) == RebuildResult(0, 0, 1)
    assert fresh(ledger, entry) == entry


def test_another_record_at_the_target_takes_the_place_of_the_one_that_was_known(ledger: Ledger):
    entry = in_state(ledger, State.MOVED)
    ledger.documents.rebuild("acme", "export", [replace(at_the_target(1), target_id="expense-new")])

    assert fresh(ledger, entry).target_id == "expense-new"


def test_a_name_that_the_target_has_twice_is_kept_once(ledger: Ledger):
    ledger.documents.rebuild("acme", "export", [at_the_target(1, "same.pdf"), at_the_target(2, "Same.pdf")])

    assert [entry.target_name for entry in ledger.documents.entries(order="listed")] == ["same.pdf", None]


def test_a_run_that_was_sending_meanwhile_succeeds(ledger: Ledger):
    (entry,) = claimed(ledger, 1)
    entry = ledger.steps.intend(entry)
    ledger.documents.rebuild("acme", "export", [at_the_target(1)])

    assert ledger.steps.moved(entry, "expense-1").state is State.MOVED


def test_many_are_restored_with_few_statements(ledger: Ledger, statements: list[str]):
    planned(ledger, *range(1000))
    statements.clear()
    result = ledger.documents.rebuild(
        "acme", "export", [at_the_target(number, f"{number}.pdf") for number in range(2000)]
    )

    assert result == RebuildResult(added=1000, restored=1000, unchanged=0)
    assert len(statements) < 80
