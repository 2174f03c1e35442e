"""A marker of ours in a document's note: of a copy that was imported, or come there in another way."""

from __future__ import annotations

import pytest

from debitoor_provider.services.errors import RetryError
from tests.sync.stage import Stage

FOREIGN = "as agreed, see [Debitoor 59f0c1d2e3a4b5c6d7e8f901]"


def test_a_note_with_a_mark_that_the_books_do_not_know_is_listed_with_its_reason(acme: Stage) -> None:
    uid = acme.document(note=FOREIGN)
    acme.export()
    assert acme.states() == {uid: "waiting marked_elsewhere"}
    assert "[Debitoor 59f0c1d2e3a4b5c6d7e8f901]" in acme.entry(uid).reason
    assert acme.company.expenses() == []


def test_a_document_that_is_marked_after_the_plan_waits_as_if_it_had_been_before(acme: Stage) -> None:
    uid = acme.document()
    acme.plan(acme.exports())
    acme.company.edit_document(int(uid), note=FOREIGN)
    acme.finish()
    assert acme.states() == {uid: "waiting marked_elsewhere"}
    assert acme.company.expenses() == []


@pytest.mark.parametrize("approved_only", [False, True])
def test_an_archived_document_that_is_sent_again_goes_as_the_preview_says_though_its_answer_is_lost(
    acme: Stage, *, approved_only: bool
) -> None:
    account = acme.exports(archive_after_transfer=True, filter={"approved_only": approved_only})
    uid = acme.document(workflow={"is_completed": True})
    acme.export(account)
    acme.ledger.documents.retry([acme.entry(uid)], actor="user:anna", new_record=True)
    assert [row.outcome for row in acme.preview(account)] == ["send"]
    acme.fault("cut_before", "debitoor.expenses.create", times=1)
    with pytest.raises(RetryError):
        acme.export(account)
    assert acme.states() == {uid: "sending"}
    assert [row.outcome for row in acme.preview(account)] == ["send"]
    acme.clock.pass_by(minutes=2)
    acme.export(account)
    assert acme.states() == {uid: "archived"}
    assert len(acme.company.expenses()) == 2


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
