"""Documents that may be duplicates although nothing connects them."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.sync.ledger import State
from debitoor_provider.sync.steps import stream
from debitoor_provider.sync.steps.lookalikes import lookalike_keys, lookalikes
from tests.sync.invoice.writers import Group, cii, in_pdf, stated

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sync.stage import Stage

USUAL = {"document_number": "RE-2026/001", "document_date": "2026-01-31"}


def marks(stage: Stage, uid: str, direction: str = "export") -> list[str]:
    return [mark.text() for mark in stage.entry(uid, direction).marks]


def by_hand(stage: Stage, **fields: Any) -> str:
    """An expense that a person books in Debitoor."""
    line = {"taxRate": 19, "grossAmount": fields.pop("gross", 119.00), "description": fields.pop("text", "paper")}
    body = {"date": "2026-01-31", "supplierName": "Paper Ltd", "supplierCountry": "DE", "lines": [line], **fields}
    return str(stage.company.add_expense(**body)["id"])


def test_of_two_documents_with_one_number_the_later_is_sent_and_marked(acme: Stage) -> None:
    first = acme.document(**USUAL)
    second = acme.document(
        **USUAL | {"document_number": "re 2026-001", "gross_amount": "120.00", "net_amount": "100.84"}
    )
    other = acme.document(document_number="RE-9", document_date="2026-01-30")
    acme.export()
    assert acme.states() == {first: "moved", second: "moved", other: "moved"}
    assert marks(acme, first) == marks(acme, other) == []
    said = f"Paper Ltd, RE-2026/001, 2026-01-31, 119.00 EUR (document {first} of the account acme)"
    assert marks(acme, second) == [f"It may be a duplicate of {said}."]


@pytest.mark.parametrize("duplicates", ["hold", "flag"])
def test_what_another_account_only_waits_for_makes_no_duplicate_of_both(acme: Stage, duplicates: str) -> None:
    first, second = acme.documents(2, **USUAL)
    account = acme.exports(duplicates=duplicates)
    acme.account_id = "beta"  # the same key and books, and documents of a tag that these lack
    acme.export(acme.exports(filter={"tags": {"any": ["beta"]}}))
    acme.account_id = "acme"
    foreseen = {row.source_id: row.outcome for row in acme.preview(account)}
    assert foreseen == {first: "send", second: "held" if duplicates == "hold" else "send"}
    acme.export(account)
    assert acme.states() == {
        first: "moved",
        second: "held possible_duplicate" if duplicates == "hold" else "moved",
    }
    assert lookalike_keys(acme.entry(first)) == []
    assert lookalike_keys(acme.entry(second)) == [f"acme/{first}"]


def test_what_another_account_has_sent_is_found_once(acme: Stage) -> None:
    sent = acme.document(**USUAL, tags=["beta"])
    acme.account_id = "beta"
    acme.export(acme.exports(filter={"tags": {"any": ["beta"]}}))
    acme.account_id = "acme"
    uid = acme.document(**USUAL)
    acme.export(acme.exports(filter={"tags": {"none": ["beta"]}}))
    assert acme.states() == {uid: "moved"}
    assert lookalike_keys(acme.entry(uid)) == [f"beta/{sent}"]


def test_a_document_like_one_that_was_sent_long_ago_is_marked_too(acme: Stage) -> None:
    held = acme.document(**USUAL, currency="USD")
    acme.export()
    sent = acme.document(**USUAL)
    acme.export()
    assert lookalike_keys(acme.entry(sent)) == [f"acme/{held}"]
    acme.company.edit_document(int(held), currency="EUR")
    acme.export()
    assert acme.states() == {held: "moved", sent: "moved"}
    assert f"document {sent} of" in marks(acme, held)[0]


@pytest.mark.parametrize(
    "fields",
    [{}, {"supplierName": "PAPER", "text": "something else"}, {"gross": 130.0, "text": "Paper RE-2026/001"}],
    ids=["the same", "another spelling", "the number in the text"],
)
def test_what_a_person_booked_by_hand_is_found(acme: Stage, fields: dict[str, Any]) -> None:
    expense = by_hand(acme, **fields)
    uid = acme.document(**USUAL)
    acme.export()
    [found] = lookalikes(acme.entry(uid))
    assert found["where"].startswith("record ")
    assert found["where"].endswith(" in Debitoor")
    assert lookalike_keys(acme.entry(uid)) == [f"target:{expense}"]


@pytest.mark.parametrize(
    "fields",
    [
        {"gross": 120.0},
        {"date": "2026-02-01"},
        {"supplierName": "Pencil Ltd"},
        {"gross": -119.0, "text": "RE-2026/001"},
    ],
    ids=["another amount", "another date", "another supplier", "a credit note"],
)
def test_other_expenses_are_no_duplicates(acme: Stage, fields: dict[str, Any]) -> None:
    by_hand(acme, **fields)
    uid = acme.document(**USUAL)
    acme.export(acme.exports(duplicates="hold"))
    assert acme.states() == {uid: "moved"}


def test_they_are_held_if_the_account_says_so_until_a_person_says_that_they_are_others(acme: Stage) -> None:
    account = acme.exports(duplicates="hold")
    first, second = acme.document(**USUAL), acme.document(**USUAL)
    expense = by_hand(acme)
    acme.export(account)
    assert acme.states() == {first: "held possible_duplicate", second: "held possible_duplicate"}
    assert lookalike_keys(acme.entry(second)) == [f"acme/{first}", f"target:{expense}"]
    held = acme.entry(second)
    acme.ledger.documents.distinguish([held], lookalike_keys(held), "user:anna", "delivered twice")
    acme.export(account)
    assert acme.states() == {first: "held possible_duplicate", second: "moved"}
    assert marks(acme, second) == []
    event = next(event for event in acme.ledger.documents.history(held) if event.kind == "retried")
    assert event.detail["distinct_from"] == [f"acme/{first}", f"target:{expense}"]


def test_a_mark_goes_once_a_person_has_looked(acme: Stage) -> None:
    acme.document(**USUAL)
    second = acme.document(**USUAL)
    acme.export(acme.exports(archive_after_transfer=True))
    marked = acme.entry(second)
    assert (marked.state, marked.duplicate_code) == (State.ARCHIVED, "possible_duplicate")
    [entry] = acme.ledger.documents.distinguish([marked], lookalike_keys(marked), "user:anna", "two deliveries")
    assert (entry.state, entry.marks) == (State.ARCHIVED, ())
    assert acme.ledger.lists.marks(account="acme") == {}


def test_a_person_who_wants_one_more_record_is_not_asked_again(acme: Stage) -> None:
    uid = acme.document(**USUAL)
    acme.export()
    acme.ledger.documents.retry([acme.entry(uid)], "user:anna", "lost", new_record=True)
    acme.export(acme.exports(duplicates="hold"))
    assert acme.states() == {uid: "moved"}
    assert len(acme.company.expenses()) == 2


def test_switched_off_it_costs_no_call_and_marks_nothing(acme: Stage) -> None:
    acme.document(**USUAL)
    acme.document(**USUAL)
    watch = acme.watch()
    acme.export(acme.exports(duplicates="off"))
    assert acme.ledger.lists.marks(account="acme") == {}
    assert watch.calls["debitoor.expenses.list"] == 3


def test_the_account_that_holds_another_copy_may_be_another_one_to_the_same_books(
    acme: Stage, stage_of: Callable[..., Stage]
) -> None:
    first = acme.document(**USUAL)
    acme.export()
    acme.account_id = "receipts"
    second = acme.document(**USUAL | {"document_type": "RECEIPT"})
    acme.export(acme.exports(filter={"document_types": ["RECEIPT"]}))
    assert lookalike_keys(acme.entry(second)) == [f"acme/{first}"]
    other = stage_of("Beta GmbH", "beta", sharing=acme)
    elsewhere = other.document(**USUAL)
    other.export()
    assert marks(other, elsewhere) == []


def test_many_equal_documents_do_not_name_each_other_all(acme: Stage) -> None:
    uids = acme.documents(30, **USUAL)
    acme.export()
    keys = [lookalike_keys(acme.entry(uid)) for uid in uids]
    assert [len(some) for some in keys] == [min(place, 20) for place in range(30)]
    assert len(lookalikes(acme.entry(uids[-1]))) == 5


def test_a_lost_ledger_does_not_make_a_document_its_own_duplicate(acme: Stage) -> None:
    uid, other = acme.document(**USUAL), acme.document(**USUAL)
    acme.export()
    acme.open_ledger("another")
    acme.export(acme.exports(duplicates="hold"))
    assert acme.states() == {uid: "moved", other: "moved"}


def e_invoice(gross: str = "119.00", number: str = "RE-2026/001", day: str = "2026-01-31") -> bytes:
    net = (Decimal(gross) / Decimal("1.19")).quantize(Decimal("0.01"))
    group = Group(Decimal(19), net, Decimal(gross) - net)
    return in_pdf(cii(stated(group, number=number, day=date.fromisoformat(day)))) + next(UNIQUE)


UNIQUE = (b"%% file %d" % number for number in itertools.count())
BARE: dict[str, Any] = {
    "document_number": "",
    "document_date": None,
    "gross_amount": None,
    "net_amount": None,
    "tax_rates": [],
    "currency": "",
}


@pytest.mark.parametrize("duplicates", ["flag", "hold"])
@pytest.mark.parametrize("runs", ["one run", "several runs"])
@pytest.mark.parametrize("lacks", [BARE, {"document_number": ""}, {"document_date": ""}, {"gross_amount": ""}])
def test_what_the_e_invoice_supplies_is_compared(
    acme: Stage, lacks: dict[str, Any], runs: str, duplicates: str
) -> None:
    account = acme.exports(duplicates=duplicates)
    first = acme.document(e_invoice(), **USUAL | {name: BARE[name] for name in lacks})
    if runs == "several runs":
        acme.export(account)
    second = acme.document(e_invoice(), **USUAL | BARE)
    third = acme.document(e_invoice(number="RE 2026 001", gross="23.80"), **USUAL | BARE)
    seen = {row.source_id: row for row in acme.preview(account)}
    acme.export(account)
    assert lookalike_keys(acme.entry(first)) == []
    assert lookalike_keys(acme.entry(second)) == [f"acme/{first}"]
    assert lookalike_keys(acme.entry(third)) == [f"acme/{first}", f"acme/{second}"]
    for uid in (second, third):
        assert acme.entry(uid).marks == seen[uid].marks
        assert acme.entry(uid).message == seen[uid].message


def test_a_document_is_shown_with_the_figures_by_which_it_was_found(acme: Stage) -> None:
    uids = [acme.document(e_invoice(), **USUAL | BARE) for _ in range(2)]
    acme.export(acme.exports(duplicates="hold"))
    assert acme.states() == {uids[0]: "moved", uids[1]: "held possible_duplicate"}
    for entry in map(acme.entry, uids):
        facts = (entry.document_number, str(entry.document_date), entry.gross_amount, entry.currency)
        assert facts == ("RE-2026/001", "2026-01-31", 119, "EUR")
    assert acme.entry(uids[1]).booked_gross is None
    assert {one.source_id for one in acme.ledger.documents.entries("acme", text="re-2026/001")} == {*uids}


def test_a_document_with_a_complete_record_is_the_first_although_another_one_was_planned_before(acme: Stage) -> None:
    bare = acme.document(e_invoice(), **USUAL | BARE)
    complete = acme.document(**USUAL)
    acme.export(acme.exports(duplicates="hold"))
    assert acme.states() == {bare: "held possible_duplicate", complete: "moved"}
    assert lookalike_keys(acme.entry(bare)) == [f"acme/{complete}"]


def test_what_a_person_chose_is_compared(acme: Stage) -> None:
    account = acme.exports(duplicates="hold")
    fields = {"document_number": "X-1", "document_date": "2026-02-20", "gross_amount": "238.00", "net_amount": "200.00"}
    chosen = acme.document(e_invoice(), **fields)
    acme.export(account)
    complete = acme.document(**USUAL)
    acme.export(account)
    assert acme.states() == {chosen: "held invoice_contradicts", complete: "moved"}
    acme.ledger.documents.choose([acme.entry(chosen)], "invoice", "user:anna")
    acme.export(account)
    assert lookalike_keys(acme.entry(chosen)) == [f"acme/{complete}"]


class TestInOneRunWhatIsBookedIsCompared:
    """A person chose the figures of some of the documents' e-invoices."""

    DATED = {"document_date": "2026-01-31"}

    @pytest.fixture(params=[1, stream.BATCH], ids=["each in a batch of its own", "all in one batch"])
    def send(
        self, acme: Stage, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
    ) -> Callable[..., dict[str, list[str]]]:
        """Send documents in one run, some with the figures of their e-invoices; what each may be a duplicate of."""
        monkeypatch.setattr(stream, "BATCH", request.param)

        def run(*documents: tuple[str, str], **settings: Any) -> dict[str, list[str]]:
            account = acme.exports(**settings)
            uids, chosen = [], []
            for number, (recorded, booked) in enumerate(documents):
                fields = self.DATED | {"document_number": f"N-{number}", "gross_amount": recorded, "net_amount": None}
                if recorded != booked:
                    uids.append(acme.document(e_invoice(booked, number=f"N-{number}"), **fields))
                    chosen.append(uids[-1])
                else:
                    uids.append(acme.document(None, **fields))
            # Those with a choice have to be held before; the others come in the run that is looked at.
            acme.plan(account)
            for uid in uids:
                if uid not in chosen:
                    acme.ledger.documents.ignore([acme.entry(uid)], "user:anna", "later")
            acme.export(account)
            assert {acme.states()[uid] for uid in chosen} <= {"held invoice_contradicts"}
            acme.ledger.documents.choose([acme.entry(uid) for uid in chosen], "invoice", "user:anna")
            others = [acme.entry(uid) for uid in uids if uid not in chosen]
            acme.ledger.documents.retry(others, "user:anna", "now")
            seen = {row.source_id: row.marks for row in acme.preview(account)}
            acme.export(account)
            assert acme.booked() == {uid: Decimal(booked) for uid, (_, booked) in zip(uids, documents, strict=True)}
            assert {uid: acme.entry(uid).marks for uid in uids} == {uid: seen[uid] for uid in uids}
            return {uid: lookalike_keys(acme.entry(uid)) for uid in uids}

        return run

    @pytest.mark.parametrize(
        ("documents", "repeats"),
        [
            ([("119.00", "238.00"), ("119.00", "119.00")], []),
            ([("119.00", "119.00"), ("119.00", "238.00")], []),
            ([("238.00", "119.00"), ("119.00", "119.00")], [(0, 1)]),
            ([("119.00", "119.00"), ("238.00", "119.00")], [(1, 0)]),
            ([("119.00", "238.00"), ("119.00", "238.00")], [(1, 0)]),
            ([("119.00", "238.00"), ("238.00", "119.00")], []),
            ([("119.00", "357.00"), ("119.00", "238.00")], []),
            ([("119.00", "357.00"), ("238.00", "357.00")], [(1, 0)]),
            (
                [("119.00", "238.00"), ("119.00", "119.00"), ("357.00", "238.00"), ("119.00", "119.00")],
                [(2, 0), (3, 1)],
            ),
        ],
    )
    def test_by_the_figures_that_are_sent(self, send, documents, repeats):
        found = send(*documents)
        uids = [*found]
        assert found == {
            uid: [f"acme/{uids[other]}" for one, other in repeats if one == place] for place, uid in enumerate(uids)
        }

    def test_the_other_one_is_shown_as_it_is_sent(self, send, acme):
        found = send(("119.00", "238.00"), ("119.00", "238.00"))
        [other] = lookalikes(acme.entry([*found][1]))
        assert (other["number"], other["gross"]) == ("N-0", "238.00")


@pytest.mark.parametrize("first", ["CREDIT_NOTE", "INCOMING_INVOICE"])
def test_a_credit_note_whose_record_is_positive_is_no_duplicate_of_its_invoice(acme: Stage, first: str) -> None:
    account = acme.exports(duplicates="hold", positive_credit_note="negate")
    kinds = [first, "INCOMING_INVOICE" if first == "CREDIT_NOTE" else "CREDIT_NOTE"]
    uids = [acme.document(**USUAL | {"document_type": kind}) for kind in kinds]
    seen = {row.source_id: row.outcome for row in acme.preview(account)}
    acme.export(account)
    assert acme.states() == dict.fromkeys(uids, "moved")
    assert seen == dict.fromkeys(uids, "send")


def test_what_a_person_booked_by_hand_is_found_by_a_date_that_only_the_e_invoice_has(acme: Stage) -> None:
    expense = by_hand(acme)
    uids = [acme.document(e_invoice(number=f"N-{one}", gross=f"{one}9.00"), **USUAL | BARE) for one in (11, 12, 13)]
    watch = acme.watch()
    acme.export()
    assert [lookalike_keys(acme.entry(uid)) for uid in uids] == [[f"target:{expense}"], [], []]
    assert watch.calls["debitoor.expenses.list"] == 3 * 2  # the month once, and two looks; each to the empty page


def test_credit_notes_that_are_booked_as_negative_are_found_in_a_later_run(acme: Stage) -> None:
    account = acme.exports(duplicates="hold", positive_credit_note="negate")
    first = acme.document(**USUAL | {"document_type": "CREDIT_NOTE"})
    acme.export(account)
    second, third = (acme.document(**USUAL | {"document_type": "CREDIT_NOTE"}) for _ in range(2))
    acme.export(account)
    assert acme.booked() == {first: -119}
    assert lookalike_keys(acme.entry(second)) == [f"acme/{first}"]
    assert lookalike_keys(acme.entry(third)) == [f"acme/{first}", f"acme/{second}"]


@pytest.mark.parametrize("duplicates", ["flag", "hold"])
@pytest.mark.parametrize("specification", [["document_number", "company"], ["note", "company", "document_number"]])
def test_a_rebuilt_document_is_found_by_its_number(acme: Stage, specification: list[str], duplicates: str) -> None:
    account = acme.exports(specification=specification, duplicates=duplicates)
    first = acme.document(**USUAL)
    acme.export(account)
    acme.open_ledger("rebuilt")
    acme.rebuild(account)
    second = acme.document(**USUAL | {"document_date": "2026-04-30", "gross_amount": "23.80", "net_amount": "20.00"})
    other = acme.document(**USUAL | {"document_date": "2026-04-30", "document_number": "R-3"})
    seen = {row.source_id: row for row in acme.preview(account)}
    acme.export(account)
    found = acme.entry(second)
    assert lookalike_keys(found) == [f"acme/{first}"]
    assert acme.states()[second] == ("moved" if duplicates == "flag" else "held possible_duplicate")
    assert acme.states()[other] == "moved"
    assert seen[second].marks == found.marks
    assert seen[second].message == found.message


def test_a_rebuilt_document_is_found_by_the_number_in_its_text_if_no_field_of_the_text_is_the_number(
    acme: Stage,
) -> None:
    account = acme.exports(specification=["note"], duplicates="hold")
    acme.document(**USUAL | {"document_number": "", "note": "Your RE-2026/001, by post"})
    acme.export(account)
    acme.open_ledger("rebuilt")
    acme.rebuild(account)
    second = acme.document(**USUAL | {"document_date": "2026-02-05", "gross_amount": "23.80", "net_amount": "20.00"})
    [seen] = [row for row in acme.preview(account) if row.source_id == second]
    acme.export(account)
    [expense] = acme.company.expenses()
    assert lookalike_keys(acme.entry(second)) == [f"target:{expense['id']}"]
    assert seen.message == acme.entry(second).message


def test_a_rebuilt_document_in_another_currency_is_found_by_its_own_amount(acme: Stage) -> None:
    account = acme.exports(foreign_currency="zero_amount", duplicates="hold")
    first = acme.document(**USUAL | {"currency": "USD"})
    acme.export(account)
    acme.open_ledger("rebuilt")
    acme.rebuild(account)
    assert (acme.entry(first).gross_amount, acme.entry(first).currency) == (119, "USD")
    second = acme.document(**USUAL | {"currency": "USD", "document_number": "R-2"})
    acme.export(account)
    assert lookalike_keys(acme.entry(second)) == [f"acme/{first}"]


def test_a_rebuilt_sales_document_is_found_whatever_company_its_copy_has(acme: Stage) -> None:
    account = acme.imports(duplicates="hold", defaults={"company": "Our sales", "create_company": True})
    first = acme.company.add_invoice()
    acme.import_(account)
    acme.open_ledger("rebuilt")
    acme.rebuild(account)
    acme.company.edit_entity(acme.company.add_invoice()["id"], number=first["number"])
    acme.import_(account)
    [second] = [uid for uid in acme.states("import") if uid != first["id"]]
    assert lookalike_keys(acme.entry(second, "import")) == [f"acme/{first['id']}"]


def test_a_copy_of_a_sales_document_that_a_person_uploaded_is_found(acme: Stage) -> None:
    sale = acme.company.add_invoice()
    fields = {
        "document_number": sale["number"],
        "document_date": sale["date"],
        "gross_amount": sale["totalGrossAmount"],
    }
    uid = acme.document(document_type="SALES_INVOICE", **fields)
    acme.import_(acme.imports(duplicates="hold"))
    assert acme.states("import") == {sale["id"]: "held possible_duplicate"}
    assert lookalike_keys(acme.entry(sale["id"], "import")) == [f"target:{uid}"]
    acme.import_(acme.imports(duplicates="flag"))
    assert acme.states("import") == {sale["id"]: "moved"}


def test_sales_documents_with_numbers_of_their_own_are_no_duplicates(acme: Stage) -> None:
    sales = [acme.company.add_invoice()["id"] for _ in range(3)]
    acme.import_(acme.imports(duplicates="hold"))
    assert acme.states("import") == dict.fromkeys(sales, "moved")


def test_a_sales_document_that_is_there_keeps_no_other_one_like_it_waiting(acme: Stage) -> None:
    first = acme.company.add_invoice()
    acme.import_()
    acme.open_ledger("another")
    second = acme.company.add_invoice()
    acme.company.edit_entity(second["id"], number=first["number"])
    acme.import_()
    assert acme.states("import") == {first["id"]: "moved", second["id"]: "moved"}
    assert lookalike_keys(acme.entry(second["id"], "import")) == [f"acme/{first['id']}"]
