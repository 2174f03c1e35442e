"""Which expenses Debitoor has for documents of GetMyInvoices."""

from __future__ import annotations

from datetime import date

from debitoor_provider.sync.export.present import copies, copies_since, expenses_of
from tests.sync.stage import Stage


def test_the_look_at_the_end_finds_what_the_look_at_the_beginning_does(acme: Stage) -> None:
    acme.documents(3)
    acme.export()
    days = [date(2000, 1, 1)]
    found = copies_since(acme.debitoor, days)
    assert found == copies(expenses_of(acme.debitoor, days))
    assert sorted(found) == sorted(acme.states())
    assert [len(there) for there in found.values()] == [1, 1, 1]
