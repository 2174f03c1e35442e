"""Which expenses Debitoor has for documents of GetMyInvoices."""

from __future__ import annotations

from datetime import date

from debitoor_provider.sync.export.present import copies, copies_since, expenses_of, repeated_since
from tests.sync.stage import Stage


def test_the_look_at_the_end_finds_what_the_look_at_the_beginning_does(acme: Stage) -> None:
    acme.documents(3)
    acme.export()
    days = [date(2000, 1, 1)]
    found = copies_since(acme.debitoor, days)
    assert found == copies(expenses_of(acme.debitoor, days))
    assert sorted(found) == sorted(acme.states())
    assert [len(there) for there in found.values()] == [1, 1, 1]


def test_only_documents_with_several_expenses_are_doubled(acme: Stage) -> None:
    acme.documents(2)
    acme.export()
    days = [date(2000, 1, 1)]
    watch = acme.watch()
    assert repeated_since(acme.debitoor, days) == {}
    assert watch.calls["debitoor.expenses.list"] == 2  # to the empty page
    copied, _ = acme.company.expenses()
    acme.company.add_expense(date=copied["date"], lines=copied["lines"])
    doubled = repeated_since(acme.debitoor, days)
    assert doubled == {uid: found for uid, found in copies_since(acme.debitoor, days).items() if len(found) == 2}
    assert [len(found) for found in doubled.values()] == [2]
