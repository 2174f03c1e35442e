"""What a person says of one document, and what follows for others."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.sync.decisions import choose, distinguish
from debitoor_provider.sync.directions import DIRECTIONS
from debitoor_provider.sync.ledger import State, read_choices
from debitoor_provider.sync.steps.lookalikes import lookalike_keys
from tests.sync.invoice.writers import Group, cii, in_pdf, stated

if TYPE_CHECKING:
    from debitoor_provider.sync.ledger import Entry
    from tests.sync.stage import Stage

USUAL = {"document_number": "RE-2026/001", "document_date": "2026-01-31"}


@pytest.fixture
def pair(acme: Stage) -> tuple[str, str]:
    """Return a document that waits for its currency, and one like it that was sent and marked in the meantime."""
    waiting = acme.document(**USUAL, currency="USD")
    acme.export()
    sent = acme.document(**USUAL)
    acme.export()
    assert lookalike_keys(acme.entry(sent)) == [f"acme/{waiting}"]
    return waiting, sent


@pytest.mark.parametrize("duplicates", ["flag", "hold"])
def test_what_was_said_of_one_of_two_is_not_asked_about_the_other(
    acme: Stage, pair: tuple[str, str], duplicates: str
) -> None:
    waiting, sent = pair
    distinguish(acme.ledger, [acme.entry(sent)], "user:anna", "two deliveries")
    acme.company.edit_document(int(waiting), currency="EUR")
    acme.export(acme.exports(duplicates=duplicates))
    assert acme.states() == {waiting: "moved", sent: "moved"}
    assert lookalike_keys(acme.entry(waiting)) == []


def test_a_preview_knows_it_too(acme: Stage, pair: tuple[str, str]) -> None:
    waiting, sent = pair
    account = acme.exports(duplicates="hold")
    acme.company.edit_document(int(waiting), currency="EUR")
    assert {row.source_id: row.outcome for row in acme.preview(account)}[waiting] == "held"
    distinguish(acme.ledger, [acme.entry(sent)], "user:anna", "two deliveries")
    assert {row.source_id: row.outcome for row in acme.preview(account)}[waiting] == "send"


@pytest.mark.parametrize("place", [0, 1])
def test_two_that_are_marked_because_of_each_other_are_settled_at_once(
    acme: Stage, pair: tuple[str, str], place: int
) -> None:
    acme.company.edit_document(int(pair[0]), currency="EUR")
    acme.export()
    assert [lookalike_keys(acme.entry(uid)) for uid in pair] == [[f"acme/{uid}"] for uid in reversed(pair)]
    changed = distinguish(acme.ledger, [acme.entry(pair[place])], "user:anna", "two deliveries")
    assert {entry.source_id for entry in changed} == set(pair)
    assert acme.ledger.lists.marks(account="acme") == {}


def test_both_may_be_named(acme: Stage, pair: tuple[str, str]) -> None:
    acme.company.edit_document(int(pair[0]), currency="EUR")
    acme.export()
    changed = distinguish(acme.ledger, [acme.entry(uid) for uid in pair], "user:anna", "two deliveries")
    assert sorted(entry.source_id for entry in changed) == sorted(pair)
    said = [event.kind for entry in changed for event in acme.ledger.documents.history(entry)].count("distinct")
    assert said == 2


def test_a_run_that_is_faster_with_one_of_two_does_not_hide_what_was_said_of_the_other(
    acme: Stage, pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    acme.company.edit_document(int(pair[0]), currency="EUR")
    acme.export()
    one, seen = acme.entry(pair[0]), acme.ledger.documents.known

    def known(*args: Any) -> dict[str, Entry]:
        found = seen(*args)
        acme.ledger.documents.retry(found.values(), "user:ben", new_record=True)
        return found

    monkeypatch.setattr(acme.ledger.documents, "known", known)
    changed = distinguish(acme.ledger, [one], "user:anna", "two deliveries")
    assert [entry.source_id for entry in changed] == [pair[0]]


def test_one_that_looks_like_a_third_keeps_its_mark(acme: Stage, pair: tuple[str, str]) -> None:
    third = acme.document(**USUAL)
    acme.export()
    assert lookalike_keys(acme.entry(third)) == [f"acme/{uid}" for uid in pair]
    distinguish(acme.ledger, [acme.entry(pair[1])], "user:anna", "two deliveries")
    assert lookalike_keys(acme.entry(third)) == [f"acme/{uid}" for uid in pair]


@pytest.mark.parametrize("net", [None, "90.00"])
def test_a_record_without_a_gross_amount_is_no_choice(acme: Stage, net: str | None) -> None:
    file = in_pdf(cii(stated(Group(Decimal(19), Decimal("100.00"), Decimal("19.00")))))
    uid = acme.document(file, net_amount=net, gross_amount=None, tax_rates=["7"])
    acme.export()
    entry = acme.entry(uid)
    assert "no gross amount in the record, 119.00 in the invoice" in entry.reason
    assert DIRECTIONS["export"].questions(entry, "record") == ()
    choose(acme.ledger, "invoice", [entry], "user:anna", "as on the paper")
    acme.export()
    assert str(acme.entry(uid).booked_gross) == "119.00"


class TestFiguresOfADocumentThatWasRejected:
    @pytest.fixture
    def rejected(self, acme: Stage) -> str:
        """Return a document that a person had booked as its record says, and that Debitoor refused."""
        uid = acme.document(
            in_pdf(cii(stated(Group(Decimal(19), Decimal("100.00"), Decimal("19.00"))))),
            net_amount="200.00",
            gross_amount="238.00",
        )
        acme.export()
        assert acme.states() == {uid: "held invoice_contradicts"}
        choose(acme.ledger, "record", [acme.entry(uid)], "user:anna", "as paid")
        acme.fault("status", "debitoor.expenses.create", status=400, times=1)
        acme.export()
        return uid

    def test_the_other_figures_may_be_chosen(self, acme: Stage, rejected: str) -> None:
        entry = acme.entry(rejected)
        assert (entry.state, entry.reason_code, entry.invoice) == (State.REJECTED, entry.reason_code, "contradicts")
        assert DIRECTIONS["export"].questions(entry, "invoice") == ["invoice_contradicts"]
        [entry] = choose(acme.ledger, "invoice", [entry], "user:anna", "as on the paper")
        assert read_choices(entry.choice) == {"invoice_contradicts": "invoice"}
        acme.export()
        assert acme.states() == {rejected: "moved"}
        assert str(acme.entry(rejected).booked_gross) == "119.00"
