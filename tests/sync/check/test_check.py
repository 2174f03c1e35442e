from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.messages import LOG, Reader, written_for
from debitoor_provider.sync.check.check import check
from debitoor_provider.sync.check.rows import CheckOutcome
from debitoor_provider.sync.window import manual
from tests.sync.announced import as_announced
from tests.sync.invoice.writers import Group, cii, in_pdf, stated

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.sync.accounts.settings import Account
    from debitoor_provider.sync.check.rows import Row, SumRow
    from tests.sync.stage import Stage

D = Decimal


@dataclass
class Found:
    """A check that is over."""

    rows: list[Row]
    sums: list[SumRow]
    missing: list[str]
    differs: bool

    @property
    def outcomes(self) -> dict[str, str]:
        return {row.source_id: str(row.outcome) for row in self.rows if row.source_id}

    @property
    def table(self) -> list[tuple[Any, ...]]:
        """Month, rate, source, target, made by others."""
        return [(row.month, row.rate, row.source, row.target, row.others) for row in self.sums]

    def why(self, source_id: str) -> str:
        [row] = [row for row in self.rows if row.source_id == source_id]
        return str(row.message or "")


def checked(stage: Stage, account: Account | None = None, start: str = "", end: str = "") -> Found:
    days = [date.fromisoformat(day) if day else None for day in (start, end)]
    with check(stage.job(account or stage.exports(), run_id="check"), *days) as found:
        return Found(list(found.rows), found.sums, [row.source_id for row in found.missing()], found.differs)


def expense_of(stage: Stage, uid: str) -> dict[str, Any]:
    [found] = [one for one in stage.company.expenses() if one["lines"][0]["description"].endswith(f"[GMI {uid}]")]
    return found


def again(stage: Stage, uid: str) -> None:
    """Book a document's expense once more."""
    expense = expense_of(stage, uid)
    lines = [
        {name: line[name] for name in ("taxRate", "grossAmount", "description") if name in line}
        for line in expense["lines"]
    ]
    stage.company.add_expense(date=expense["date"], lines=lines)


def remedies_of(found: Found, uid: str) -> set[str]:
    """Return the remedy, in the words of the command and of the page."""
    [row] = [row for row in found.rows if row.source_id == uid]
    assert row.message
    found_by = set()
    for reader in (LOG, Reader("en", page=True)):
        with written_for(reader):
            found_by.add(row.message.remedy())
    return found_by


def by_hand(stage: Stage, gross: str = "10.70", day: str = "2026-01-05") -> str:
    line = {"taxRate": 7, "grossAmount": float(gross), "description": "Coffee"}
    return str(stage.company.add_expense(date=day, lines=[line])["id"])


class TestExport:
    def test_what_a_run_moved_is_the_same(self, acme):
        first, second = acme.document(), acme.document(document_date="2026-02-01", tax_rates=["7", "19"],
            net_amount="200.00", gross_amount="226.00")  # fmt: skip
        acme.export()
        found = checked(acme)
        assert found.outcomes == {first: "same", second: "same"}
        assert not found.differs
        assert found.table == [
            ("2026-01", D(19), D(119), D(119), D(0)),
            ("2026-02", D(7), D(107), D(107), D(0)),
            ("2026-02", D(19), D(119), D(119), D(0)),
        ]
        assert [found.why(one) for one in (first, second)] == ["", ""]

    def test_an_expense_that_lost_its_reverse_charge_differs(self, acme):
        abroad = {"supplier": "Moulin", "supplier_country": "FR", "net_amount": "50", "gross_amount": "50"}
        uid = acme.document(**abroad, tax_rates=["0"])
        rule = {"tax_rate": "19", "product_or_service": "service", "consumption_or_resale": "consumption"}
        account = acme.exports(reverse_charge=rule)
        acme.export(account)
        assert checked(acme, account).outcomes == {uid: "same"}
        stored = expense_of(acme, uid)
        lines = [{name: value for name, value in line.items() if name != "reverseCharge"} for line in stored["lines"]]
        acme.company.edit_entity(stored["id"], lines=lines)
        found = checked(acme, account)
        assert found.outcomes == {uid: "differs"}
        assert "reverse charge on 0.00 instead of 50.00" in found.why(uid)

    def test_nothing_is_written(self, acme):
        acme.document()
        acme.export()
        acme.document()
        before, ledger, watch = acme.company.expenses(), acme.ledger_file.read_bytes(), acme.watch()
        checked(acme)
        assert (watch.writes, watch.created) == ([], {})
        assert acme.company.expenses() == before
        assert acme.ledger_file.read_bytes() == ledger

    def test_each_list_is_requested_once(self, acme):
        acme.documents(3)
        acme.export()
        watch = acme.watch()
        checked(acme)
        assert max(watch.calls.values()) <= 2  # the end of a list of expenses is an empty page
        assert "gmi.documents.get" not in watch.calls
        assert watch.calls["gmi.documents.list"] == 1

    def test_a_document_that_was_archived_because_it_was_sent_is_the_same(self, acme):
        uid = acme.document()
        account = acme.exports(archive_after_transfer=True)
        acme.export(account)
        assert acme.archived() == {uid}
        assert checked(acme, account).outcomes == {uid: "same"}

    def test_credit_notes_are_negative(self, acme):
        acme.document(document_type="CREDIT_NOTE", net_amount="-100.00", gross_amount="-119.00")
        acme.export()
        assert checked(acme).table == [("2026-01", D(19), D(-119), D(-119), D(0))]

    def test_what_has_not_been_sent_is_only_here(self, acme):
        uid = acme.document()
        found = checked(acme)
        assert (found.outcomes, found.missing, found.differs) == ({uid: "only here"}, [uid], True)
        assert "not been sent yet" in found.why(uid)
        assert found.table == [("2026-01", D(19), D(119), D(0), D(0))]

    def test_an_expense_that_was_deleted_is_only_here(self, acme):
        uid = acme.document()
        acme.export()
        expense = expense_of(acme, uid)["id"]
        acme.company.delete_entity(expense)
        found = checked(acme)
        assert (found.outcomes, found.missing) == ({uid: "only here"}, [uid])
        assert f"moved as {expense}, which is not there any more" in found.why(uid)

    def test_a_document_that_was_deleted_is_only_there(self, acme):
        uid = acme.document()
        acme.export()
        acme.company.delete_document(int(uid))
        found = checked(acme)
        assert (found.outcomes, found.missing) == ({uid: "only there"}, [])
        assert "GetMyInvoices" in found.why(uid)
        assert found.table == [("2026-01", D(19), D(0), D(119), D(0))]

    def test_a_record_of_another_source_s_document_is_made_by_others(self, acme, stage_of):
        uid = acme.document()
        acme.export()
        other = stage_of("Other", account_id="other", sharing=acme)
        other.document()
        books, other.debitoor = other.debitoor, acme.debitoor
        found = checked(other, other.exports(debitoor_id=acme.company.debitoor_email))
        other.debitoor = books
        assert found.outcomes[uid] == "made by others"
        assert found.why(uid) == "The account acme created it from one of its own documents."
        assert found.table == [("2026-01", D(19), D(119), D(0), D(119))]

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"date": "2026-01-30"}, "date 2026-01-30 instead of 2026-01-31"),
            ({"totalGrossAmount": 118}, "gross amount 118.00 instead of 119.00"),
            ({"currency": "USD"}, "currency USD instead of EUR"),
        ],
    )
    def test_a_changed_figure_differs(self, acme, change, said):
        uid = acme.document()
        acme.export()
        acme.company.edit_entity(expense_of(acme, uid)["id"], **change)
        found = checked(acme)
        assert found.outcomes == {uid: "differs"}
        assert said in found.why(uid)

    def test_another_tax_rate_differs(self, acme):
        uid = acme.document()
        acme.export()
        expense = expense_of(acme, uid)
        acme.company.edit_entity(expense["id"], lines=[{**expense["lines"][0], "taxRate": 7}])
        found = checked(acme)
        assert "7 %: 119.00 instead of 19 %: 119.00" in found.why(uid)
        assert found.table == [("2026-01", D(7), D(0), D(119), D(0)), ("2026-01", D(19), D(119), D(0), D(0))]

    def test_a_document_that_was_changed_afterwards_differs(self, acme):
        uid = acme.document()
        acme.export()
        acme.company.edit_document(int(uid), net_amount="200.00", gross_amount="238.00")
        assert "gross amount 119.00 instead of 238.00" in checked(acme).why(uid)

    def test_figures_that_an_invoice_supplied_are_those_that_were_sent(self, acme):
        file = in_pdf(cii(stated(Group(D(7), D("100.00"), D("7.00")))))
        uid = acme.document(file, net_amount=None, gross_amount="107.00", tax_rates=[])
        acme.export()
        assert acme.entry(uid).invoice == "supplied"
        assert checked(acme).outcomes == {uid: "same"}
        acme.company.edit_entity(expense_of(acme, uid)["id"], totalGrossAmount=106)
        assert "gross amount 106.00 instead of 107.00" in checked(acme).why(uid)

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"gross_amount": "214.00"}, "gross amount 107.00 instead of 214.00"),
            ({"document_date": "2026-05-05"}, "date 2026-01-31 instead of 2026-05-05"),
            ({"tax_rates": ["19"]}, "19 %"),
        ],
        ids=["amount", "date", "rate"],
    )
    def test_a_document_that_was_changed_after_its_invoice_decided_differs(self, acme, change, said):
        file = in_pdf(cii(stated(Group(D(7), D("100.00"), D("7.00")))))
        uid = acme.document(file, net_amount=None, gross_amount="107.00", tax_rates=[])
        acme.export()
        acme.company.edit_document(int(uid), **change)
        found = checked(acme)
        assert found.outcomes == {uid: "differs"}
        assert said in found.why(uid)

    @pytest.mark.usefixtures("in_2090")
    def test_a_document_that_waits_for_its_rate_is_missing_from_the_books(self, acme):
        account = acme.exports(foreign_currency="convert")
        uid = acme.document(currency="USD", document_date="2090-01-02")
        acme.export(account)
        found = checked(acme, account)
        assert (found.outcomes, found.differs, found.missing) == ({uid: "only here"}, True, [])
        assert "waits for its exchange rate" in found.why(uid)

    def test_a_held_document_is_missing_for_the_reason_that_the_ledger_has(self, acme):
        file = in_pdf(cii(stated(Group(D(7), D("100.00"), D("7.00")))))
        uid = acme.document(file)
        acme.export()
        assert acme.states() == {uid: "held invoice_contradicts"}
        assert checked(acme).why(uid) == str(acme.entry(uid).message)

    def test_a_document_that_was_booked_twice_differs(self, acme):
        uid = acme.document()
        acme.export()
        again(acme, uid)
        found = checked(acme)
        assert found.outcomes == {uid: "differs"}
        assert found.table == [("2026-01", D(19), D(119), D(238), D(0))]
        assert acme.states() == {uid: "held booked_twice"}  # as by a run that finds it
        assert found.why(uid) == str(acme.entry(uid).message)
        [whole] = acme.ledger.lists.sums(account="acme")
        assert (whole.gross, whole.net, whole.documents) == (D(119), D(100), 1)  # a document counts once
        assert [one.rate for one in whole.rates] == [D(19)]

    def test_a_document_of_which_one_of_two_records_was_deleted_goes_on_with_the_other(self, acme):
        uid = acme.document()
        acme.export()
        again(acme, uid)
        checked(acme)
        kept, too_many = acme.company.expenses()
        acme.debitoor.delete_expense(too_many["id"])
        acme.ledger.documents.retry([acme.entry(uid)], "user:anna")
        watch = acme.watch()
        acme.export()
        assert (watch.created, acme.states(), acme.entry(uid).target_id) == ({}, {uid: "moved"}, kept["id"])
        assert checked(acme).outcomes == {uid: "same"}

    def test_a_document_that_was_booked_twice_differs_although_the_rules_leave_it_out_now(self, acme):
        uid = acme.document()
        acme.export()
        again(acme, uid)
        account = acme.exports(filter={"tags": {"any": ["books"]}})
        for _ in range(2):
            found = checked(acme, account)
            assert (found.outcomes, found.differs) == ({uid: "differs"}, True)
            assert acme.states() == {uid: "held booked_twice"}

    def test_the_remedy_for_two_records_names_the_only_one_with_a_file(self, acme):
        uid = acme.document()
        acme.export()
        number = expense_of(acme, uid)["number"]
        again(acme, uid)  # by hand, without the file
        found = checked(acme)
        kept = f"Keep record {number}: only it has a file. "
        assert acme.entry(uid).remedy.startswith(
            f"Keep record {number}: only it has a file. Delete all but one of them"
        )
        assert found.why(uid) == str(acme.entry(uid).message)
        acme.ledger.documents.ignore([acme.entry(uid)], "user:anna")
        remedies = remedies_of(checked(acme), uid)
        assert remedies
        assert all(text.startswith(kept) for text in remedies)
        with written_for(Reader("fr", page=True)):
            assert f"écriture {number}\N{NO-BREAK SPACE}: elle seule a un fichier. " in acme.entry(uid).remedy

    def test_records_of_one_number_are_named_by_their_ids(self, acme):
        uid = acme.document()
        acme.export()
        expense = expense_of(acme, uid)
        again(acme, uid)
        [other] = [one for one in acme.company.expenses() if one["id"] != expense["id"]]
        acme.company.edit_entity(other["id"], number=expense["number"])
        checked(acme)
        assert acme.entry(uid).remedy.startswith(f"Keep record {expense['id']}: only it has a file. ")

    def test_two_records_that_a_person_keeps_are_not_held_again(self, acme):
        uid = acme.document()
        acme.export()
        again(acme, uid)
        checked(acme)
        acme.ledger.documents.mark_moved([acme.entry(uid)], "user:anna")
        assert checked(acme).outcomes == {uid: "differs"}
        assert acme.states() == {uid: "moved"}

    @pytest.mark.parametrize("archives", [False, True])
    def test_the_remedy_for_two_records_of_a_moved_document_sends_nothing_again(self, acme, archives):
        account = acme.exports(archive_after_transfer=archives)
        uid = acme.document()
        acme.export(account)
        acme.ledger.documents.retry([acme.entry(uid)], "user:anna", new_record=True)
        acme.export(account)
        found = checked(acme, account)
        assert acme.states() == {uid: "archived" if archives else "moved"}
        assert found.why(uid).startswith("There are 2 records with this document's mark: ")
        [remedy] = remedies_of(found, uid)
        assert remedy.startswith("Delete all but one of them there")
        assert remedy.endswith("Nothing else is to be done.")
        acme.debitoor.delete_expense(acme.company.expenses()[0]["id"])
        assert checked(acme, account).outcomes == {uid: "same"}

    def test_a_document_that_is_held_for_two_records_has_the_remedy_that_it_is_held_with(self, acme):
        uid = acme.document()
        acme.export()
        again(acme, uid)
        acme.document()
        acme.export()
        assert acme.states()[uid] == "held booked_twice"
        found = checked(acme)
        assert found.why(uid) == str(acme.entry(uid).message)
        assert found.why(uid).startswith("There are 2 records")

    @pytest.mark.parametrize("decide", ["ignore", "send again"])
    def test_two_records_of_an_open_document_are_settled_by_marking_it_as_there(self, acme, decide):
        uid = acme.document()
        acme.export()
        sent = expense_of(acme, uid)
        again(acme, uid)
        if decide == "ignore":
            acme.document()
            acme.export()  # holds it
            acme.ledger.documents.ignore([acme.entry(uid)], "user:anna")
        else:
            acme.ledger.documents.retry([acme.entry(uid)], "user:anna", new_record=True)
        [remedy] = remedies_of(checked(acme), uid)
        kept = f"Keep record {sent['number']}: only it has a file. "
        assert remedy.startswith(f"{kept}Delete all but one of them there and choose “Mark as there”")
        acme.debitoor.delete_expense(acme.company.expenses()[0]["id"])
        assert checked(acme).why(uid).endswith("Choose “Mark as there” for the document.")
        acme.ledger.documents.mark_moved([acme.entry(uid)], "user:anna")
        watch = acme.watch()
        acme.export()
        assert watch.created == {}
        assert checked(acme).outcomes[uid] == "same"

    def test_the_remedy_for_other_figures_is_one_that_the_document_s_state_allows(self, acme):
        uid = acme.document()
        acme.export()
        acme.company.edit_document(int(uid), gross_amount="238.00", net_amount="200.00")
        assert remedies_of(checked(acme), uid) == {
            "Correct the record there, or delete it and use retry --if-missing for the document.",
            "Correct the record there, or delete it and choose “Send if missing” for the document.",
        }
        acme.ledger.documents.retry([acme.entry(uid)], "user:anna", if_missing=True)
        [remedy] = remedies_of(checked(acme), uid)
        assert remedy.startswith("Correct the record there, or delete it. The next run")
        acme.export()
        assert acme.states() == {uid: "held differs_at_target"}
        [remedy] = remedies_of(checked(acme), uid)
        assert remedy.startswith("Correct the record there and choose “Mark as there”")

    def test_an_unbookable_document_is_only_at_the_source_with_its_reason_and_not_sent(self, acme):
        uid = acme.document(currency="USD")
        found = checked(acme)
        assert (found.outcomes, found.missing) == ({uid: "only here"}, [])
        assert "USD" in found.why(uid)
        assert [(row.currency, row.source) for row in found.sums] == [("USD", D(119))]

    def test_what_cannot_be_compared_is_an_error(self, acme):
        uid = acme.document()
        acme.export()
        acme.company.edit_document(int(uid), currency="USD")
        found = checked(acme)
        assert found.outcomes == {uid: "error"}
        assert "USD" in found.why(uid)

    def test_what_the_rules_leave_out_is_listed_with_its_reason(self, acme):
        account = acme.exports(filter={"tags": {"any": ["books"]}})
        sent, other = acme.document(tags=["books"]), acme.document()
        archived = acme.document(tags=["books"], archived=True)
        acme.export(account)
        found = checked(acme, account)
        assert found.outcomes == {sent: "same", other: "left out", archived: "left out"}
        assert "books" in found.why(other)
        assert not found.differs
        assert found.table == [("2026-01", D(19), D(119), D(119), D(0))]

    def test_ignored_documents_are_left_out(self, acme):
        uid = acme.document()
        acme.plan(acme.exports())
        acme.ledger.documents.ignore([acme.entry(uid)], "user:ada")
        assert checked(acme).outcomes == {uid: "left out"}

    def test_what_was_moved_before_the_rules_changed_is_compared(self, acme):
        uid = acme.document()
        acme.export()
        assert checked(acme, acme.exports(filter={"tags": {"any": ["books"]}})).outcomes == {uid: "same"}

    def test_expenses_that_others_made_are_listed_apart(self, acme):
        uid, own = acme.document(), by_hand(acme)
        acme.export()
        found = checked(acme)
        [row] = [row for row in found.rows if row.outcome is CheckOutcome.OTHERS]
        assert row.target_ids == (own,)
        assert not found.differs
        assert found.table == [
            ("2026-01", D(7), D(0), D(0), D("10.70")),
            ("2026-01", D(19), D(119), D(119), D(0)),
        ]
        assert found.outcomes == {uid: "same"}

    def test_an_expense_of_another_account_counts_as_made_by_others(self, acme):
        uid = acme.document()
        acme.export()
        acme.open_ledger("of another account")
        found = checked(acme, acme.exports(filter={"document_types": ["RECEIPT"]}))
        assert found.outcomes == {uid: "left out"}
        assert found.table == [("2026-01", D(19), D(0), D(0), D(119))]

    def test_a_lost_ledger_is_reported(self, acme):
        uid = acme.document()
        acme.export()
        acme.open_ledger("another")
        found = checked(acme)
        assert (found.outcomes, found.differs) == ({uid: "same"}, False)
        assert "The ledger does not have it as moved" in found.why(uid)

    def test_an_expense_that_lost_its_mark_is_found_by_the_ledger(self, acme):
        uid = acme.document()
        acme.export()
        expense = expense_of(acme, uid)
        acme.company.edit_entity(expense["id"], lines=[{**expense["lines"][0], "description": "Paper"}])
        assert checked(acme).outcomes == {uid: "same"}

    def test_a_document_on_a_person_s_word_is_not_sent(self, acme):
        uid = acme.document()
        acme.plan(acme.exports())
        acme.ledger.documents.mark_moved([acme.entry(uid)], "user:ada")
        found = checked(acme)
        assert (found.outcomes, found.missing, found.differs) == ({uid: "left out"}, [], False)
        assert "A person marked it as there" in found.why(uid)

    def test_a_missing_document_is_sent_by_a_run_that_names_it(self, acme):
        uid, _ = acme.document(), acme.document()
        acme.export()
        acme.company.delete_entity(expense_of(acme, uid)["id"])
        new = acme.document()
        found = checked(acme)
        assert found.missing == [uid, new]
        acme.ledger.documents.retry([acme.entry(uid)], "user:ada", if_missing=True)
        acme.export(window=manual(None, None, tuple(found.missing)))
        assert not checked(acme).differs


class TestPeriod:
    def test_only_its_documents_are_compared(self, acme):
        acme.document(document_date="2026-01-31")
        uid = acme.document(document_date="2026-02-01")
        acme.export()
        by_hand(acme, day="2026-01-05")
        found = checked(acme, start="2026-02-01", end="2026-02-28")
        assert found.outcomes == {uid: "same"}
        assert len(found.rows) == 1

    @pytest.mark.parametrize("period", [("2026-01-01", "2026-01-31"), ("2026-02-01", "2026-02-28")])
    def test_a_record_that_has_another_date_is_not_taken_for_missing(self, acme, period):
        uid = acme.document(document_date="2026-01-31")
        acme.export()
        acme.company.edit_entity(expense_of(acme, uid)["id"], date="2026-02-01")
        found = checked(acme, None, *period)
        assert found.outcomes == {uid: "differs"}
        assert "date 2026-02-01 instead of 2026-01-31" in found.why(uid)

    def test_the_account_s_own_period_holds(self, acme):
        acme.document(document_date="2026-01-31")
        uid = acme.document(document_date="2026-02-01")
        account = acme.exports(period={"from": "2026-02-01"})
        assert checked(acme, account).outcomes == {uid: "only here"}
        assert checked(acme, account, end="2026-01-31").rows == []

    def test_a_date_that_a_person_has_stated_tells_the_period(self, acme):
        account = acme.exports(period={"from": "2026-01-01"})
        uid = acme.document(document_date=None, currency="USD")
        acme.export(account)
        acme.ledger.documents.correct([acme.entry(uid)], "date=2026-02-01", "user:ada", detail={})
        acme.export(account)
        assert acme.states() == {uid: "held foreign_currency"}
        assert checked(acme, account, start="2026-03-01").outcomes == {}
        assert checked(acme, account, end="2026-02-28").outcomes == {uid: "only here"}


class TestUndated:
    """The source may leave documents without a date out of a list by date (A-25)."""

    @pytest.fixture(params=[False, True], ids=["left out of the list", "in the list"], autouse=True)
    def undated_in_period(self, acme, request):
        acme.company.switch(undated_in_period=request.param)

    @pytest.fixture
    def account(self, acme):
        return acme.exports(period={"from": "2026-01-01"})

    @staticmethod
    def invoice(gross: str = "119.00", **more: Any) -> bytes:
        return in_pdf(cii(stated(Group(D(19), D("100.00"), D(gross) - 100), day=date(2026, 3, 14), **more)))

    def test_a_held_one_is_missing_for_the_reason_that_the_ledger_has(self, acme, account):
        uid = acme.document(self.invoice(), document_date=None, net_amount="200.00", gross_amount="238.00")
        acme.export(account)
        assert acme.states() == {uid: "held invoice_contradicts"}
        found = checked(acme, account)
        assert (found.outcomes, found.differs, found.missing) == ({uid: "only here"}, True, [])
        assert found.why(uid) == str(acme.entry(uid).message)
        assert found.table == [("", None, D(238), D(0), D(0))]

    def test_a_rejected_one_without_an_e_invoice_is_missing(self, acme):
        uid = acme.document(document_date=None)
        acme.export()
        assert acme.states() == {uid: "rejected no_date"}
        found = checked(acme, acme.exports(), start="2026-01-01")
        assert (found.outcomes, found.differs, len(found.rows)) == ({uid: "only here"}, True, 1)
        assert found.why(uid) == str(acme.entry(uid).message)

    def test_a_rejected_one_with_an_e_invoice_is_missing(self, acme, account):
        uid = acme.document(self.invoice(), document_date=None, filename="scan.xml")
        acme.export(account)
        assert acme.states() == {uid: "rejected xml_file"}
        found = checked(acme, account)
        assert (found.outcomes, found.differs) == ({uid: "only here"}, True)
        assert found.why(uid) == str(acme.entry(uid).message)

    def test_a_waiting_one_is_left_out(self, acme, account):
        uid = acme.document(document_date=None)
        acme.export(account)
        found = checked(acme, account)
        assert (found.outcomes, found.differs) == ({uid: "left out"}, False)
        assert found.why(uid) == str(acme.entry(uid).message)

    def test_one_whose_outcome_is_not_known_is_missing(self, acme, account):
        uid = acme.document(self.invoice(), document_date=None)
        acme.plan(account)
        [entry] = acme.ledger.leases.claim([acme.entry(uid)], "worker", timedelta(minutes=2), run_id=acme.run_id)
        acme.ledger.steps.intend(entry)
        found = checked(acme, account)
        assert (found.outcomes, found.missing) == ({uid: "only here"}, [])
        assert "no date" not in found.why(uid)

    def test_before_the_first_run_it_is_left_out(self, acme, account):
        uid, archived = acme.document(document_date=None), acme.document(document_date=None, archived=True)
        dated = acme.document(document_date="2025-12-31")
        found = checked(acme, account)
        assert (found.outcomes, found.differs) == ({uid: "left out", archived: "left out"}, False)
        assert "no date" in found.why(uid)
        assert dated not in found.outcomes

    def test_after_a_full_listing_no_further_list_is_requested_for_it(self, acme, account):
        acme.document(document_date=None)
        acme.export(account)
        watch = acme.watch()
        checked(acme, account)
        assert watch.calls["gmi.documents.list"] == 1

    def test_the_ledger_s_reason_does_not_hold_for_a_record_that_was_changed(self, acme, account):
        uid = acme.document(self.invoice(), document_date=None, net_amount="200.00", gross_amount="238.00")
        acme.export(account)
        acme.company.edit_document(int(uid), document_date="2026-03-14", net_amount="100.00", gross_amount="119.00")
        found = checked(acme, account)
        assert (found.outcomes, len(found.rows)) == ({uid: "only here"}, 1)
        assert found.table == [("2026-03", D(19), D(119), D(0), D(0))]


class TestImport:
    def test_what_a_run_moved_is_the_same(self, acme):
        first = acme.company.add_invoice(date="2026-01-31")["id"]
        second = acme.company.add_invoice(kind="creditNote", date="2026-02-28")["id"]
        acme.import_()
        found = checked(acme, acme.imports())
        assert found.outcomes == {first: "same", second: "same"}
        assert all(row.source == row.target for row in found.sums)
        assert found.sums[0].source > 0 > found.sums[1].source

    def test_other_documents_of_getmyinvoices_are_no_business_of_it(self, acme):
        acme.document()
        assert checked(acme, acme.imports()).rows == []

    def test_a_changed_amount_differs_and_a_deleted_copy_is_only_here(self, acme):
        first, second = (acme.company.add_invoice(date="2026-01-31")["id"] for _ in range(2))
        acme.import_()
        copies = {row["note"][-25:-1]: row["uid"] for row in acme.company.documents()}
        acme.company.edit_document(copies[first], gross_amount="1.00")
        acme.company.delete_document(copies[second])
        found = checked(acme, acme.imports())
        assert found.outcomes == {first: "differs", second: "only here"}
        assert "gross amount 1.00 instead of" in found.why(first)
        assert found.missing == [second]

    def test_an_invoice_that_was_cancelled_and_its_credit_note_are_the_same(self, acme):
        source = acme.company.add_invoice(date="2026-01-31")["id"]
        note = acme.company.cancel_invoice(source, date="2026-01-31")["id"]
        acme.import_()
        found = checked(acme, acme.imports())
        assert found.outcomes == {source: "same", note: "same"}
        assert {(row.source, row.target) for row in found.sums} == {(D(0), D(0))}

    def test_what_the_rules_leave_out(self, acme):
        note = acme.company.add_invoice(kind="creditNote", date="2026-02-28")["id"]
        assert checked(acme, acme.imports(documents=["invoices"])).outcomes == {note: "left out"}


def test_another_company_s_books_are_not_compared(acme: Stage, stage_of: Callable[..., Stage]) -> None:
    from debitoor_provider.services.errors import Misconfigured

    with pytest.raises(Misconfigured):
        checked(acme, acme.exports(debitoor_id="another@example.com"))


@pytest.mark.parametrize("lacks", [{"lines": None}, {"date": None}, {"lines": [{"grossAmount": 119}]}])
def test_an_expense_that_is_not_complete_stops_nothing(acme: Stage, lacks: dict[str, Any]) -> None:
    uid = acme.document()
    acme.export()
    own = expense_of(acme, uid)
    [line] = own["lines"]
    other = acme.debitoor.create_expense(as_announced(acme, uid))
    acme.company.edit_entity(other.id, **({"lines": [{**line, "description": "by e-mail"}]} | lacks))
    later = acme.document()
    acme.preview()
    acme.export()
    assert acme.states() == {uid: "moved", later: "moved"}
    found = checked(acme)
    assert found.outcomes == {uid: "same", later: "same"}
    assert [row.target_ids for row in found.rows if not row.source_id] == [(other.id,)]
    acme.company.edit_entity(own["id"], lines=[{name: line[name] for name in line if name != "taxRate"}])
    found = checked(acme)
    assert found.outcomes == {uid: "differs", later: "same"}
    assert "has ?: 119.00 instead of 19 %" in found.why(uid)
    acme.rebuild()
    acme.company.edit_entity(own["id"], date=None)
    assert "date - instead of" in checked(acme).why(uid)
    acme.rebuild()
