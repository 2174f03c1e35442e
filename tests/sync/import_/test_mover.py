from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.services.errors import Misconfigured, Refused, RetryError
from debitoor_provider.sync.directions import row_of
from debitoor_provider.sync.rate_sums import rates_text
from debitoor_provider.sync.window import manual

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sync.stage import Stage


def invoice(acme: Stage, **fields: Any) -> str:
    """Create a sales invoice over 119.00 EUR; return its id."""
    lines = [{"description": "Work", "quantity": "1", "unit_net_price": "100.00", "tax_rate": "19"}]
    usual = {"date": "2026-01-31", "customer_name": "Kunde AG", "lines": lines}
    return str(acme.company.add_invoice(**{**usual, **fields})["id"])


UNREAD = {"document_number": "", "document_date": "", "net_amount": "0", "gross_amount": "0", "currency": ""}


def imported(acme: Stage) -> dict[str, dict[str, Any]]:
    """Return the documents in GetMyInvoices, by the sales document that their note names."""
    found = {}
    for row in acme.company.documents():
        marker = row["note"].rpartition("[Debitoor ")[2].removesuffix("]")
        assert marker not in found, f"{marker} is there twice"
        found[marker] = row
    return found


def test_an_invoice_becomes_a_document_with_its_pdf_and_its_figures(acme: Stage) -> None:
    source = invoice(acme, number="RE/2026-1", content=b"%PDF-1.4 sales %%EOF", paid=True)
    acme.import_(acme.imports(defaults={"tags": ["debitoor", "sales"], "note": "by the sync"}))
    row = imported(acme)[source]
    assert acme.company.document_file(row["uid"]) == b"%PDF-1.4 sales %%EOF"
    assert row["filename"] == "RE_2026-1.pdf"
    assert row["note"] == f"by the sync [Debitoor {source}]"
    assert (row["documentType"], row["documentNumber"], row["documentDate"]) == (
        "SALES_INVOICE",
        "RE/2026-1",
        "2026-01-31",
    )
    assert (float(row["netAmount"]), float(row["grossAmount"]), row["currency"]) == (100, 119, "EUR")
    assert (row["tags"], row["paymentStatus"]) == (["debitoor", "sales"], "Paid")
    assert acme.states("import") == {source: "moved"}


def test_a_credit_note_keeps_its_sign_and_gets_its_own_type(acme: Stage) -> None:
    source = invoice(acme, kind="creditNote", number="GS-1")
    acme.import_(acme.imports(defaults={"credit_note_type": "CREDIT_NOTE"}))
    row = imported(acme)[source]
    assert (row["documentType"], float(row["grossAmount"])) == ("CREDIT_NOTE", -119)


@pytest.mark.parametrize("rule", ["hold", "keep", "negate"])
def test_the_sign_of_a_positive_credit_note_is_never_guessed(stage_of: Callable[..., Stage], rule: str) -> None:
    acme = stage_of(switches={"credit_note_amounts": "positive"})
    source = invoice(acme, kind="creditNote", number="GS-1")
    account = acme.imports(defaults={"positive_credit_note": rule})
    [shown] = acme.preview_import(account)
    acme.import_(account)
    if rule == "hold":
        assert acme.states("import") == {source: "held positive_sales_credit_note"}
        assert shown.outcome == "held"
        assert imported(acme) == {}
    else:
        assert acme.states("import") == {source: "moved"}
        assert float(imported(acme)[source]["grossAmount"]) == {"keep": 119, "negate": -119}[rule]


def test_only_the_chosen_kinds_come(acme: Stage) -> None:
    sold, returned = invoice(acme, number="1"), invoice(acme, kind="creditNote", number="2")
    acme.import_(acme.imports(documents=["credit_notes"]))
    assert imported(acme).keys() == {returned}
    acme.import_(acme.imports(documents=["invoices"]))
    assert imported(acme).keys() == {sold, returned}


def test_an_imported_document_is_not_exported(acme: Stage) -> None:
    invoice(acme)
    account = acme.imports(defaults={"document_type": "INCOMING_INVOICE"})
    acme.import_(account)
    acme.export()
    assert acme.company.expenses() == []


def test_an_import_with_nothing_new_checks_the_books_and_asks_for_both_lists(acme: Stage) -> None:
    invoice(acme)
    for _ in range(2):  # the second one still sees the first one's overlap
        acme.import_()
        acme.clock.pass_by(hours=2)
    watch = acme.watch()
    acme.import_()
    assert watch.calls == {"debitoor.environment": 1, "debitoor.invoices.list": 1, "debitoor.credit_notes.list": 1}


def test_the_empty_list_of_another_company_does_not_move_the_watermark(acme: Stage, stage_of: Callable) -> None:
    source, other = invoice(acme), stage_of("Other GmbH")
    own, acme.debitoor = acme.debitoor, other.debitoor
    with pytest.raises(Misconfigured, match="belongs to"):
        acme.import_()
    acme.debitoor = own
    acme.clock.pass_by(days=1)
    acme.import_()
    assert imported(acme).keys() == {source}


def test_an_invoice_that_is_paid_later_is_not_imported_again(acme: Stage) -> None:
    source = invoice(acme)
    acme.import_()
    acme.clock.pass_by(days=3)
    acme.company.edit_entity(source, paid=True)
    plan = acme.import_()
    assert (plan.done, len(plan.due)) == (1, 0)
    assert len(imported(acme)) == 1


def test_an_invoice_deleted_before_or_after_the_plan_is_not_moved(acme: Stage) -> None:
    before, after = invoice(acme), invoice(acme)
    acme.company.delete_entity(before)
    acme.plan_import(acme.imports())
    acme.company.delete_entity(after)
    acme.finish_import()
    assert acme.company.documents() == []
    assert acme.states("import") == {after: "gone"}


def test_an_invoice_that_a_credit_note_cancels_comes_with_it(acme: Stage) -> None:
    before = invoice(acme, number="1001")
    note = acme.company.cancel_invoice(before)["id"]
    after = invoice(acme, number="1003")
    acme.plan_import(acme.imports())
    other = acme.company.cancel_invoice(after)["id"]
    acme.finish_import()
    assert acme.states("import") == {before: "moved", note: "moved", after: "moved"}
    acme.import_()
    grosses = {source: float(row["grossAmount"]) for source, row in imported(acme).items()}
    assert grosses == {before: 119, note: -119, after: 119, other: -119}


def test_an_invoice_that_is_cancelled_after_it_was_imported_stays(acme: Stage) -> None:
    source = invoice(acme)
    acme.import_()
    note = acme.company.cancel_invoice(source)["id"]
    acme.clock.pass_by(days=1)
    acme.import_()
    assert acme.states("import") == {source: "moved", note: "moved"}


def test_a_cancelled_invoice_is_left_out_where_its_credit_note_is(acme: Stage) -> None:
    source = invoice(acme)
    acme.company.cancel_invoice(source)
    account = acme.imports(documents=["invoices"])
    plan = acme.import_(account)
    assert plan.left_out == {"cancelled_by_credit_note": 1, "document_type": 1}
    assert imported(acme) == {}
    acme.import_(acme.imports())
    assert sorted(float(row["grossAmount"]) for row in imported(acme).values()) == [-119, 119]


def test_a_cancelled_invoice_that_cannot_be_read_is_shown_and_not_left_out(stage_of: Callable[..., Stage]) -> None:
    acme = stage_of(switches={"cancelled_readable": False})
    source = invoice(acme)
    note = acme.company.cancel_invoice(source)["id"]
    acme.import_()
    assert acme.states("import") == {source: "rejected refused_by_service", note: "moved"}


@pytest.mark.parametrize(
    ("effect", "details"),
    [
        ("cut_after", {}),
        ("cut_after_without_tags", {}),
        ("cut_before", {}),
        ("status", {"status": 503, "when": "after"}),
        ("html", {"status": 502, "when": "after"}),
        ("rate_limited", {"retry_after": 5}),
    ],
)
def test_an_upload_whose_answer_is_lost_is_stored_once_with_its_tags(
    acme: Stage, effect: str, details: dict[str, Any]
) -> None:
    source = invoice(acme)
    account = acme.imports(defaults={"tags": ["debitoor"]})
    acme.fault(effect, "gmi.documents.create", times=1, **details)
    acme.plan_import(account)
    for _ in range(3):
        try:
            acme.finish_import(account)
        except RetryError:
            acme.clock.pass_by(minutes=2)
        else:
            break
    assert imported(acme)[source]["tags"] == ["debitoor"]
    assert acme.states("import") == {source: "moved"}


def test_a_pdf_that_breaks_off_is_read_again(acme: Stage) -> None:
    source = invoice(acme)
    acme.fault("truncate_hidden", "debitoor.invoices.pdf", times=1)
    acme.import_()
    assert acme.company.document_file(imported(acme)[source]["uid"]) == acme.company.invoice_pdf(source)


def test_an_invoice_whose_pdf_is_not_found_is_not_taken_for_deleted(acme: Stage) -> None:
    source = invoice(acme)
    acme.fault("status", "debitoor.invoices.pdf", status=404)
    acme.import_()
    assert acme.states("import") == {source: "rejected refused_by_service"}


@pytest.mark.parametrize("operation", ["gmi.documents.get", "gmi.documents.update"])
def test_tags_that_could_not_be_added_are_added_later(acme: Stage, operation: str) -> None:
    source = invoice(acme)
    account = acme.imports(defaults={"tags": ["debitoor"]})
    acme.fault("cut_after_without_tags", "gmi.documents.create", times=1)
    acme.fault("status", "gmi.documents.list", status=200, body={"totalCount": 0, "maxPages": 0, "records": []})
    acme.fault("status", operation, status=503)
    for _ in range(2):
        with pytest.raises(RetryError):
            acme.import_(account)
    acme.sandbox.clear_faults()
    acme.import_(account)
    assert imported(acme)[source]["tags"] == ["debitoor"]


def test_an_upload_that_is_found_only_by_its_bytes_gets_its_tags_too(acme: Stage) -> None:
    source = invoice(acme)
    account = acme.imports(defaults={"tags": ["debitoor"]})
    acme.fault("cut_after_without_tags", "gmi.documents.create", times=1)
    acme.fault("status", "gmi.documents.list", status=200, body={"totalCount": 0, "maxPages": 0, "records": []})
    with pytest.raises(RetryError):
        acme.import_(account)
    acme.clock.pass_by(minutes=2)
    acme.finish_import(account)
    assert imported(acme)[source]["tags"] == ["debitoor"]
    assert acme.states("import") == {source: "moved"}


def test_a_look_up_that_fails_leaves_the_upload_unclear(acme: Stage) -> None:
    source = invoice(acme)
    acme.fault("cut_after", "gmi.documents.create", times=1)
    blind = acme.fault(
        "status", "gmi.documents.list", status=500, between=(3, 100)
    )  # after the looks before it is sent
    with pytest.raises(RetryError):
        acme.import_()
    assert acme.entry(source, "import").state == "sending"
    acme.sandbox.clear_faults(blind)
    acme.finish_import()
    assert imported(acme).keys() == {source}


def test_even_an_old_ledger_and_a_reprinted_pdf_make_no_second_document(acme: Stage) -> None:
    before = invoice(acme)
    acme.import_()
    acme.back_up_ledger("old")
    since = invoice(acme)
    acme.import_()
    for source in (before, since):
        acme.company.print_again(source, b"%PDF-1.4 in another layout %%EOF")
        acme.company.edit_entity(source, date="2026-02-02")
    acme.open_ledger("old")
    acme.import_()
    assert imported(acme).keys() == {before, since}
    assert set(acme.states("import").values()) == {"moved"}


def test_a_sales_document_edited_after_it_was_named_has_name_and_customer_of_what_is_uploaded(acme: Stage) -> None:
    source = invoice(acme, number="RE-1")
    acme.plan(acme.imports())
    acme.name(acme.imports())
    acme.company.edit_entity(source, number="RE-2", customerName="Andere AG", date="2026-02-02")
    acme.clock.pass_by(hours=1)
    acme.send(acme.imports())
    row, entry = imported(acme)[source], acme.entry(source, "import")
    assert row["filename"] == entry.target_name == "RE-2.pdf"
    assert (entry.company, entry.document_number, entry.source_name) == ("Andere AG", row["documentNumber"], "RE-2")
    assert str(entry.document_date) == row["documentDate"] == "2026-02-02"


def test_a_sales_document_whose_upload_may_still_arrive_keeps_its_name(acme: Stage) -> None:
    source = invoice(acme, number="RE-1")
    acme.plan(acme.imports())
    acme.name(acme.imports())
    acme.fault("cut_after", "gmi.documents.create", times=1)
    blind = acme.fault("status", "gmi.documents.list", status=500, between=(3, 100))
    with pytest.raises(RetryError):
        acme.send(acme.imports())
    acme.sandbox.clear_faults(blind)
    acme.company.edit_entity(source, number="RE-2")
    acme.finish_import()
    assert imported(acme)[source]["filename"] == acme.entry(source, "import").target_name == "RE-1.pdf"


def test_a_document_locked_meanwhile_is_still_moved(acme: Stage) -> None:
    source = invoice(acme)
    account = acme.imports(defaults={"tags": ["debitoor"]})
    acme.fault("cut_after_without_tags", "gmi.documents.create", times=1)
    acme.fault("status", "gmi.documents.update", status=422, code=147)
    acme.import_(account)
    assert acme.states("import") == {source: "moved"}


def test_a_file_that_is_there_already_counts_as_done(acme: Stage) -> None:
    source = invoice(acme, number="RE-1", content=b"%PDF-1.4 the same %%EOF")
    uid = acme.document(b"%PDF-1.4 the same %%EOF", document_number="RE-1", document_type="SALES_INVOICE")
    acme.import_()
    assert acme.entry(source, "import").target_id == uid
    assert len(acme.company.documents()) == 1


def test_two_invoices_printed_to_the_same_bytes_are_not_taken_for_one(acme: Stage) -> None:
    same = b"%PDF-1.4 the same %%EOF"
    first, second = invoice(acme, number="RE-1", content=same), invoice(acme, number="RE-2", content=same)
    acme.import_(acme.imports(parallel=1))
    (copy,) = acme.company.documents()
    moved, other = (first, second) if first in copy["note"] else (second, first)
    assert acme.states("import") == {moved: "moved", other: "held same_file"}
    assert f"(id {copy['uid']}," in acme.entry(other, "import").reason
    assert copy["documentNumber"] in acme.entry(other, "import").reason
    assert "choose “Mark as there”" in acme.entry(other, "import").remedy
    acme.company.print_again(other, b"%PDF-1.4 no longer the same %%EOF")
    acme.ledger.documents.retry([acme.entry(other, "import")], "user:anna")
    acme.import_()
    assert acme.states("import") == {first: "moved", second: "moved"}
    assert imported(acme).keys() == {first, second}


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"document_number": "RE-1"}, "moved"),
        ({"document_number": ""}, "moved"),
        (UNREAD, "moved"),  # uploaded by hand, and not read yet
        (UNREAD | {"document_type": "MISC"}, "moved"),
        ({"document_number": "RE-1", "gross_amount": "5.00"}, "held same_file"),
        ({"document_number": "RE-1", "document_date": "2020-01-01"}, "held same_file"),
        ({"document_number": "RE-1", "document_type": "DELIVERY_NOTE"}, "held same_file"),
        ({"document_number": "RE-1", "currency": "USD"}, "held same_file"),
        ({"document_number": "", "gross_amount": "5.00", "document_date": "2020-01-01"}, "held same_file"),
        ({"document_number": "OTHER"}, "held same_file"),
        ({"document_number": "RE-1", "note": f"[Debitoor {'a' * 24}]"}, "held same_file"),
    ],
)
def test_a_file_that_is_there_as_another_document_is_not_taken_for_the_copy(
    acme: Stage, fields: dict[str, str], state: str
) -> None:
    source = invoice(acme, number="RE-1", content=b"%PDF-1.4 the same %%EOF")
    uid = acme.document(b"%PDF-1.4 the same %%EOF", **{"document_type": "SALES_INVOICE", **fields})
    acme.import_()
    assert acme.states("import") == {source: state}
    assert acme.entry(source, "import").target_id == (uid if state == "moved" else None)


def test_an_existing_file_that_cannot_be_looked_at_is_looked_at_later(acme: Stage) -> None:
    source = invoice(acme, number="RE-1", content=b"%PDF-1.4 the same %%EOF")
    acme.document(b"%PDF-1.4 the same %%EOF", document_number="OTHER")
    acme.fault("status", "gmi.documents.get", status=503)
    with pytest.raises(RetryError, match="the lookup of its document failed"):
        acme.import_()
    assert acme.states("import") == {source: "sending"}
    acme.sandbox.clear_faults()
    acme.clock.pass_by(minutes=2)
    acme.finish_import()
    assert acme.states("import") == {source: "held same_file"}


def test_a_document_that_is_uploaded_twice_is_held_with_both_named(
    acme: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = invoice(acme)
    acme.import_()
    (copy,) = acme.company.documents()
    again = acme.document(note=copy["note"], document_number=copy["documentNumber"])
    other = invoice(acme)
    acme.import_()
    assert acme.states("import") == {source: "held booked_twice", other: "moved"}
    reason = acme.entry(source, "import").reason
    assert f"(id {copy['uid']}," in reason
    assert f"(id {again}," in reason
    acme.company.delete_document(int(again))
    acme.ledger.documents.retry([acme.entry(source, "import")], "user:anna")
    acme.import_()
    assert acme.entry(source, "import").target_id == str(copy["uid"])


def test_a_rebuild_holds_what_is_there_twice(acme: Stage) -> None:
    source, other = invoice(acme), invoice(acme)
    acme.import_()
    copy = next(document for document in acme.company.documents() if source in document["note"])
    acme.document(note=copy["note"], document_number=copy["documentNumber"])
    acme.open_ledger("new")
    acme.rebuild_import()
    assert acme.states("import") == {source: "held booked_twice", other: "moved"}


@pytest.mark.parametrize(("number", "state"), [("RE-1", "moved"), ("RE-2", "rejected refused_by_service")])
def test_a_duplicate_without_its_id_is_looked_for_by_number(acme: Stage, number: str, state: str) -> None:
    source = invoice(acme, number="RE-1", content=b"%PDF-1.4 the same %%EOF")
    uid = acme.document(b"%PDF-1.4 the same %%EOF", document_number=number, document_type="SALES_INVOICE")
    acme.document(document_number="RE-10")
    body = {"success": False, "errors": [{"code": 127, "detail": "Document already exists"}]}
    acme.fault("status", "gmi.documents.create", status=422, body=body)
    acme.import_()
    assert acme.states("import") == {source: state}
    assert acme.entry(source, "import").target_id == (uid if state == "moved" else None)


def test_an_invalid_pdf_is_rejected_and_the_others_are_moved(acme: Stage) -> None:
    bad, good = invoice(acme, content=b"not a PDF"), invoice(acme)
    acme.import_()
    assert imported(acme).keys() == {good}
    assert acme.states("import") == {bad: "rejected refused_by_service", good: "moved"}


def test_the_uploads_of_an_hour_used_up_stop_the_run_and_nothing_is_lost(acme: Stage) -> None:
    acme.company.limit(gmi_uploads_per_hour=2)
    sources = [invoice(acme) for _ in range(4)]
    with pytest.raises(RetryError) as left:
        acme.import_(acme.imports(parallel=1))
    assert left.value.retry_after == 3600
    assert len(imported(acme)) == 2
    acme.clock.pass_by(hours=1)
    acme.finish_import()
    assert imported(acme).keys() == set(sources)


# The company of the settings


def test_the_company_is_found_by_its_name_or_created(acme: Stage) -> None:
    first = invoice(acme)
    with pytest.raises(Misconfigured, match="no company 'Meine Firma GmbH'"):
        acme.import_(acme.imports(defaults={"company": "Meine Firma GmbH"}))
    create = acme.imports(defaults={"company": "Meine Firma GmbH", "create_company": True})
    acme.import_(create)
    second = invoice(acme)
    acme.import_(acme.imports(defaults={"company": "MEINE  firma gmbh"}))
    assert {imported(acme)[source]["companyName"] for source in (first, second)} == {"Meine Firma GmbH"}


@pytest.mark.parametrize("fault", ["deliver_twice", "hang_up_after"])
def test_a_company_that_was_created_though_the_answer_says_otherwise_is_taken(acme: Stage, fault: str) -> None:
    source = invoice(acme)
    how = ("deliver_twice", {}) if fault == "deliver_twice" else ("status", {"status": 502, "when": "after"})
    acme.fault(how[0], "gmi.companies.create", **how[1])
    acme.import_(acme.imports(defaults={"company": "New Ltd", "create_company": True}))
    assert imported(acme)[source]["companyName"] == "New Ltd"
    assert [company.name for company in acme.gmi.companies()].count("New Ltd") == 1


def test_a_company_name_that_only_the_service_knows_is_a_refusal(acme: Stage) -> None:
    invoice(acme)
    acme.fault("status", "gmi.companies.create", status=422, body={"errors": [{"code": 116, "detail": "exists"}]})
    with pytest.raises(Refused):
        acme.import_(acme.imports(defaults={"company": "New Ltd", "create_company": True}))


@pytest.mark.parametrize("write", ["gmi.documents.create", "gmi.documents.update"])
def test_a_write_that_is_delivered_twice_moves_a_document_once(acme: Stage, write: str) -> None:
    source = invoice(acme)
    acme.fault("deliver_twice", write)
    acme.import_(acme.imports(defaults={"tags": ["a"]}))
    assert acme.states("import") == {source: "moved"}
    assert len(acme.company.documents()) == 1


def test_the_invoices_of_another_company_are_not_moved(acme: Stage) -> None:
    invoice(acme)
    watch = acme.watch()
    with pytest.raises(Misconfigured, match="belongs to"):
        acme.import_(acme.imports(debitoor_id="other@acme.example"))
    assert acme.states("import") == {}
    assert acme.company.documents() == []
    assert watch.writes == []


def test_a_person_may_name_invoices_and_credit_notes(acme: Stage) -> None:
    sold, returned, _ = invoice(acme), invoice(acme, kind="creditNote"), invoice(acme)
    acme.import_(window=manual(None, None, (sold, returned, "f" * 24)))
    assert imported(acme).keys() == {sold, returned}


def test_a_record_that_is_not_a_sales_document_is_reported_in_plain_words(acme: Stage) -> None:
    with pytest.raises(Misconfigured, match="'RE-1' is not the id of a document"):
        acme.import_(window=manual(None, None, ("RE-1",)))


# A lost ledger


def test_even_a_lost_ledger_makes_no_second_document(acme: Stage) -> None:
    sources = {invoice(acme), invoice(acme)}
    acme.import_()
    acme.open_ledger("new")
    acme.import_()
    assert imported(acme).keys() == sources
    assert set(acme.states("import").values()) == {"moved"}


def test_a_rebuilt_ledger_knows_what_was_imported(acme: Stage) -> None:
    source = invoice(acme)
    acme.import_()
    before = acme.entry(source, "import")
    acme.open_ledger("new")
    assert acme.rebuild_import().added == 1
    after = acme.entry(source, "import")
    assert (after.state, after.target_id, after.target_name) == (before.state, before.target_id, before.target_name)
    watch = acme.watch()
    acme.import_()
    assert watch.writes == []


def test_services_that_fail_at_random_get_each_invoice_once_in_the_end(acme: Stage) -> None:
    account = acme.imports(defaults={"tags": ["debitoor"]})
    sources = {invoice(acme) for _ in range(12)}
    for effect, operation, probability in (
        ("cut_after_without_tags", "gmi.documents.create", 0.3),
        ("cut_before", "gmi.documents.create", 0.3),
        ("cut_after", "gmi.documents.update", 0.3),
        ("truncate", "debitoor.invoices.pdf", 0.3),
        ("rate_limited", "*", 0.05),
        ("cut_before", "*.list", 0.2),
    ):
        acme.fault(effect, operation, probability=probability, seed=7)
    for _ in range(60):
        try:
            acme.import_(account)
        except RetryError:
            acme.clock.pass_by(minutes=2)
        else:
            break
    assert imported(acme).keys() == sources
    assert {tuple(row["tags"]) for row in acme.company.documents()} == {("debitoor",)}
    assert acme.states("import") == dict.fromkeys(sources, "moved")


def test_a_requested_new_record_is_tried_although_a_copy_exists(acme: Stage) -> None:
    source = invoice(acme)
    acme.import_()
    entry = acme.entry(source, "import")
    acme.ledger.documents.retry([entry], "user:anna", new_record=True)
    watch = acme.watch()
    acme.finish_import()
    assert watch.calls["gmi.documents.create"] == 1  # the service has the file, and says so
    after = acme.entry(source, "import")
    assert (str(after.state), after.target_id) == ("moved", entry.target_id)


@pytest.mark.parametrize("is_known", [True, False])
def test_a_requested_new_record_is_made_although_the_first_attempt_is_lost(
    acme: Stage, monkeypatch: pytest.MonkeyPatch, is_known: bool
) -> None:
    source = invoice(acme)
    acme.import_()
    [first] = acme.company.documents()
    if not is_known:
        acme.ledger.documents.retry([acme.entry(source, "import")], "user:anna", if_missing=True)
        acme.ledger.documents.mark_moved([acme.entry(source, "import")], "user:anna")
    acme.ledger.documents.retry([acme.entry(source, "import")], "user:anna", new_record=True)
    printed = b"%PDF-1.4 printed otherwise %%EOF"
    with monkeypatch.context() as later:
        later.setattr(type(acme.debitoor), "sales_pdf", lambda _, __, into: into.write(printed))
        acme.fault("cut_before", "gmi.documents.create", times=1)
        with pytest.raises(RetryError):
            acme.import_()
        acme.clock.pass_by(minutes=5)
        acme.import_()
    assert len(acme.company.documents()) == 2
    after = acme.entry(source, "import")
    assert str(after.state) == "moved"
    assert after.target_id not in {None, str(first["uid"])}
    invoice(acme)
    acme.import_()  # which looks for doubles
    assert str(acme.entry(source, "import").state) == "moved"


def test_a_sales_document_dated_far_ahead_is_held(acme: Stage) -> None:
    source = invoice(acme, date="2206-01-31")
    [row] = acme.preview_import()
    acme.import_()
    assert acme.states("import") == {source: "held sales_date_far"}
    assert row.outcome == "held"
    assert imported(acme) == {}


@pytest.mark.parametrize(("date", "code"), [(None, "sales_no_date"), ("soon", "sales_date_unreadable")])
def test_a_sales_document_without_a_date_is_held_until_it_has_one(acme: Stage, date: str | None, code: str) -> None:
    source = invoice(acme)
    acme.company.edit_entity(source, date=date)
    [row] = acme.preview_import()
    acme.import_()
    assert acme.states("import") == {source: f"held {code}"}
    assert (row.outcome, row.message and row.message.code) == ("held", code)
    assert imported(acme) == {}
    acme.company.edit_entity(source, date="2026-01-31")
    acme.import_()
    assert acme.states("import") == {source: "moved"}


def test_a_sales_document_without_a_currency_is_held_until_it_has_one(acme: Stage) -> None:
    source = invoice(acme)
    acme.company.edit_entity(source, currency="")
    [row] = acme.preview_import()
    acme.import_()
    assert acme.states("import") == {source: "held sales_no_currency"}
    assert (row.outcome, row.message and row.message.code) == ("held", "sales_no_currency")
    assert imported(acme) == {}
    acme.company.edit_entity(source, currency="EUR")
    acme.import_()
    assert acme.states("import") == {source: "moved"}


@pytest.mark.parametrize("country", ["DE", ""])
def test_a_company_that_cannot_be_created_says_so_in_the_preview_and_the_run(acme: Stage, country: str) -> None:
    invoice(acme)
    if country:
        body = [{"countryUid": 1, "name": "France", "countryCode": "FR"}]
        acme.fault("status", "gmi.countries.list", status=200, body=body)
    else:
        acme.company.switch(environment_without=["countryCode"])
        acme.fault("status", "debitoor.settings.get", status=404)
    account = acme.imports(defaults={"company": "New Ltd", "create_company": True})
    with pytest.raises(Misconfigured, match="country"):
        acme.preview_import(account)
    with pytest.raises(Misconfigured, match="country"):
        acme.import_(account)


def test_an_import_that_creates_no_company_needs_no_country(acme: Stage) -> None:
    source = invoice(acme)
    acme.company.switch(environment_without=["countryCode"])
    acme.fault("status", "debitoor.settings.get", status=404)
    watch = acme.watch()
    acme.import_()
    assert acme.states("import") == {source: "moved"}
    assert watch.calls["debitoor.settings.get"] == 0


def test_each_end_can_be_checked_without_the_other(acme: Stage) -> None:
    account = acme.imports()
    row_of(account).open(account, {"getmyinvoices": acme.gmi}.__getitem__, {}).require_target()
    row_of(account).open(account, {"debitoor": acme.debitoor}.__getitem__, {}).require_source()


def test_a_gross_amount_that_debitoor_does_not_state_is_in_the_ledger_from_the_plan_on(acme: Stage) -> None:
    source = invoice(acme)
    acme.company.edit_entity(source, totalGrossAmount=None)
    acme.plan_import(acme.imports())
    assert acme.entry(source, "import").gross_amount == 119
    acme.finish_import()
    entry = acme.entry(source, "import")
    assert (entry.state, entry.gross_amount, entry.booked_gross, entry.booked_currency) == ("moved", 119, 119, "EUR")
    [total] = acme.ledger.lists.sums()
    assert (total.gross, total.unknown) == (119, 0)


@pytest.mark.parametrize("lost", [False, True])
def test_the_ledger_has_the_sign_with_which_a_credit_note_was_uploaded(
    stage_of: Callable[..., Stage], lost: bool
) -> None:
    acme = stage_of(switches={"credit_note_amounts": "positive"})
    source = invoice(acme, kind="creditNote", number="GS-1")
    account = acme.imports(defaults={"positive_credit_note": "negate"})
    acme.import_(account)
    if lost:
        acme.open_ledger("new")
        acme.import_(account)
        assert acme.entry(source, "import").attempts == 0  # its copy was found
    entry = acme.entry(source, "import")
    assert (entry.state, entry.booked_gross) == ("moved", -119)
    [total] = acme.ledger.lists.sums()
    assert (total.gross, total.unknown) == (-119, 0)
    assert [(one.rate, one.net, one.tax) for one in total.rates] == [(19, -100, -19)]


TWO_RATES = [
    *({"description": "Work", "quantity": "1", "unit_net_price": "33.34", "tax_rate": "19"} for _ in range(3)),
    {"description": "Book", "quantity": "1", "unit_net_price": "10.00", "tax_rate": "7"},
]
AT_19 = 19, Decimal("119.01"), Decimal("100.02"), Decimal("18.99")
"""Rate, gross and net amount, tax; the net amount that is derived from the gross amount would be 100.01."""


@pytest.mark.parametrize("lost", ["no", "found again", "rebuilt"])
@pytest.mark.parametrize(
    ("lines", "rates"), [(TWO_RATES[:3], [AT_19]), (TWO_RATES, [(7, Decimal("10.70"), 10, Decimal("0.70")), AT_19])]
)
def test_sums_by_rate_are_those_of_debitoor(acme: Stage, lines: Any, rates: list[Any], lost: str) -> None:
    source = invoice(acme, lines=lines)
    acme.import_()
    if lost != "no":
        acme.open_ledger("new")
        acme.import_() if lost == "found again" else acme.rebuild_import()
        assert acme.entry(source, "import").attempts == 0
    [total] = acme.ledger.lists.sums()
    assert [(one.rate, one.gross, one.net, one.tax) for one in total.rates] == rates
    assert (total.gross, total.net, total.tax) == tuple(map(sum, list(zip(*rates, strict=True))[1:]))


def test_a_preview_has_the_amounts_by_rate_that_will_be_in_the_ledger(acme: Stage) -> None:
    source = invoice(acme, lines=TWO_RATES)
    [shown] = acme.preview_import()
    acme.import_()
    assert rates_text(shown.by_rate) == acme.entry(source, "import").booked_rates == "7:10.70 19:119.01:100.02"


def test_what_debitoor_has_no_more_is_rebuilt_with_what_its_copy_states(acme: Stage) -> None:
    source = invoice(acme, lines=TWO_RATES[:3])
    acme.import_()
    acme.open_ledger("new")
    acme.fault("status", "debitoor.invoices.list", status=200, body=[])
    assert acme.rebuild_import().added == 1
    entry = acme.entry(source, "import")
    assert (entry.company, entry.booked_gross, entry.booked_rates) == ("", Decimal("119.01"), "19:119.01:100.02")


def test_a_rebuilt_ledger_names_the_customer(acme: Stage) -> None:
    source = invoice(acme)
    acme.import_()
    acme.open_ledger("new")
    acme.rebuild_import()
    assert acme.entry(source, "import").company == "Kunde AG"


def blind_search(acme: Stage) -> int:
    """Let GetMyInvoices find nothing by a list, as when its search lags (contract 6.4)."""
    return acme.fault("status", "gmi.documents.list", status=200, body={"totalCount": 0, "maxPages": 0, "records": []})


def test_an_upload_that_is_found_late_is_not_repeated_before_its_time(acme: Stage) -> None:
    source = invoice(acme)
    acme.fault("cut_after", "gmi.documents.create", times=1)
    blind = blind_search(acme)
    with pytest.raises(RetryError):
        acme.import_()
    acme.company.print_again(source, b"%PDF-1.4 in another layout %%EOF")
    watch = acme.watch()
    with pytest.raises(RetryError, match="may still be on its way") as wait:
        acme.finish_import()
    assert wait.value.retry_after == 90
    assert "GetMyInvoices" in str(wait.value)
    assert watch.writes == []
    assert acme.states("import") == {source: "sending"}
    acme.sandbox.clear_faults(blind)
    acme.finish_import()
    assert imported(acme).keys() == {source}
    assert acme.states("import") == {source: "moved"}


def test_an_upload_that_did_not_arrive_is_repeated_once_its_time_has_passed(acme: Stage) -> None:
    source = invoice(acme)
    acme.fault("cut_before", "gmi.documents.create", times=1)
    for _ in range(2):
        with pytest.raises(RetryError):
            acme.import_()
    acme.clock.pass_by(seconds=91)
    acme.import_()
    assert imported(acme).keys() == {source}
    assert acme.states("import") == {source: "moved"}


def test_a_clock_of_ours_that_is_put_forward_does_not_repeat_an_upload_too_early(acme: Stage) -> None:
    source = invoice(acme)
    acme.fault("cut_before", "gmi.documents.create", times=1)
    with pytest.raises(RetryError):
        acme.import_()
    acme.clock.passed += timedelta(minutes=10)
    with pytest.raises(RetryError):
        acme.finish_import()
    assert acme.states("import") == {source: "sending"}


def test_an_account_waits_for_the_open_upload_of_another(acme: Stage) -> None:
    source = invoice(acme)
    acme.fault("cut_after", "gmi.documents.create", times=1)
    blind = blind_search(acme)
    with pytest.raises(RetryError):
        acme.import_()
    acme.company.print_again(source, b"%PDF-1.4 in another layout %%EOF")
    acme.account_id = "acme-2"
    with pytest.raises(RetryError, match="acme may be importing") as wait:
        acme.import_()
    assert wait.value.retry_after == 90
    acme.sandbox.clear_faults(blind)
    acme.clock.pass_by(minutes=2)
    acme.finish_import()
    assert imported(acme).keys() == {source}
    assert acme.states("import") == {source: "moved"}
