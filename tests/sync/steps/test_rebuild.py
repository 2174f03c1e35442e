from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.services.errors import RetryError
from debitoor_provider.sync.window import manual

if TYPE_CHECKING:
    from tests.sync.stage import Stage


def test_a_rebuilt_ledger_knows_what_was_exported(acme: Stage) -> None:
    uids = acme.documents(3)
    acme.export(acme.exports(rename="{document_number}"))
    before = {uid: acme.entry(uid) for uid in uids}
    acme.open_ledger("new")
    result = acme.rebuild()
    assert (result.added, result.restored, result.unchanged) == (3, 0, 0)
    for uid, known in before.items():
        found = acme.entry(uid)
        assert (found.target_id, found.target_name, found.gross_amount, found.exchange_key) == (
            known.target_id,
            known.target_name,
            known.gross_amount,
            known.exchange_key,
        )
    watch = acme.watch()
    acme.export()
    assert watch.writes == []


def test_a_rebuilt_ledger_has_the_sums_of_the_books(acme: Stage) -> None:
    acme.documents(2)
    acme.export()
    before = acme.ledger.lists.sums()
    acme.open_ledger("new")
    acme.rebuild()
    assert acme.ledger.lists.sums() == before
    assert [one.rate for one in before[0].rates] == [19]


def test_a_rebuilt_ledger_knows_what_has_the_reverse_charge(acme: Stage) -> None:
    untaxed = {"net_amount": "119", "tax_rates": ["0"]}
    acme.document(supplier="Moulin", supplier_country="FR", **untaxed)
    acme.document(**untaxed)
    rule = {"tax_rate": "19", "product_or_service": "product", "consumption_or_resale": "resale"}
    account = acme.exports(reverse_charge=rule)
    previewed = {one.source_id: one.by_rate[Decimal(0)].reverse_charge for one in acme.preview(account)}
    acme.export(account)
    (before,) = acme.ledger.lists.sums()
    assert sorted(previewed.values()) == [False, True]
    assert [(one.rate, one.reverse_charge, one.gross) for one in before.rates] == [(0, False, 119), (0, True, 119)]
    acme.open_ledger("new")
    acme.rebuild()
    assert acme.ledger.lists.sums() == [before]


def test_a_second_rebuild_changes_nothing(acme: Stage) -> None:
    acme.documents(2)
    acme.export()
    assert acme.rebuild().unchanged == 2


def test_expenses_of_people_are_no_documents(acme: Stage) -> None:
    for description in ("[GMI 5] by hand", "[GMI 0]", "Paper", ""):
        line = {"taxRate": 19, "grossAmount": 10} | ({"description": description} if description else {})
        acme.company.add_expense(date="2026-01-31", number=7, lines=[line])
    assert acme.rebuild().added == 0


def test_an_expense_that_a_person_made_of_two_documents_is_the_copy_of_both_each_with_its_lines(acme: Stage) -> None:
    acme.export()
    lines = [
        {"taxRate": 19, "grossAmount": gross, "description": f"R-{uid} / Paper Ltd [GMI {uid}]"}
        for uid, gross in ((5, 119), (6, 11.90), (5, 23.80))
    ]
    acme.company.add_expense(date="2026-01-31", supplierName="Paper Ltd", lines=lines)
    assert acme.rebuild().added == 2
    found = {uid: acme.entry(uid) for uid in ("5", "6")}
    assert {uid: (entry.document_number, entry.gross_amount, entry.net_amount) for uid, entry in found.items()} == {
        "5": ("R-5", Decimal("142.80"), Decimal("120.00")),
        "6": ("R-6", Decimal("11.90"), Decimal("10.00")),
    }
    assert found["5"].target_id == found["6"].target_id
    [sums] = acme.ledger.lists.sums()
    assert [(one.rate, one.gross) for one in sums.rates] == [(19, Decimal("154.70"))]


def test_even_a_lost_ledger_makes_no_second_expense(acme: Stage) -> None:
    uids = acme.documents(3)
    acme.export()
    acme.open_ledger("new")
    watch = acme.watch()
    acme.export()
    assert watch.created == {}
    assert acme.booked() == dict.fromkeys(uids, 119)
    assert acme.states() == dict.fromkeys(uids, "moved")


@pytest.mark.parametrize("where", ["source", "books"])
def test_even_a_lost_ledger_and_a_changed_date_make_no_second_expense(acme: Stage, where: str) -> None:
    uid = acme.document()
    acme.export()
    if where == "source":
        acme.company.edit_document(int(uid), document_date="2024-07-01")
    else:
        acme.company.edit_entity(acme.company.expenses()[0]["id"], date="2024-07-01")
    acme.open_ledger("new")
    acme.export()
    assert acme.booked() == {uid: 119}
    assert acme.states() == {uid: "held differs_at_target"}


def test_even_an_old_ledger_and_a_changed_date_make_no_second_expense(acme: Stage) -> None:
    first = acme.document(document_date="2026-03-01")
    acme.export()
    acme.back_up_ledger("old")
    second = acme.document(document_date="2026-01-31")
    acme.export()
    acme.company.edit_document(int(second), document_date="2026-03-01")
    acme.open_ledger("old")
    acme.export()
    assert acme.booked() == {first: 119, second: 119}
    assert acme.states() == {first: "moved", second: "held differs_at_target"}


def test_an_expense_with_the_mark_and_other_figures_is_held_and_not_doubled(acme: Stage) -> None:
    uid = acme.document()
    acme.export()
    acme.company.edit_document(int(uid), gross_amount="59.50", net_amount="50.00")
    acme.open_ledger("new")
    acme.export()
    assert acme.booked() == {uid: 119}
    assert acme.states() == {uid: "held differs_at_target"}
    assert "has expense 1 with this document's mark" in acme.entry(uid).reason


def test_an_expense_with_the_mark_and_another_file_is_held_and_not_doubled(acme: Stage) -> None:
    uid = acme.document()
    line = {"taxRate": 19, "grossAmount": 119, "description": f"by hand [GMI {uid}]"}
    acme.company.add_expense(date="2026-01-31", number=1, lines=[line])
    acme.export()
    assert acme.states() == {uid: "held differs_at_target"}


def test_a_mark_in_a_suppliers_words_is_no_mark(acme: Stage) -> None:
    first = acme.document()
    acme.export()
    victim = acme.document(note="x")
    acme.document(document_number=f"[GMI {int(victim) + 2}]")
    acme.export()
    assert len(acme.booked()) == 3
    assert first in acme.booked()


def test_a_document_sent_again_is_not_booked_twice(acme: Stage) -> None:
    uid = acme.document()
    acme.export()
    (expense,) = acme.company.expenses()
    acme.ledger.documents.retry([acme.entry(uid)], "user:anna", if_missing=True)
    acme.finish()
    assert len(acme.company.expenses()) == 1
    assert acme.entry(uid).target_id == expense["id"]


def test_a_requested_second_record_is_booked_next_to_the_first_and_only_once(acme: Stage) -> None:
    uid = acme.document()
    acme.export()
    for count in (2, 3):
        before = {expense["id"] for expense in acme.company.expenses()}
        acme.ledger.documents.retry([acme.entry(uid)], "user:anna", new_record=True)
        acme.finish()
        acme.export()
        after = {expense["id"] for expense in acme.company.expenses()}
        assert len(after) == count
        assert after - before == {acme.entry(uid).target_id}


def test_a_new_record_whose_answer_was_lost_is_found_and_not_booked_once_more(acme: Stage) -> None:
    uid = acme.document()
    acme.export()
    acme.ledger.documents.retry([acme.entry(uid)], "user:anna", new_record=True)
    acme.fault("cut_after", "debitoor.expenses.create")
    blind = acme.fault("status", "debitoor.expenses.list", status=503, between=(3, 9))
    with pytest.raises(RetryError):
        acme.finish()
    acme.sandbox.clear_faults(blind)
    acme.finish()
    assert len(acme.company.expenses()) == 2
    assert acme.states() == {uid: "moved"}


def test_a_deleted_expense_is_sent_again_on_request(acme: Stage) -> None:
    uid = acme.document()
    acme.export()
    acme.company.delete_entity(acme.company.expenses()[0]["id"])
    acme.export()
    assert acme.booked() == {}
    acme.ledger.documents.retry([acme.entry(uid)], "user:anna", if_missing=True)
    acme.finish()
    assert acme.booked() == {uid: 119}


def test_an_archived_document_can_be_sent_again(acme: Stage) -> None:
    uid = acme.document()
    account = acme.exports(archive_after_transfer=True)
    acme.export(account)
    acme.company.delete_entity(acme.company.expenses()[0]["id"])
    acme.ledger.documents.retry([acme.entry(uid)], "user:anna", if_missing=True)
    acme.clock.pass_by(days=8)  # so that the whole period is listed, without what is archived
    acme.export(account)
    assert acme.booked() == {uid: 119}
    assert acme.states() == {uid: "archived"}


def test_a_person_may_name_what_is_to_be_sent_again(acme: Stage) -> None:
    uid = acme.document()
    account = acme.exports(archive_after_transfer=True)
    acme.export(account)
    acme.company.delete_entity(acme.company.expenses()[0]["id"])
    acme.ledger.documents.retry([acme.entry(uid)], "user:anna", if_missing=True)
    acme.export(account, manual(None, None, (uid,)))
    assert acme.booked() == {uid: 119}


def test_a_requested_record_that_a_restored_ledger_does_not_know_is_not_booked_once_more(acme: Stage) -> None:
    uid = acme.document()
    acme.export()
    acme.ledger.documents.retry([acme.entry(uid)], "user:anna", new_record=True)
    [first] = acme.company.expenses()
    line = {key: first["lines"][0][key] for key in ("description", "grossAmount", "taxRate")}
    acme.company.add_expense(  # by a run that the ledger does not know, since it was restored from a backup
        date=first["date"], supplierName=first["supplierName"], lines=[line]
    )
    acme.rebuild()
    acme.finish()
    assert len(acme.company.expenses()) == 2
    assert acme.states() == {uid: "moved"}
    assert acme.entry(uid).target_id != first["id"]


def test_a_duplicate_at_the_target_is_held_after_a_rebuild(acme: Stage) -> None:
    uid, other = acme.documents(2)
    acme.export()
    acme.ledger.documents.retry([acme.entry(uid)], "user:anna", new_record=True)
    acme.export()
    acme.open_ledger("new")  # which does not know that a person wanted it
    acme.rebuild()
    assert acme.states() == {uid: "held booked_twice", other: "moved"}
