"""No rule of an account drops what it has sent before: the target decides what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.services.debitoor.client import DebitoorClient
from debitoor_provider.sync.check.check import check
from debitoor_provider.sync.check.rows import CheckOutcome
from debitoor_provider.sync.window import Window, manual
from tests.sync.announced import as_announced
from tests.sync.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

LEFT_OUT: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "another type": ({"document_type": "RECEIPT"}, {"filter": {"document_types": ["INCOMING_INVOICE"]}}),
    "a barred tag": ({"tags": ["private"]}, {"filter": {"tags": {"none": ["private"]}}}),
    "a missing tag": ({}, {"filter": {"tags": {"any": ["books"]}}}),
    "another company": ({}, {"filter": {"companies": {"exclude": ["Paper Ltd"]}}}),
    "before the period": ({}, {"period": {"from": "2026-02-01"}}),
    "archived": ({"archived": True}, {}),
    "approval withdrawn": ({"workflow": {"is_completed": False}}, {"filter": {"approved_only": True}}),
    "not paid": ({}, {"filter": {"payment_status": ["Paid"]}}),
    "deleted": ({}, {}),
}
"""What a person changes of a document, or in the settings, so that the account does not take the document any more."""
WINDOWS: dict[str, Callable[[str], Window | None]] = {
    "scheduled": lambda _: None,
    "named": lambda uid: manual(None, None, (uid,)),
}


def _leave_out(acme: Stage, uid: str, why: str) -> Any:
    """Change what makes the account leave a document out; return the account's settings by now."""
    edited, settings = LEFT_OUT[why]
    if why == "deleted":
        acme.company.delete_document(int(uid))
    elif edited:
        acme.company.edit_document(int(uid), **edited)
    return acme.exports(**settings)


def _previewed(acme: Stage, account: Any, window: Window | None) -> list[str]:
    return [f"{row.outcome} {row.message.code if row.message else ''}" for row in acme.preview(account, window)]


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("why", LEFT_OUT)
def test_a_double_that_the_rules_leave_out_by_now_goes_on_with_the_record_that_is_left(
    twice: Stage, why: str, window: str
) -> None:
    uid = twice.document()
    twice.export()
    [before] = twice.ledger.lists.sums()
    first, second = twice.company.expenses()
    twice.debitoor.delete_expense(first["id"])
    account = _leave_out(twice, uid, why)
    twice.ledger.documents.retry([twice.entry(uid)], "user:anna")
    chosen = WINDOWS[window](uid)
    watch = twice.watch()
    [seen] = _previewed(twice, account, chosen)
    twice.export(account, window=chosen)
    assert (twice.states(), twice.entry(uid).target_id, watch.created) == ({uid: "moved"}, second["id"], {})
    assert seen.split()[0] == "there"
    assert twice.ledger.lists.sums() == [before]


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("why", LEFT_OUT)
def test_a_double_that_the_rules_leave_out_by_now_is_held_again_as_long_as_it_is_there_twice(
    twice: Stage, why: str, window: str
) -> None:
    uid = twice.document()
    twice.export()
    account = _leave_out(twice, uid, why)
    chosen = WINDOWS[window](uid)
    for _ in range(2):
        twice.ledger.documents.retry([twice.entry(uid)], "user:anna")
        seen = _previewed(twice, account, chosen)
        twice.export(account, window=chosen)
        assert (seen, twice.states()) == (["held booked_twice"], {uid: "held booked_twice"})
    assert len(twice.company.expenses()) == 2


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("why", LEFT_OUT)
def test_a_double_of_which_no_record_is_left_is_left_to_the_rules(twice: Stage, why: str, window: str) -> None:
    uid = twice.document()
    twice.export()
    for expense in twice.company.expenses():
        twice.debitoor.delete_expense(expense["id"])
    account = _leave_out(twice, uid, why)
    twice.ledger.documents.retry([twice.entry(uid)], "user:anna")
    chosen = WINDOWS[window](uid)
    seen = _previewed(twice, account, chosen)
    twice.export(account, window=chosen)
    assert twice.company.expenses() == []
    waits = why in {"a missing tag", "approval withdrawn", "not paid"}
    assert [one.split()[0] for one in seen] == ["waiting" if waits else "left"]
    assert twice.entry(uid).state == ("waiting" if waits else "gone")


@pytest.mark.parametrize("new_record", [False, True])
@pytest.mark.parametrize("why", LEFT_OUT)
def test_a_document_that_a_person_sends_again_and_the_rules_leave_out_stays_as_it_was_sent(
    acme: Stage, why: str, new_record: bool
) -> None:
    uid = acme.document()
    acme.export()
    sent = acme.entry(uid)
    account = _leave_out(acme, uid, why)
    acme.ledger.documents.retry([sent], "user:anna", if_missing=True, new_record=new_record)
    watch = acme.watch()
    [seen] = _previewed(acme, account, None)
    acme.export(account)
    after = acme.entry(uid)
    assert (seen.split()[0], after.state, after.target_id) == ("there", "moved", sent.target_id)
    assert (after.booked_gross, after.booked_rates, watch.created) == (sent.booked_gross, sent.booked_rates, {})


def test_the_history_says_why_a_document_was_not_sent_again(twice: Stage) -> None:
    uid = twice.document()
    twice.export()
    twice.debitoor.delete_expense(twice.company.expenses()[0]["id"])
    twice.ledger.documents.retry([twice.entry(uid)], "user:anna")
    twice.export(_leave_out(twice, uid, "a missing tag"))
    last = twice.ledger.documents.history(twice.entry(uid))[-1]
    assert (last.kind, last.detail["found"], last.detail["why"]["code"]) == ("moved", True, "tag_missing")


@pytest.mark.parametrize("fits", [False, True])
def test_what_was_not_compared_is_not_archived(twice: Stage, fits: bool) -> None:
    uid = twice.document()
    account = twice.exports(archive_after_transfer=True, filter={"tags": {"any": ["books"]}})
    twice.export(twice.exports(archive_after_transfer=True))
    kept, other = twice.company.expenses()
    twice.debitoor.delete_expense(other["id"])
    if not fits:
        twice.company.edit_entity(kept["id"], totalGrossAmount=77.77)
    twice.ledger.documents.retry([twice.entry(uid)], "user:anna")
    twice.export(account)
    assert twice.states() == {uid: "archived" if fits else "moved"}
    assert twice.archived() == ({uid} if fits else set())


def test_a_document_that_was_archived_before_it_was_held_is_archived_again(
    acme: Stage,
) -> None:
    uid = acme.document()
    account = acme.exports(archive_after_transfer=True)
    acme.export(account)
    again = acme.debitoor.create_expense(as_announced(acme, uid))
    acme.document()
    acme.export(account)
    assert acme.states()[uid] == "held booked_twice"
    acme.debitoor.delete_expense(again.id)
    acme.ledger.documents.retry([acme.entry(uid)], "user:anna")
    acme.export(acme.exports(period={"from": "2026-02-01"}))
    assert acme.states()[uid] == "archived"


def test_no_rule_drops_a_document_that_the_books_have_otherwise_than_it_was_sent(
    acme: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = acme.document()
    create = DebitoorClient.create_expense

    def stores_differently(self: Any, expense: Any) -> Any:
        stored = create(self, expense)
        acme.company.edit_entity(stored.id, totalGrossAmount=77.77)
        return self.expense(stored.id)

    monkeypatch.setattr(DebitoorClient, "create_expense", stores_differently)
    acme.export()
    assert acme.states() == {uid: "rejected stored_differently"}
    acme.export(_leave_out(acme, uid, "a barred tag"))
    assert acme.states() == {uid: "rejected stored_differently"}
    acme.ledger.documents.retry([acme.entry(uid)], "user:anna")
    acme.export(acme.exports(**LEFT_OUT["a barred tag"][1]))
    assert acme.states() == {uid: "moved"}


def test_what_a_check_finds_of_a_double_on_its_way_is_what_was_sent(twice: Stage) -> None:
    uid = twice.document()
    twice.export()
    twice.ledger.documents.retry([twice.entry(uid)], "user:anna")
    account = _leave_out(twice, uid, "a missing tag")
    with check(twice.job(account, run_id="check")) as found:
        assert [(row.source_id, row.outcome) for row in found.rows] == [(uid, CheckOutcome.DIFFERS)]


def test_one_more_record_that_a_person_wants_of_a_double_that_is_accepted_is_accepted_too(twice: Stage) -> None:
    uid = twice.document()
    twice.export()
    twice.ledger.documents.mark_moved([twice.entry(uid)], "user:anna")
    twice.ledger.documents.retry([twice.entry(uid)], "user:anna", new_record=True)
    [seen] = twice.preview()
    twice.export()  # the network delivers it twice once more
    assert (seen.outcome, twice.states()) == ("send", {uid: "held booked_twice"})
    *_, last = twice.company.expenses()
    twice.debitoor.delete_expense(last["id"])
    twice.ledger.documents.retry([twice.entry(uid)], "user:anna")
    twice.export()
    assert (twice.states(), len(twice.company.expenses())) == ({uid: "moved"}, 3)


@pytest.mark.parametrize("why", ["a missing tag", ""])
def test_a_preview_has_the_name_that_a_copy_keeps_which_is_there(twice: Stage, why: str) -> None:
    uid = twice.document()
    twice.export()
    twice.debitoor.delete_expense(twice.company.expenses()[0]["id"])
    twice.ledger.documents.retry([twice.entry(uid)], "user:anna")
    account = twice.exports(rename="{document_number}", **(LEFT_OUT[why][1] if why else {}))
    [seen] = twice.preview(account, manual(None, None, (twice.document(), uid)))[-1:]
    named = twice.entry(uid).target_name
    twice.export(account)
    assert (seen.source_id, seen.outcome) == (uid, "there")
    if not why:
        assert seen.target_name == twice.entry(uid).target_name
    else:
        assert seen.target_name == twice.entry(uid).target_name == named


def test_a_preview_reads_a_document_again_that_a_person_plans_and_that_was_deleted(acme: Stage) -> None:
    uid = acme.document(currency="USD")
    acme.export()
    acme.company.delete_document(int(uid))
    acme.ledger.documents.retry([acme.entry(uid)], "user:anna")
    [seen] = acme.preview()
    acme.export()
    assert (seen.outcome, acme.states()) == ("left out", {uid: "gone"})


SALES_LEFT_OUT: dict[str, dict[str, Any]] = {
    "another kind": {"documents": ["credit_notes"]},
    "before the period": {"period": {"from": "2026-02-01"}},
    "deleted": {},
}
"""Settings by which an import does not take an invoice any more."""


def _uploaded_twice(acme: Stage) -> tuple[str, list[str]]:
    """Import an invoice, which is there twice then, and held; return its id and those of its documents."""
    lines = [{"description": "Work", "quantity": "1", "unit_net_price": "100.00", "tax_rate": "19"}]
    source = str(acme.company.add_invoice(date="2026-01-31", customer_name="Kunde AG", lines=lines)["id"])
    acme.import_()
    acme.document(note=f"[Debitoor {source}]", document_type="SALES_INVOICE", document_number="9")
    acme.company.add_invoice(date="2026-01-31", customer_name="Kunde AG", lines=lines)
    acme.import_()
    assert acme.states("import")[source] == "held booked_twice"
    marked = [str(row["uid"]) for row in acme.company.documents() if source in row["note"]]
    assert len(marked) == 2
    return source, marked


@pytest.mark.parametrize("left", [0, 1, 2])
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("why", SALES_LEFT_OUT)
def test_an_import_settles_a_double_that_it_leaves_out_by_now(acme: Stage, why: str, window: str, left: int) -> None:
    source, marked = _uploaded_twice(acme)
    for uid in marked[left:]:
        acme.company.delete_document(int(uid))
    if why == "deleted":
        acme.company.delete_entity(source)
    account = acme.imports(**SALES_LEFT_OUT[why])
    chosen = WINDOWS[window](source)
    acme.ledger.documents.retry([acme.entry(source, "import")], "user:anna")
    watch = acme.watch()
    seen = {row.source_id: row.outcome for row in acme.preview_import(account, chosen)}
    acme.import_(account, chosen)
    entry = acme.entry(source, "import")
    assert entry.state == ["gone", "moved", "held"][left]
    assert seen.get(source, "left out") == ["left out", "there", "held"][left]
    assert watch.created == {}
    if left == 1:
        assert entry.target_id == marked[0]


@pytest.mark.parametrize("new_record", [False, True])
@pytest.mark.parametrize("why", SALES_LEFT_OUT)
def test_an_invoice_that_a_person_sends_again_and_the_rules_leave_out_stays_as_it_was_imported(
    acme: Stage, why: str, new_record: bool
) -> None:
    lines = [{"description": "Work", "quantity": "1", "unit_net_price": "100.00", "tax_rate": "19"}]
    source = str(acme.company.add_invoice(date="2026-01-31", customer_name="Kunde AG", lines=lines)["id"])
    acme.import_()
    sent = acme.entry(source, "import")
    if why == "deleted":
        acme.company.delete_entity(source)
    acme.ledger.documents.retry([sent], "user:anna", if_missing=True, new_record=new_record)
    account = acme.imports(**SALES_LEFT_OUT[why])
    [seen] = [row.outcome for row in acme.preview_import(account)]
    acme.import_(account)
    after = acme.entry(source, "import")
    assert (seen, after.state, after.target_id) == ("there", "moved", sent.target_id)
    assert (after.booked_gross, after.booked_rates) == (sent.booked_gross, sent.booked_rates)
