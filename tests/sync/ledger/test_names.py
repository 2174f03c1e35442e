from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.sync.ledger import LeaseLost, State
from tests.sync.ledger.samples import RUN, TTL, claimed, document, fresh, give_name, in_state, kinds, planned

if TYPE_CHECKING:
    from debitoor_provider.sync.ledger import Entry, Ledger


def test_a_planned_document_gets_a_name(ledger: Ledger):
    (entry,) = planned(ledger, 1)
    named = give_name(ledger, entry, "2026-02-03_Müller.pdf")

    assert named is not None
    assert named.target_name == fresh(ledger, entry).target_name == "2026-02-03_Müller.pdf"
    assert ledger.documents.history(entry)[-1].detail == {"name": "2026-02-03_Müller.pdf"}


@pytest.mark.parametrize("same", ["Müller.pdf", "MÜLLER.PDF", "Mu\u0308ller.pdf"])
def test_a_name_that_another_document_has_is_taken(ledger: Ledger, same: str):
    one, two = planned(ledger, 1, 2)
    give_name(ledger, one, "Müller.pdf")

    assert give_name(ledger, two, same) is None
    assert fresh(ledger, two).target_name is None
    assert give_name(ledger, two, "Müller_2.pdf") is not None


def test_another_account_may_use_the_same_name(ledger: Ledger):
    (one,), (two,) = planned(ledger, 1), planned(ledger, 2, account="other")
    give_name(ledger, one, "invoice.pdf")

    assert give_name(ledger, two, "invoice.pdf") is not None


def test_a_document_keeps_its_name(ledger: Ledger):
    (entry,) = planned(ledger, 1)
    give_name(ledger, entry, "first.pdf")
    again = give_name(ledger, entry, "second.pdf")

    assert again is not None
    assert again.target_name == "first.pdf"
    assert kinds(ledger, entry) == ["listed", "named"]


@pytest.mark.parametrize("state", sorted(set(State) - {State.PLANNED}))
def test_only_a_planned_document_is_named(ledger: Ledger, state: State):
    entry = in_state(ledger, state)

    naming = ledger.names.give_all([(entry, "late.pdf")])
    assert (naming.named, naming.taken) == ([], [])


def test_a_document_that_is_being_sent_may_get_another_name(ledger: Ledger):
    planned(ledger, 1, 2)
    one, two = claimed(ledger, 1, 2)
    ledger.names.give_all([(one, "one.pdf"), (two, "two.pdf")])
    entry = ledger.steps.intend(one)

    assert ledger.names.change(entry, "TWO.pdf") is None
    changed = ledger.names.change(entry, "three.pdf")
    assert changed == entry._replace(target_name="three.pdf")
    assert fresh(ledger, one).target_name == "three.pdf"
    assert kinds(ledger, one) == ["listed", "named", "intent", "named"]
    assert give_name(ledger, two, "two.pdf") is not None
    assert ledger.names.taken("acme", "export", "") == {"two.pdf", "three.pdf"}


def test_only_the_run_that_sends_a_document_changes_its_name(ledger: Ledger):
    (entry,) = claimed(ledger, 1)
    give_name(ledger, entry, "one.pdf")
    with pytest.raises(LeaseLost):
        ledger.names.change(entry, "two.pdf")  # not announced

    sending = ledger.steps.intend(entry)
    ledger.leases.release(entry.owner)
    ledger.leases.claim([sending], "another run", TTL)
    with pytest.raises(LeaseLost):
        ledger.names.change(sending, "two.pdf")
    assert fresh(ledger, entry).target_name == "one.pdf"


@pytest.mark.parametrize("name", ["", "x" * 256])
def test_a_name_that_no_file_system_takes_is_refused(ledger: Ledger, name: str):
    with pytest.raises(ValueError, match="1 to 255 characters"):
        give_name(ledger, planned(ledger, 1)[0], name)


def test_many_are_named_with_few_statements(ledger: Ledger, statements: list[str]):
    entries = planned(ledger, *range(2000))
    statements.clear()
    naming = ledger.names.give_all((entry, f"{entry.source_id}.pdf") for entry in entries)

    assert len(naming.named) == 2000
    assert naming.taken == []
    assert len(statements) < 40


def test_of_many_with_the_same_name_one_gets_it(ledger: Ledger):
    entries = planned(ledger, 1, 2, 3)
    naming = ledger.names.give_all(
        (entry, name) for entry, name in zip(entries, ["a.pdf", "A.pdf", "b.pdf"], strict=True)
    )

    assert [entry.target_name for entry in naming.named] == ["a.pdf", "b.pdf"]
    assert [entry.id for entry in naming.taken] == [entries[1].id]


def test_names_with_a_common_prefix_can_be_requested(ledger: Ledger):
    entries = planned(ledger, 1, 2, 3)
    names = ["Invoice.pdf", "invoice_2.pdf", "other.pdf"]
    ledger.names.give_all(zip(entries, names, strict=True))

    assert ledger.names.taken("acme", "export", "INVOICE") == {"Invoice.pdf", "invoice_2.pdf"}
    assert ledger.names.taken("acme", "export", "invoice_") == {"invoice_2.pdf"}
    assert ledger.names.taken("acme", "import", "invoice") == set()
    assert ledger.names.keys_taken("acme", "export", ["INVOICE.PDF", "invoice"]) == {"invoice.pdf"}
    assert ledger.names.keys_taken("acme", "import", ["invoice.pdf"]) == set()


def test_a_race_for_a_name_has_one_winner(ledger: Ledger):
    entries = planned(ledger, *range(8))
    start = threading.Barrier(8)

    def race(entry: Entry) -> Entry | None:
        start.wait()
        return give_name(ledger, entry, "invoice.pdf")

    with ThreadPoolExecutor(8) as pool:
        winners = [entry for entry in pool.map(race, entries) if entry is not None]

    assert len(winners) == 1
    assert [entry.id for entry in ledger.documents.entries(text="invoice.pdf")] == [winners[0].id]


def test_a_race_of_two_lists_of_names_gives_each_name_once(ledger: Ledger):
    ledger.plans.enter("acme", "export", RUN, [document(number) for number in range(200)])
    entries = ledger.documents.entries("acme", order="listed")
    start = threading.Barrier(2)

    def race(mine: list[Entry]) -> int:
        start.wait()
        return len(ledger.names.give_all((entry, f"{number}.pdf") for number, entry in enumerate(mine)).named)

    with ThreadPoolExecutor(2) as pool:
        named = list(pool.map(race, [entries[:100], entries[100:]]))

    assert sum(named) == len(ledger.names.taken("acme", "export", "")) == 100
