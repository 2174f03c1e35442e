from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.services.errors import Misconfigured
from debitoor_provider.sync.steps.preview import preview
from debitoor_provider.sync.window import manual
from tests.sync.invoice.writers import Group, cii, in_pdf, stated
from tests.sync.stage import pdf
from tests.sync.test_corrections import correct

if TYPE_CHECKING:
    from tests.sync.stage import Stage


def test_the_preview_of_an_export_is_what_then_happens(acme: Stage) -> None:
    account = acme.exports(rename="{company}", filter={"approved_only": True, "tags": {"none": ["private"]}})
    released = {"workflow": {"is_completed": True}}
    for fields in (
        released,
        {"workflow": {"is_completed": False, "name": "Release", "step": "Boss"}},
        released | {"gross_amount": "226.00", "net_amount": "200.00", "tax_rates": ["7", "19"]},
        released | {"currency": "USD"},
        released | {"tax_rates": []},
        released | {"tags": ["private"]},
        released | {"supplier": "Other", "supplier_country": "FR", "tax_rates": ["0"], "net_amount": "119"},
        *[released] * 6,
    ):
        acme.document(**fields)
    acme.documents(1, archived=True)
    watch = acme.watch()
    rows = acme.preview(account)
    assert watch.writes == []
    assert acme.states() == {}

    acme.export(account)
    states, expenses = acme.states(), acme.company.expenses()
    sent = {row.source_id: row for row in rows if row.outcome == "send"}
    assert {uid for uid, state in states.items() if state == "moved"} == sent.keys()
    for expense in expenses:
        row = sent[expense["lines"][0]["description"].rpartition("[GMI ")[2].removesuffix("]")]
        assert row.target_name == expense["file"]["fileName"]
        assert row.lines == tuple(f"{line['taxRate']} %: {line['grossAmount']:.2f}" for line in expense["lines"])
    not_sent = {row.source_id: row.outcome for row in rows if row.outcome not in {"send", "left out"}}
    assert not_sent == {uid: state.split()[0] for uid, state in states.items() if state != "moved"}
    assert sorted(not_sent.values()) == ["held", "held", "rejected", "waiting"]


def test_a_preview_says_which_documents_will_have_the_reverse_charge(acme: Stage) -> None:
    rule = {"tax_rate": "19", "product_or_service": "product", "consumption_or_resale": "resale"}
    account = acme.exports(reverse_charge=rule)
    abroad = acme.document(supplier="Other", supplier_country="FR", tax_rates=["0"], net_amount="119")
    at_home = acme.document()
    rows = {row.source_id: row for row in acme.preview(account)}
    assert {uid: (row.outcome, [mark.code for mark in row.marks]) for uid, row in rows.items()} == {
        abroad: ("send", ["booked_with_reverse_charge"]),
        at_home: ("send", []),
    }
    assert "(product, resale): 19 %" in rows[abroad].as_row()["reason"]
    acme.export(account)
    [booked] = [line for expense in acme.company.expenses() for line in expense["lines"] if line["taxRate"] == 0]
    assert booked["reverseCharge"]["taxRate"] == 19


def test_a_preview_warns_of_a_rate_that_the_country_of_the_books_does_not_have(acme: Stage) -> None:
    rule = {"tax_rate": "20", "product_or_service": "product", "consumption_or_resale": "resale"}
    account = acme.exports(reverse_charge=rule)

    def warned() -> list[str]:
        return [warning.code for warning in preview(acme.job(account, run_id="preview")).warnings]

    assert warned() == []  # without a document, the target is not asked
    acme.document()
    assert warned() == ["reverse_charge_rate_odd"]


def test_settled_documents_are_shown_with_their_state(acme: Stage) -> None:
    account = acme.exports(archive_after_transfer=False)
    moved, ignored, held, refused = acme.document(), acme.document(), acme.document(currency="USD"), acme.document()
    acme.plan(account)
    acme.ledger.documents.ignore([acme.entry(ignored)], "user:anna")
    acme.fault("status", "debitoor.expenses.create", status=400, between=(2, 2))
    acme.finish(acme.exports(parallel=1))
    outcomes = {row.source_id: row.outcome for row in acme.preview(account)}
    assert outcomes == {moved: "there", ignored: "ignored", held: "held", refused: "rejected"}
    [row] = acme.preview(account, manual(None, None, (refused,)))
    assert row.outcome == "send"  # what a person names is tried again


def test_a_changed_document_is_shown_with_its_new_name(acme: Stage) -> None:
    account = acme.exports(rename="{document_number}")
    uid, other = acme.document(document_number="A"), acme.document(document_number="A")
    acme.plan(account)
    acme.name(account)
    assert [row.target_name for row in acme.preview(account)] == ["A.pdf", "A_2.pdf"]
    acme.company.edit_document(int(other), note="changed, but not what the name is made of")
    assert [row.target_name for row in acme.preview(account)] == ["A.pdf", "A_2.pdf"]
    acme.company.edit_document(int(uid), document_number="B")
    names = {row.source_id: row.target_name for row in acme.preview(account)}
    acme.export(account)
    assert names == {uid: "B.pdf", other: "A.pdf"}
    assert names == {entry.source_id: entry.target_name for entry in acme.ledger.documents.entries("acme", "export")}


def test_after_the_loss_of_a_ledger_the_preview_finds_existing_records(acme: Stage) -> None:
    same, other = acme.document(), acme.document()
    acme.export()
    acme.company.edit_document(int(other), gross_amount="107.00", tax_rates=["7"])
    acme.open_ledger("new")
    outcomes = {row.source_id: row.outcome for row in acme.preview()}
    assert outcomes == {same: "there", other: "held"}
    acme.export()
    assert acme.states() == {same: "moved", other: "held differs_at_target"}


def test_a_preview_looks_at_no_more_than_it_may(acme: Stage) -> None:
    uids = acme.documents(4)
    assert [row.source_id for row in acme.preview(limit=3)] == uids[:3]


def test_an_empty_preview_asks_nothing_of_debitoor(acme: Stage) -> None:
    watch = acme.watch()
    assert acme.preview() == []
    assert watch.calls == {"gmi.documents.list": 1}


def test_the_preview_of_an_import_is_what_then_happens(acme: Stage) -> None:
    for number in ("1/2", "1:2", "3"):
        acme.company.add_invoice(number=number)
    acme.company.add_invoice(kind="creditNote", number="4")
    account = acme.imports(documents=["invoices"])
    rows = acme.preview_import(account)
    assert acme.company.documents() == []
    acme.import_(account)
    sent = {row.source_id: row.target_name for row in rows if row.outcome == "send"}
    assert sent == {entry.source_id: entry.target_name for entry in acme.ledger.documents.entries("acme", "import")}
    assert [row.outcome for row in rows if row.source_id not in sent] == ["left out"]
    assert {row.outcome for row in acme.preview_import(account)} == {"there", "left out"}


def test_the_books_of_another_company_are_reported_before_anything_is_shown(acme: Stage) -> None:
    acme.document()
    acme.company.add_invoice()
    with pytest.raises(Misconfigured, match="belongs to"):
        acme.preview(acme.exports(debitoor_id="other@acme.example"))
    with pytest.raises(Misconfigured, match="belongs to"):
        acme.preview_import(acme.imports(debitoor_id="other@acme.example"))


@pytest.mark.parametrize("filename", ["a.xml", "a.eml", "a.docx", "a.tif", "a.heic", "scan"])
def test_a_file_that_debitoor_does_not_take_is_foreseen_with_the_reason_of_the_run(acme: Stage, filename: str) -> None:
    account = acme.exports(invoice="off")  # by its name alone
    uid = acme.document(filename=filename)
    (row,) = acme.preview(account)
    watch = acme.watch()
    acme.export(account)
    assert watch.writes == []
    assert (row.outcome, row.message) == ("rejected", acme.entry(uid).message)


@pytest.mark.parametrize("filename", ["a.PDF", "a.jpg", "a.JPEG", "a.png", "a.gif"])
def test_a_file_that_debitoor_takes_is_foreseen_to_go(acme: Stage, filename: str) -> None:
    acme.document(filename=filename)
    assert [row.outcome for row in acme.preview()] == ["send"]
    acme.export()
    assert len(acme.booked()) == 1


@pytest.mark.parametrize("invoice", ["off", "prove"])
def test_a_file_that_its_record_shows_to_be_too_large_is_foreseen_and_not_fetched(acme: Stage, invoice: str) -> None:
    account = acme.exports(invoice=invoice)
    uid = acme.document(pdf(11_500_000))
    watch = acme.watch()
    (row,) = acme.preview(account)
    acme.export(account)
    assert (row.outcome, row.message) == ("rejected", acme.entry(uid).message)
    assert "MiB at most are sent to Debitoor" in row.reason
    assert "gmi.documents.file" not in watch.calls
    assert watch.writes == []


def test_a_file_that_only_its_bytes_show_to_be_too_large_is_foreseen_where_files_are_read(acme: Stage) -> None:
    uid = acme.document(pdf(10 * 1024 * 1024 + 1))  # by its record it may have 1000 bytes a kilobyte
    (row,) = acme.preview()
    acme.export()
    assert (row.outcome, row.message) == ("rejected", acme.entry(uid).message)
    assert acme.states() == {uid: "rejected file_over_limit"}


def test_a_file_at_the_limit_goes(acme: Stage) -> None:
    acme.document(pdf(10 * 1024 * 1024))
    assert [row.outcome for row in acme.preview()] == ["send"]
    acme.export()
    assert len(acme.booked()) == 1


def test_a_file_that_getmyinvoices_refuses_is_foreseen_with_the_reason_of_the_run(acme: Stage) -> None:
    uid = acme.document(b"no PDF at all" * 200_000, "scan.pdf")
    (row,) = acme.preview()
    acme.export()
    assert (row.outcome, row.message) == ("rejected", acme.entry(uid).message)


@pytest.mark.parametrize(
    ("category", "hint"), [("no.such", False), ("office.suplies", True), ("OFFICE  supplies", True)]
)
def test_a_category_that_debitoor_lacks_stops_run_and_preview_before_any_document(
    acme: Stage, category: str, hint: bool
) -> None:
    uid = acme.document()
    account = acme.exports(category=category)
    with pytest.raises(Misconfigured) as foreseen:
        acme.preview(account)
    watch = acme.watch()
    with pytest.raises(Misconfigured) as met:
        acme.export(account)
    assert str(foreseen.value) == str(met.value)
    assert ("Did you mean office.supplies?" in met.value.remedy) == hint
    assert watch.writes == []
    acme.export(acme.exports(category="office.supplies"))
    assert acme.states() == {uid: "moved"}


def test_a_category_is_left_to_debitoor_where_it_does_not_list_them(acme: Stage) -> None:
    acme.document()
    acme.fault("status", "debitoor.categories.list", status=404)
    assert [row.outcome for row in acme.preview(acme.exports(category="office.supplies"))] == ["send"]
    acme.export(acme.exports(category="office.supplies"))
    assert len(acme.booked()) == 1


@pytest.mark.parametrize("countries", [[], [{"countryUid": 1, "name": "France", "countryCode": "FR"}]])
def test_a_company_that_cannot_be_created_stops_run_and_preview(acme: Stage, countries: list[dict[str, Any]]) -> None:
    acme.company.add_invoice(number="1", date="2026-02-03")
    acme.fault("status", "gmi.countries.list", status=200, body=countries)
    account = acme.imports(defaults={"company": "New Ltd", "create_company": True})
    with pytest.raises(Misconfigured, match="does not list the country") as foreseen:
        acme.preview_import(account)
    watch = acme.watch()
    with pytest.raises(Misconfigured) as met:
        acme.import_(account)
    assert str(foreseen.value) == str(met.value)
    assert watch.writes == []


def test_a_company_that_is_to_be_created_costs_a_preview_two_calls_more_and_one_that_exists_none(acme: Stage) -> None:
    acme.company.add_invoice(number="1", date="2026-02-03")
    account = acme.imports(defaults={"company": "New Ltd", "create_company": True})
    watch = acme.watch()
    acme.preview_import(account)
    assert (watch.calls["gmi.countries.list"], watch.calls["debitoor.environment"]) == (1, 2)
    assert watch.writes == []
    acme.import_(account)
    watch = acme.watch()
    acme.company.add_invoice(number="2", date="2026-02-03")
    acme.preview_import(account)
    assert (watch.calls["gmi.countries.list"], watch.calls["debitoor.environment"]) == (0, 1)


def test_the_nearest_company_is_suggested(acme: Stage) -> None:
    acme.company.add_invoice(number="1", date="2026-02-03")
    acme.gmi.create_company("New Ltd", acme.gmi.countries()[0].country_uid)
    with pytest.raises(Misconfigured, match=r"Did you mean New Ltd\?"):
        acme.preview_import(acme.imports(defaults={"company": "Nwe Ltd"}))


INVOICE = in_pdf(cii(stated(Group(Decimal(19), Decimal("100.00"), Decimal("19.00")))))


def test_amounts_date_and_currency_of_a_preview_are_those_that_are_then_booked(acme: Stage) -> None:
    account = acme.exports(foreign_currency="hold")
    converted, dated = acme.document(currency="USD"), acme.document(document_date="")
    acme.export(account)
    correct(acme, converted, exchange_rate=Decimal("0.9"))
    correct(acme, dated, date=date(2026, 3, 1))
    supplied = acme.document(INVOICE, net_amount="0.00", gross_amount="0.00", tax_rates=[])
    acme.document()
    shown = {row.source_id: (row.gross_amount, row.currency, row.document_date) for row in acme.preview(account)}
    assert (shown[converted][:2], shown[dated][2]) == ((Decimal("107.10"), "EUR"), date(2026, 3, 1))
    assert shown[supplied][0] == Decimal("119.00")
    acme.export(account)
    entries = acme.ledger.documents.entries("acme", "export")
    booked = {expense["id"]: date.fromisoformat(expense["date"]) for expense in acme.company.expenses()}
    assert shown == {
        one.source_id: (one.booked_gross, one.booked_currency, booked[one.target_id or ""]) for one in entries
    }


def test_a_preview_shows_the_amount_of_0_that_will_be_booked(acme: Stage) -> None:
    acme.document(currency="USD")
    (row,) = acme.preview(acme.exports(foreign_currency="zero_amount"))
    assert (row.gross_amount, row.currency) == (Decimal("0.00"), "EUR")


@pytest.mark.parametrize(("net", "gross"), [("0.00", "119.00"), ("100.00", "0.00")])
def test_an_amount_that_the_record_lacks_is_kept_named_and_shown_as_none(acme: Stage, net: str, gross: str) -> None:
    account = acme.exports(rename="{company}_{net_amount}_{gross_amount}", invoice="off")
    uid = acme.document(net_amount=net, gross_amount=gross)
    (row,) = acme.preview(account)
    acme.export(account)
    entry = acme.entry(uid)
    known = {"net": None if net == "0.00" else Decimal(net), "gross": None if gross == "0.00" else Decimal(gross)}
    assert {"net": entry.net_amount, "gross": entry.gross_amount} == known
    assert row.gross_amount == known["gross"]
    assert (entry.target_name, row.target_name) == (row.target_name, f"Paper Ltd_{known['net'] or known['gross']}.pdf")
