"""A document that is marked because its expense is a draft loses the mark when the expense is seen to be booked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from debitoor_provider.sync.check.check import check

if TYPE_CHECKING:
    from tests.sync.stage import Stage


@pytest.fixture
def draft(acme: Stage) -> str:
    """Return a document whose expense strict bookkeeping left as a draft."""
    acme.company.switch(strict_bookkeeping=True)
    uid = acme.document()
    acme.export()
    assert [mark.code for mark in acme.entry(uid).marks] == ["unbooked"]
    return uid


def book(acme: Stage, uid: str) -> None:
    """Book an expense as a person does in Debitoor, which numbers it."""
    acme.company.edit_entity(acme.entry(uid).target_id or "", number=17)


def run(acme: Stage) -> None:
    """Move another document: the run looks at what Debitoor has."""
    acme.document()
    acme.export()


def checked(acme: Stage) -> None:
    with check(acme.job(acme.exports(), run_id="check")):
        pass


@pytest.mark.parametrize("look", [run, checked])
def test_whoever_reads_the_expense_again_takes_the_mark_off(acme: Stage, draft: str, look) -> None:
    look(acme)
    assert [mark.code for mark in acme.entry(draft).marks] == ["unbooked"]
    book(acme, draft)
    look(acme)
    entry = acme.entry(draft)
    assert (entry.marks, entry.state) == ((), "moved")
    last = acme.ledger.documents.history(entry)[-1]
    assert (last.kind, last.to_state, last.detail) == ("booked", "moved", {"number": "17"})
    look(acme)
    assert acme.ledger.documents.history(entry)[-1].id == last.id


@pytest.mark.parametrize("look", [run, checked])
def test_other_marks_stay(acme: Stage, look) -> None:
    uid = acme.document(net_amount="115.00", gross_amount="126.05", tax_rates=["7", "19"])
    acme.export()
    [mark] = acme.entry(uid).marks
    look(acme)
    assert acme.entry(uid).marks == (mark,)


def test_a_document_that_loses_its_mark_is_archived(acme: Stage, draft: str) -> None:
    book(acme, draft)
    checked(acme)
    acme.archive(acme.exports(archive_after_transfer=True))
    assert acme.archived() == {draft}


def test_a_document_that_a_person_called_no_duplicate_is_archived(acme: Stage) -> None:
    uid = acme.document()
    acme.export()
    acme.ledger.documents.distinguish([acme.entry(uid)], ["acme/7"], "user:ada")
    acme.archive(acme.exports(archive_after_transfer=True))
    assert acme.archived() == {uid}
