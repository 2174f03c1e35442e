"""A mark of ours in a document's note: of a copy that was imported, or come there in another way."""

from __future__ import annotations

from tests.sync.stage import Stage

FOREIGN = "as agreed, see [Debitoor 59f0c1d2e3a4b5c6d7e8f901]"


def test_a_note_with_a_mark_that_the_books_do_not_know_is_listed_with_its_reason(acme: Stage) -> None:
    uid = acme.document(note=FOREIGN)
    acme.export()
    assert acme.states() == {uid: "waiting marked_elsewhere"}
    assert "[Debitoor 59f0c1d2e3a4b5c6d7e8f901]" in acme.entry(uid).reason
    assert acme.company.expenses() == []


def test_it_is_moved_when_the_mark_is_removed_from_the_note(acme: Stage) -> None:
    uid = acme.document(note=FOREIGN)
    acme.export()
    acme.company.edit_document(int(uid), note="as agreed")
    acme.export()
    assert acme.states() == {uid: "moved"}


def test_copies_of_sales_documents_are_not_listed_not_even_of_deleted_ones(acme: Stage) -> None:
    sold, deleted = (acme.company.add_invoice(date="2026-02-01")["id"] for _ in range(2))
    acme.import_(acme.imports(defaults={"document_type": "INCOMING_INVOICE"}))
    acme.company.delete_entity(deleted)
    plan = acme.export()
    assert acme.states() == {}
    assert plan.left_out == {"imported": 2}
    assert acme.states("import") == {sold: "moved", deleted: "moved"}


def test_documents_outside_the_settings_are_not_looked_up(acme: Stage) -> None:
    acme.document(note=FOREIGN, document_type="SALES_INVOICE")
    watch = acme.watch()
    acme.export()
    assert not [operation for operation in watch.calls if operation.startswith("debitoor")]
