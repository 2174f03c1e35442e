from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.messages import readable
from debitoor_provider.services.errors import Misconfigured, RetryError
from tests.sync.stage import pdf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from debitoor_provider.sync.accounts.settings import ExportAccount
    from tests.sync.stage import Stage


def test_a_document_becomes_an_expense_with_its_file_and_its_figures(acme: Stage) -> None:
    uid = acme.document(b"%PDF-1.4 the very bytes", "Scan 1.pdf", document_number="R/1", note="for March")
    acme.export(acme.exports(rename="{document_date}_{company}"))
    [expense] = acme.company.expenses()
    [line] = expense["lines"]
    assert acme.company.file(expense["fileId"]) == b"%PDF-1.4 the very bytes"
    assert expense["file"]["fileName"] == "2026-01-31_Paper Ltd.pdf"
    assert (expense["date"], expense["supplierName"], expense["supplierCountry"]) == ("2026-01-31", "Paper Ltd", "DE")
    assert (line["taxRate"], line["grossAmount"], line["netAmount"]) == (19, 119, 100)
    assert line["description"] == f"R/1 / Paper Ltd / for March [GMI {uid}]"
    assert acme.states() == {uid: "moved"}
    assert acme.entry(uid).target_id == expense["id"]


def test_each_document_costs_two_calls_at_each_service(acme: Stage) -> None:
    acme.documents(5)
    watch = acme.watch()
    acme.export(acme.exports(archive_after_transfer=True))
    assert watch.calls == {
        "gmi.documents.list": 1,
        "gmi.companies.list": 1,
        "gmi.documents.get": 5,
        "gmi.documents.update": 5,
        "debitoor.environment": 1,
        "debitoor.expenses.list": 4,  # before the first: markers, and lookalikes; after the last, to the empty page
        "debitoor.files.create": 5,
        "debitoor.expenses.create": 5,
    }
    assert len(acme.archived()) == 5


def test_a_run_with_nothing_new_makes_one_call(acme: Stage) -> None:
    acme.documents(3)
    acme.export()
    watch = acme.watch()
    acme.export()
    assert watch.calls == {"gmi.documents.list": 1}


def test_two_companies_both_ways_and_a_second_run_writes_nothing(stage_of: Callable[..., Stage]) -> None:
    stages = [acme := stage_of("Acme GmbH", "acme"), stage_of("Beta GmbH", "beta", sharing=acme)]
    for stage in stages:
        stage.documents(3)
        stage.company.add_invoice(number=f"{stage.account_id}-1")
        stage.company.add_invoice(kind="creditNote", number=f"{stage.account_id}-2")
    watches = [stage.watch() for stage in stages]
    for stage in stages:
        stage.export(stage.exports(archive_after_transfer=True))
        stage.import_(stage.imports())
    assert [len(stage.booked()) for stage in stages] == [3, 3]
    assert [watch.created for watch in watches] == [{"file": 3, "expense": 3, "document": 2}] * 2
    for stage, watch in zip(stages, (stage.watch() for stage in stages), strict=True):
        stage.export(stage.exports(archive_after_transfer=True))
        stage.import_(stage.imports())
        assert watch.writes == []


# What is edited, deleted or filtered out between the plan and the transfer


def test_an_edit_between_plan_and_transfer_is_respected(acme: Stage) -> None:
    uid = acme.document()
    acme.plan(acme.exports())
    acme.company.edit_document(int(uid), gross_amount="107.00", tax_rates=["7"], document_date="2026-03-31")
    acme.finish()
    [expense] = acme.company.expenses()
    assert (expense["date"], expense["totalGrossAmount"], expense["lines"][0]["taxRate"]) == ("2026-03-31", 107, 7)


def test_a_large_file_that_waited_is_sent_with_the_figures_of_today(acme: Stage) -> None:
    uid = acme.document(pdf(2_000_000))
    acme.plan(acme.exports())
    acme.company.edit_document(int(uid), gross_amount="107.00", tax_rates=["7"])
    acme.clock.pass_by(hours=1)
    acme.finish()
    assert acme.booked() == {uid: 107}


def test_a_document_deleted_between_plan_and_transfer_is_not_moved(acme: Stage) -> None:
    small, large = acme.document(), acme.document(pdf(2_000_000))
    acme.plan(acme.exports())
    acme.company.delete_document(int(small))
    acme.company.delete_document(int(large))
    acme.finish()
    assert acme.booked() == {}
    assert acme.states() == {small: "gone", large: "gone"}


@pytest.mark.parametrize(
    ("edit", "state"),
    [
        ({"archived": True}, "gone"),
        ({"document_type": "MISC"}, "gone"),
        ({"document_date": "2025-12-31"}, "gone"),
        ({"tags": ["books", "private"]}, "gone"),
        ({"tags": []}, "waiting tag_missing"),
    ],
)
def test_a_document_filtered_out_between_plan_and_transfer_is_not_moved(
    acme: Stage, edit: dict[str, Any], state: str
) -> None:
    account = acme.exports(period={"from": "2026-01-01"}, filter={"tags": {"any": ["books"], "none": ["private"]}})
    uid = acme.document(tags=["books"])
    acme.plan(account)
    acme.company.edit_document(int(uid), **edit)
    acme.finish(account)
    assert acme.booked() == {}
    assert acme.states() == {uid: state}


# Files


def test_a_large_file_is_streamed_and_costs_two_calls_as_well(acme: Stage) -> None:
    content = pdf(2_000_000)
    acme.document(content)
    watch = acme.watch()
    acme.export(acme.exports(archive_after_transfer=True))
    assert watch.calls["gmi.documents.file"] == watch.calls["gmi.documents.update"] == 1
    assert watch.calls["gmi.documents.get"] == 0
    [expense] = acme.company.expenses()
    assert acme.company.file(expense["fileId"]) == content


@pytest.mark.parametrize(
    ("content", "filename", "reason"),
    [
        (b"no PDF at all", "scan.pdf", "not_a_pdf"),
        (b"no PDF at all" * 200_000, "scan.PDF", "refused_by_service"),
        (b"", "scan.pdf", "refused_by_service"),
        (b"words", "letter.docx", "file_type"),
        (b"%PDF-" + b"%" * 11_000_000, "long.pdf", "file_over_limit"),
    ],
)
def test_a_file_that_cannot_be_a_voucher_is_rejected_and_the_others_are_moved(
    acme: Stage, content: bytes, filename: str, reason: str
) -> None:
    bad, good = acme.document(content, filename), acme.document()
    acme.export()
    assert acme.states() == {bad: f"rejected {reason}", good: "moved"}
    assert list(acme.booked()) == [good]
    assert acme.entry(bad).reason
    assert acme.entry(bad).remedy


# What the account's rules and the figures hold back


def test_a_held_document_is_moved_when_the_settings_allow_it(acme: Stage) -> None:
    uid = acme.document(currency="GBP")
    acme.export()
    assert acme.states() == {uid: "held foreign_currency"}
    acme.export()
    assert acme.states() == {uid: "held foreign_currency"}
    acme.export(acme.exports(foreign_currency="zero_amount"))
    [expense] = acme.company.expenses()
    assert expense["totalGrossAmount"] == 0
    assert expense["lines"][0]["description"].startswith("119.00 GBP / ")


def test_a_rejected_document_is_moved_once_its_figures_are_corrected(acme: Stage) -> None:
    uid = acme.document(tax_rates=[])
    acme.export()
    assert acme.states() == {uid: "rejected no_tax_rate"}
    acme.company.edit_document(int(uid), tax_rates=["19"])
    acme.export()
    assert acme.booked() == {uid: 119}


def test_the_service_that_checks_the_reverse_charge_is_content(stage_of: Callable[..., Stage]) -> None:
    acme = stage_of(switches={"reverse_charge_check": True})
    rule = {"tax_rate": "19", "product_or_service": "service", "consumption_or_resale": "consumption"}
    abroad = {"supplier": "Moulin", "supplier_country": "FR", "net_amount": "50", "gross_amount": "50"}
    uids = [acme.document(**abroad, tax_rates=["0"]), acme.document(**abroad, tax_rates=["0"], currency="USD")]
    acme.export(acme.exports(reverse_charge=rule, foreign_currency="zero_amount"))
    assert acme.booked() == {uids[0]: 50, uids[1]: 0}


def reversed_(acme: Stage) -> tuple[str, ExportAccount]:
    """Add a document that is booked with the reverse charge."""
    rule = {"tax_rate": "19", "product_or_service": "service", "consumption_or_resale": "consumption"}
    abroad = {"supplier": "Moulin", "supplier_country": "FR", "net_amount": "50", "gross_amount": "50"}
    return acme.document(**abroad, tax_rates=["0"]), acme.exports(reverse_charge=rule)


def without_reverse_charge(acme: Stage, expense: str) -> Any:
    """Remove the reverse charge from an expense, as a bookkeeper would."""
    [stored] = [one for one in acme.company.expenses() if one["id"] == expense]
    lines = [{name: value for name, value in line.items() if name != "reverseCharge"} for line in stored["lines"]]
    return acme.company.edit_entity(expense, lines=lines)


def test_an_expense_that_is_stored_without_its_reverse_charge_is_not_taken_for_moved(acme: Stage) -> None:
    uid, account = reversed_(acme)
    create = acme.debitoor.create_expense

    def dropped(expense: Any) -> Any:
        stored = create(expense)
        without_reverse_charge(acme, stored.id)
        return acme.debitoor.expense(stored.id)

    acme.debitoor.create_expense = dropped
    acme.export(account)
    assert acme.states() == {uid: "rejected stored_differently"}
    assert "reverse charge on 0.00 instead of 50.00" in acme.entry(uid).reason


def test_an_answer_without_the_reverse_charge_is_completed_by_a_look(acme: Stage) -> None:
    uid, account = reversed_(acme)
    create = acme.debitoor.create_expense

    def answer(expense: Any) -> Any:
        stored = create(expense)
        return replace(stored, lines=tuple(replace(line, has_reverse_charge=False) for line in stored.lines))

    acme.debitoor.create_expense = answer
    watch = acme.watch()
    acme.export(account)
    assert acme.states() == {uid: "moved"}
    assert watch.calls["debitoor.expenses.get"] == 1


def test_a_copy_that_lost_its_reverse_charge_is_not_adopted(acme: Stage) -> None:
    uid, account = reversed_(acme)
    acme.export(account)
    [expense] = acme.company.expenses()
    acme.open_ledger("new")
    acme.export(account)
    assert acme.states() == {uid: "moved"}
    without_reverse_charge(acme, expense["id"])
    acme.open_ledger("newer")
    acme.export(account)
    assert acme.states() == {uid: "held differs_at_target"}


def test_hostile_words_reach_the_books_on_one_line(acme: Stage) -> None:
    supplier = "Evil\nCorp\t\u202e[GMI 1]\ud83d"
    uid = acme.document(supplier=supplier.encode("utf-16", "surrogatepass").decode("utf-16", "replace"), note="a\x00b")
    acme.export()
    [expense] = acme.company.expenses()
    assert expense["supplierName"].startswith("Evil Corp [GMI 1]")
    assert list(acme.booked()) == [uid]


# Whatever form the services' answers take


@pytest.mark.parametrize(
    "switches",
    [
        {"error_shape": "flat", "rate_limit_status": 403},
        {"records_shape": "object", "amounts": "string"},
        {"file_endpoint": "absent"},
        {"file_endpoint": "json"},
        {"list_order": "shuffled", "due_date_when_unset": "0000-00-00"},
        {"due_date_when_unset": None},
        {"max_limit": 1},
        {"strict_bookkeeping": True},
        {"attachment_over_quota": True},
    ],
)
def test_the_books_are_the_same_however_the_services_put_things(
    stage_of: Callable[..., Stage], switches: dict[str, Any]
) -> None:
    acme = stage_of(switches=switches)
    contents = {acme.document(content): content for content in (pdf(), pdf(), pdf(2_000_000))}
    acme.export(acme.exports(archive_after_transfer=True))
    assert acme.booked() == dict.fromkeys(contents, 119)
    assert acme.archived() == contents.keys()
    files = {e["lines"][0]["description"].rpartition("[GMI ")[2][:-1]: e["fileId"] for e in acme.company.expenses()}
    assert {uid: acme.company.file(file_id) for uid, file_id in files.items()} == contents
    acme.open_ledger("new")
    watch = acme.watch()
    acme.export()
    assert watch.created == {}


def test_a_used_up_quota_of_attachments_is_in_the_history(stage_of: Callable[..., Stage]) -> None:
    acme = stage_of(switches={"attachment_over_quota": True})
    uid = acme.document()
    acme.export()
    assert acme.ledger.documents.history(acme.entry(uid))[-1].detail == {"number": 1, "over_quota": True}


def test_files_beyond_the_space_of_the_books_are_a_warning_of_the_run(stage_of: Callable[..., Stage]) -> None:
    acme = stage_of(switches={"attachment_over_quota": True})
    acme.documents(2)
    acme.export()
    [warning] = acme.ledger.runs.get(acme.run_id).window["warnings"]
    assert warning["code"] == "files_over_quota"


def test_a_rounding_difference_is_in_the_history(acme: Stage) -> None:
    items = [
        {"description": "Paper", "quantity": "1", "tax_percentage": rate, "total_gross": gross}
        for rate, gross in (("7", "107.00"), ("19", "119.00"))
    ]
    uid = acme.document(gross_amount="226.02", net_amount="200.00", tax_rates=["7", "19"], line_items=items)
    acme.export()
    [expense] = acme.company.expenses()
    assert [line["grossAmount"] for line in expense["lines"]] == [107, Decimal("119.02")]
    [intent] = [event for event in acme.ledger.documents.history(acme.entry(uid)) if event.kind == "intent"]
    assert intent.detail["rounding"] == "0.02"


@pytest.mark.parametrize("name", ["intent", "found"])
def test_a_split_that_is_one_of_several_is_marked_in_the_history(acme: Stage, name: str) -> None:
    uid = acme.document(gross_amount="226.00", net_amount="200.00", tax_rates=["7", "19"])
    acme.export()
    if name == "found":
        acme.open_ledger("new")
        acme.export()
    [marked] = [event for event in acme.ledger.documents.history(acme.entry(uid)) if "nearest" in event.detail]
    assert acme.entry(uid).mark_code == "nearest_split"
    assert marked.detail["nearest"] == {"7": ["106.91", "107.09"], "19": ["118.91", "119.09"]}


def test_the_postcode_of_a_foreign_supplier_decides_whether_it_is_in_the_vat_area(acme: Stage) -> None:
    france = next(row.country_uid for row in acme.gmi.countries() if row.country_code == "FR")
    acme.gmi.create_company("Rhum SARL", france, zip="97400")
    acme.gmi.create_company("Vin SARL", france, zip="33000")
    untaxed = {"net_amount": "50.00", "gross_amount": "50.00", "tax_rates": ["0"], "supplier_country": "FR"}
    overseas, mainland = (acme.document(supplier=name, **untaxed) for name in ("Rhum SARL", "Vin SARL"))
    rule = {"tax_rate": 19, "product_or_service": "product", "consumption_or_resale": "resale"}
    watch = acme.watch()
    acme.export(acme.exports(reverse_charge=rule))
    assert acme.states() == {overseas: "held outlying_territory", mainland: "moved"}
    assert watch.calls["gmi.companies.get"] == 2


# Documents in a foreign currency that are converted


def rates_of(folder: Path, *rows: str) -> str:
    file = folder / "eurofxref-hist.csv"
    file.write_text("\n".join(["Date,USD", *rows]))
    return str(file)


def test_a_foreign_document_is_booked_at_the_rate_of_its_day_with_rate_and_source(acme: Stage) -> None:
    uid = acme.document(currency="USD", document_date="2024-01-02")
    account = acme.exports(foreign_currency="convert")
    [row] = acme.preview(account)
    assert (row.outcome, row.lines) == ("send", ("19 %: 108.62", "1.0956 USD = 1 EUR, ECB 2024-01-02"))
    acme.export(account)
    assert acme.booked() == {uid: Decimal("108.62")}
    [expense] = acme.company.expenses()
    assert expense["lines"][0]["description"].startswith("119.00 USD (1.0956 USD = 1 EUR, ECB 2024-01-02) / ")
    intent = next(event for event in acme.ledger.documents.history(acme.entry(uid)) if event.kind == "intent")
    assert readable(intent.detail["exchange_rate"]) == "1.0956 USD = 1 EUR, ECB 2024-01-02"


@pytest.mark.usefixtures("in_2090")
def test_a_document_waits_for_its_rate_without_calls_and_is_moved_automatically(acme: Stage, tmp_path: Path) -> None:
    acme.options["ecb_rates"] = rates_of(tmp_path, "2026-11-20,1.15")
    account = acme.exports(foreign_currency="convert")
    uid = acme.document(currency="USD", document_date="2090-01-02")
    assert [row.outcome for row in acme.preview(account)] == ["waiting"]
    acme.export(account)
    assert acme.states() == {uid: "waiting no_rate_yet"}
    watch = acme.watch()
    acme.clock.pass_by(hours=1)
    acme.export(account)
    assert sum(watch.calls.values()) == 1
    assert acme.states() == {uid: "waiting no_rate_yet"}
    rates_of(tmp_path, "2089-12-30,1.16")
    assert "reach 2089-12-30" in acme.preview(account)[0].reason
    acme.export(account)
    assert "reach 2089-12-30" in acme.entry(uid).reason
    acme.clock.pass_by(days=1)  # beyond what a listing of changes shows
    rates_of(tmp_path, "2089-12-31,1.17")
    acme.export(account)
    assert "reach 2089-12-31" in acme.entry(uid).reason
    rates_of(tmp_path, "2090-01-02,1.19", "2026-11-20,1.15")
    assert [row.outcome for row in acme.preview(account)] == ["send"]
    acme.export(account)
    assert acme.booked() == {uid: 100}


def test_a_file_of_rates_that_cannot_be_read_stops_the_run_before_anything_is_written(acme: Stage) -> None:
    acme.options["ecb_rates"] = "/nowhere/eurofxref-hist.zip"
    acme.document(currency="USD")
    watch = acme.watch()
    with pytest.raises(Misconfigured, match=r"/nowhere/eurofxref-hist\.zip cannot be read"):
        acme.export(acme.exports(foreign_currency="convert"))
    assert watch.writes == []


@pytest.mark.usefixtures("in_2090")
def test_a_document_whose_last_attempt_did_not_arrive_waits_for_its_rate_too(acme: Stage, tmp_path: Path) -> None:
    acme.options["ecb_rates"] = rates_of(tmp_path, "2090-01-02,1.19")
    account = acme.exports(foreign_currency="convert")
    uid = acme.document(currency="USD", document_date="2090-01-02")
    acme.fault("cut_before", "debitoor.expenses.create", times=1)
    with pytest.raises(RetryError):
        acme.export(account)
    assert acme.states() == {uid: "sending"}
    rates_of(tmp_path, "2026-11-20,1.15")
    acme.clock.pass_by(minutes=2)
    acme.finish(account)
    assert acme.states() == {uid: "waiting no_rate_yet"}
    assert acme.booked() == {}


@pytest.mark.parametrize("name", ["sent", "found"])
def test_under_strict_bookkeeping_an_expense_that_is_not_booked_is_marked(acme: Stage, name: str) -> None:
    acme.company.switch(strict_bookkeeping=True)
    uid = acme.document()
    acme.export()
    if name == "found":
        acme.open_ledger("new")
        acme.export()
    assert acme.states() == {uid: "moved"}
    [mark] = acme.entry(uid).marks
    assert "draft without a number" in mark.text()
    assert mark.remedy().startswith("Book the expense in Debitoor")
    assert acme.ledger.lists.marks() == {"unbooked": 1}
