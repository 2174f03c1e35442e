from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from debitoor_provider.sync.ledger import DUE, State
from tests.sync.ledger.samples import RUN, document, give_name, in_state, planned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from debitoor_provider.sync.ledger import Entry, Ledger, Pending


def ids(entries: Sequence[Entry]) -> list[str]:
    return [entry.source_id for entry in entries]


def due(ledger: Ledger, planned_by: str | None = None) -> Pending:
    return ledger.plans.pending("acme", "export", DUE, planned_by=planned_by)


def test_the_oldest_documents_come_first_and_those_without_a_date_last(ledger: Ledger):
    days = {1: date(2026, 3, 1), 2: None, 3: date(2026, 1, 1), 4: date(2026, 3, 1)}
    ledger.plans.enter("acme", "export", RUN, [document(number, document_date=day) for number, day in days.items()])
    assert ids(due(ledger)) == ["3", "1", "4", "2"]


def test_only_what_is_due_in_the_account_counts(ledger: Ledger):
    planned(ledger, 1, account="other")
    in_state(ledger, State.MOVED, 2)
    in_state(ledger, State.SENDING, 3)
    planned(ledger, 4)
    assert ids(due(ledger)) == ["3", "4"]


def test_a_run_may_ask_for_what_it_planned_itself(ledger: Ledger):
    planned(ledger, 1, 2)
    ledger.plans.enter("acme", "export", "later", [document(2), document(3)])
    assert ids(due(ledger, planned_by="later")) == ["2", "3"]
    assert not due(ledger, planned_by="nobody")


def test_each_entry_is_current_when_it_is_read(ledger: Ledger):
    (entry,) = planned(ledger, 1)
    pending = due(ledger)
    give_name(ledger, entry, "invoice.pdf")
    assert (pending[0].target_name, [one.target_name for one in pending]) == ("invoice.pdf", ["invoice.pdf"])


def test_many_are_read_in_their_order_and_can_be_cut(ledger: Ledger):
    ledger.plans.enter("acme", "export", RUN, [document(number) for number in range(1200, 0, -1)])
    pending = due(ledger)
    assert len(pending) == 1200
    assert ids(pending) == [str(number) for number in range(1200, 0, -1)]
    assert ids(pending[500:503]) == ["700", "699", "698"]
    assert (pending[-1].source_id, len(pending[1100:1300])) == ("1", 100)


def test_unnamed_entries_are_returned_in_order_of_arrival(ledger: Ledger):
    days = {10: date(2026, 1, 1), 9: date(2026, 2, 1), 8: None}
    ledger.plans.enter("acme", "export", RUN, [document(number, document_date=day) for number, day in days.items()])
    (named,) = planned(ledger, 7)
    give_name(ledger, named, "invoice.pdf")
    in_state(ledger, State.HELD, 6)
    ledger.plans.enter("acme", "export", "later", [document(9)])
    assert ids(ledger.plans.unnamed("acme", "export")) == ["8", "9", "10"]
    assert ids(ledger.plans.unnamed("acme", "export", planned_by="later")) == ["9"]
