"""Two records of one document at the target."""

from __future__ import annotations

from typing import Any

import pytest

from debitoor_provider.messages import Reader, written_for
from tests.sync.announced import as_announced
from tests.sync.stage import Stage


def test_an_expense_that_the_network_delivers_twice_is_held_with_both_named(twice: Stage) -> None:
    uid = twice.document()
    other = twice.document()
    twice.company.delete_document(int(other))
    twice.export(twice.exports(archive_after_transfer=True))
    first, second = twice.company.expenses()
    entry = twice.entry(uid)
    assert twice.states() == {uid: "held booked_twice"}
    assert twice.archived() == set()
    assert entry.reason == (
        "There are 2 records with this document's mark: "
        f"{first['number']} (id {first['id']}, 2026-01-31, 119.00 EUR), "
        f"{second['number']} (id {second['id']}, 2026-01-31, 119.00 EUR)."
    )
    with written_for(Reader("fr", page=True)):
        assert f"(id {first['id']}, 31 janv. 2026, 119,00 EUR)" in entry.reason
    assert entry.remedy.startswith("Delete all but one of them and send the document again.")
    event = twice.ledger.documents.history(entry)[-1]
    assert (event.kind, sorted(event.detail["copies"])) == ("doubled", sorted([first["id"], second["id"]]))
    assert twice.ledger.runs.counts(twice.run_id) == {"held": 1}


def test_when_one_of_the_two_is_deleted_a_retry_takes_the_other(twice: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    uid = twice.document()
    account = twice.exports(archive_after_transfer=True)
    twice.export(account)
    first, second = twice.company.expenses()
    twice.debitoor.delete_expense(first["id"])
    twice.ledger.documents.retry([twice.entry(uid)], "user:anna")
    watch = twice.watch()
    twice.export(account)
    assert twice.states() == {uid: "archived"}
    assert twice.entry(uid).target_id == second["id"]
    assert watch.created == {}


def test_a_retry_before_one_of_them_is_deleted_holds_the_document_again(twice: Stage) -> None:
    uid = twice.document()
    twice.export()
    twice.ledger.documents.retry([twice.entry(uid)], "user:anna")
    watch = twice.watch()
    twice.export()
    assert twice.states() == {uid: "held booked_twice"}
    assert watch.created == {}


@pytest.mark.parametrize(
    ("edited", "settings"),
    [({"tags": []}, {"filter": {"tags": {"any": ["books"]}}}), ({"note": "edited"}, {}), ({}, {"rename": "{company}"})],
    ids=["left out now", "edited", "other settings"],
)
def test_a_document_with_two_records_stays_held_and_counted_whatever_changes(
    twice: Stage, edited: dict[str, Any], settings: dict[str, Any]
) -> None:
    uid = twice.document()
    twice.export()
    [before] = twice.ledger.lists.sums()
    assert before.rates
    if edited:
        twice.company.edit_document(int(uid), **edited)
    watch = twice.watch()
    for _ in range(2):
        twice.export(twice.exports(**settings))
    assert twice.states() == {uid: "held booked_twice"}
    assert twice.ledger.lists.sums() == [before]
    assert watch.created == {}


def test_a_document_held_by_the_step_that_moves_it_still_counts_as_booked(twice: Stage) -> None:
    uid = twice.document()
    twice.export()
    [before] = twice.ledger.lists.sums()
    twice.ledger.documents.retry([twice.entry(uid)], "user:anna")
    twice.export()
    assert twice.states() == {uid: "held booked_twice"}
    assert twice.ledger.lists.sums() == [before]


@pytest.mark.parametrize("retried", [False, True])
def test_two_records_that_a_person_marked_as_there_are_not_reported_again(
    acme: Stage, twice: Stage, monkeypatch: pytest.MonkeyPatch, retried: bool
) -> None:
    uid = twice.document()
    twice.export()
    if retried:  # then it is held by the step that moves it
        twice.ledger.documents.retry([twice.entry(uid)], "user:anna")
        twice.export()
    twice.ledger.documents.mark_moved([twice.entry(uid)], "user:anna")
    monkeypatch.undo()
    other = acme.document()
    acme.export()
    assert acme.states() == {uid: "moved", other: "moved"}


def test_a_requested_second_record_is_not_a_duplicate(acme: Stage) -> None:
    uid = acme.document()
    acme.export()
    acme.ledger.documents.retry([acme.entry(uid)], "user:anna", new_record=True)
    acme.export()
    assert len(acme.company.expenses()) == 2
    acme.document()
    acme.export()
    assert acme.states()[uid] == "moved"


@pytest.mark.parametrize("is_known", [True, False])
def test_a_second_record_is_no_duplicate_whether_or_not_the_first_one_is_known(acme: Stage, is_known: bool) -> None:
    uid = acme.document()
    acme.export()
    if not is_known:
        acme.ledger.documents.retry([acme.entry(uid)], "user:anna", if_missing=True)
        acme.ledger.documents.mark_moved([acme.entry(uid)], "user:anna")
    acme.ledger.documents.retry([acme.entry(uid)], "user:anna", new_record=True)
    acme.export()
    acme.document()
    acme.export()
    assert (acme.states()[uid], len(acme.company.expenses())) == ("moved", 3)


def test_a_second_record_that_the_network_delivers_twice_is_held_although_the_first_one_was_deleted(
    acme: Stage, request: pytest.FixtureRequest
) -> None:
    uid = acme.document()
    acme.export()
    [first] = acme.company.expenses()
    acme.ledger.documents.retry([acme.entry(uid)], "user:anna", new_record=True)
    acme.debitoor.delete_expense(first["id"])
    request.getfixturevalue("twice")
    acme.export()
    assert acme.states() == {uid: "held booked_twice"}
    one, two = acme.company.expenses()
    assert one["id"] in acme.entry(uid).reason
    acme.debitoor.delete_expense(two["id"])
    acme.ledger.documents.retry([acme.entry(uid)], "user:anna")
    acme.export()
    assert (acme.states(), len(acme.company.expenses())) == ({uid: "moved"}, 1)


@pytest.mark.parametrize("ends", ["left out", "marked as there"])
def test_a_wish_that_made_no_record_excuses_no_later_double(
    acme: Stage, request: pytest.FixtureRequest, ends: str
) -> None:
    uid = acme.document()
    acme.export()
    [first] = acme.company.expenses()
    acme.ledger.documents.retry([acme.entry(uid)], "user:anna", new_record=True)
    if ends == "left out":
        acme.export(acme.exports(filter={"document_types": ["RECEIPT"]}))
    else:
        acme.ledger.documents.mark_moved([acme.entry(uid)], "user:anna")
    assert (acme.states(), len(acme.company.expenses())) == ({uid: "moved"}, 1)
    acme.debitoor.delete_expense(first["id"])
    acme.ledger.documents.retry([acme.entry(uid)], "user:anna", if_missing=True)
    request.getfixturevalue("twice")
    acme.export()
    assert (acme.states(), len(acme.company.expenses())) == ({uid: "held booked_twice"}, 2)


@pytest.mark.parametrize("archives", [False, True])
def test_a_double_of_an_earlier_run_is_found_by_the_next_that_moves_something(acme: Stage, archives: bool) -> None:
    account = acme.exports(archive_after_transfer=archives)
    uid = acme.document()
    acme.export(account)
    acme.clock.pass_by(days=20)
    again = acme.debitoor.create_expense(as_announced(acme, uid))  # the network delivers it once more
    other = acme.document()
    acme.export(account)
    assert acme.states() == {uid: "held booked_twice", other: "archived" if archives else "moved"}
    assert again.id in acme.entry(uid).reason


@pytest.mark.parametrize("without", [0, 1, 2])
def test_a_run_that_holds_a_document_names_the_record_to_keep_only_if_one_has_a_file(
    twice: Stage, without: int
) -> None:
    uid = twice.document()
    twice.export()
    first, second = twice.company.expenses()
    for expense in [first, second][:without]:
        twice.company.edit_entity(expense["id"], fileId=None, file=None)
    twice.ledger.documents.retry([twice.entry(uid)], "user:anna")
    [seen] = twice.preview()
    twice.export()
    assert str(seen.message) == str(twice.entry(uid).message)
    named = f"Keep record {second['number']}: only it has a file. " if without == 1 else ""
    assert twice.entry(uid).remedy.startswith(f"{named}Delete all but one of them and send the document again.")
