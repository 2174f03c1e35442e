from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from debitoor_provider.services.debitoor.enums import SalesType
from debitoor_provider.services.debitoor.models import SalesDocument
from debitoor_provider.services.getmyinvoices.enums import Archived, DocumentType, PaymentStatus
from debitoor_provider.services.getmyinvoices.models import Document, Workflow
from debitoor_provider.sync.accounts.settings import ExportAccount, ImportAccount
from debitoor_provider.sync.export.selection import ListFilters, list_filters, select, select_workflow
from debitoor_provider.sync.import_.selection import select_sales
from debitoor_provider.sync.steps.left_out import LeftOut

LEAST = {
    "name": "Acme",
    "debitoor_id": "books@acme.example",
    "connections": {"getmyinvoices": "gmi", "debitoor": "debitoor"},
}
DOCUMENT = Document(
    28715,
    "RECEIPT",
    document_date=date(2026, 1, 31),
    company_uid=4711,
    company_name="Paper Ltd",
    tags=("Books",),
    filename="scan.pdf",
    payment_status="Paid",
)
INVOICE = SalesDocument("59f0c1d2e3a4b5c6d7e8f901", SalesType.INVOICE, date=date(2026, 1, 31))


def export(**settings: Any) -> ExportAccount:
    return ExportAccount.model_validate({"type": "export", **LEAST, **settings})


def only(**filters: Any) -> ExportAccount:
    return export(filter=filters)


def import_(**settings: Any) -> ImportAccount:
    return ImportAccount.model_validate({"type": "import", **LEAST, **settings})


def fate(left_out: LeftOut | None) -> str:
    if left_out is None:
        return "taken"
    assert left_out.reason.endswith(".")
    return f"{left_out.code}, waits" if left_out.waits else left_out.code


@pytest.mark.parametrize(
    ("account", "document", "expected"),
    [
        (export(), DOCUMENT, "taken"),
        # document types
        (only(document_types=["CREDIT_NOTE"]), DOCUMENT, "document_type"),
        (export(), replace(DOCUMENT, document_type="A_NEW_TYPE"), "document_type"),
        (export(), replace(DOCUMENT, document_type="PAYMENT_RECEIPT"), "document_type"),
        (export(), replace(DOCUMENT, document_type=""), "no_document_type, waits"),
        (export(period={"from": "2026-02-01"}), replace(DOCUMENT, document_type=""), "period"),
        # what came from Debitoor does not go back
        (export(), replace(DOCUMENT, note="sales [Debitoor 59f0c1d2e3a4b5c6d7e8f901]"), "imported"),
        # archived
        (export(), replace(DOCUMENT, is_archived=True), "archived"),
        (only(archived=True), replace(DOCUMENT, is_archived=True), "taken"),
        # period: both ends inclusive, either open
        (export(period={"from": "2026-01-31", "to": "2026-01-31"}), DOCUMENT, "taken"),
        (export(period={"from": "2026-02-01"}), DOCUMENT, "period"),
        (export(period={"to": "2026-01-30"}), DOCUMENT, "period"),
        (export(period={"from": "2026-01-01"}), replace(DOCUMENT, document_date=None), "no_date, waits"),
        (
            export(period={"from": "2026-01-01"}),
            replace(DOCUMENT, document_date=None, unread_date="soon"),
            "date_unreadable, waits",
        ),
        (export(), replace(DOCUMENT, document_date=None), "taken"),
        # companies
        (only(companies={"include": ["PAPER  LTD"]}), DOCUMENT, "taken"),
        (only(companies={"include": [4711]}), DOCUMENT, "taken"),
        (only(companies={"include": ["4711", 1]}), DOCUMENT, "company"),
        (
            only(companies={"include": ["Other"]}),
            replace(DOCUMENT, company_uid=None, company_name=""),
            "no_company, waits",
        ),
        (only(companies={"exclude": ["paper ltd"]}), DOCUMENT, "company"),
        (only(companies={"exclude": [4711]}), DOCUMENT, "company"),
        (only(companies={"exclude": ["Other", 1]}), DOCUMENT, "taken"),
        (only(companies={"exclude": ["Other"]}), replace(DOCUMENT, company_uid=None, company_name=""), "taken"),
        # tags
        (only(tags={"any": ["books", "tax"]}), DOCUMENT, "taken"),
        (only(tags={"any": ["tax"]}), DOCUMENT, "tag_missing, waits"),
        (only(tags={"all": ["books", "checked"]}), DOCUMENT, "tag_missing, waits"),
        (only(tags={"all": ["BOOKS"]}), DOCUMENT, "taken"),
        (only(tags={"none": ["BOOKS"]}), DOCUMENT, "tag_barred"),
        (only(tags={"none": ["private"]}), DOCUMENT, "taken"),
        # payment
        (only(payment_status=["Paid", "Partially"]), DOCUMENT, "taken"),
        (only(payment_status=["Paid"]), replace(DOCUMENT, payment_status="Partially"), "payment_status, waits"),
        # the file
        (export(), replace(DOCUMENT, filename=""), "no_file, waits"),
    ],
)
def test_a_document_is_taken_or_left_out_for_a_reason(
    account: ExportAccount, document: Document, expected: str
) -> None:
    assert fate(select(document, account)) == expected


def test_a_document_waits_only_when_nothing_else_is_against_it() -> None:
    account = export(filter={"tags": {"any": ["tax"], "none": ["private"]}}, period={"from": "2026-02-01"})

    assert fate(select(DOCUMENT, account)) == "period"
    assert fate(select(replace(DOCUMENT, document_date=date(2026, 3, 1), tags=("private",)), account)) == "tag_barred"
    assert fate(select(replace(DOCUMENT, document_date=date(2026, 3, 1)), account)) == "tag_missing, waits"
    assert fate(select(replace(DOCUMENT, document_date=None, tags=("private",)), account)) == "tag_barred"
    tagged = replace(DOCUMENT, document_date=None, tags=("tax",))
    assert fate(select(tagged, account)) == "no_date, waits"


@pytest.mark.parametrize(
    ("rule", "lacking", "expected"),
    [
        ({"tags": {"any": ["tax"]}}, {}, "tag_missing, waits"),
        ({"tags": {"all": ["tax"]}}, {}, "tag_missing, waits"),
        ({"payment_status": ["Paid"]}, {"payment_status": "Not paid"}, "payment_status, waits"),
        ({"companies": {"include": ["Other"]}}, {"company_uid": None, "company_name": ""}, "no_company, waits"),
        ({}, {"filename": ""}, "no_file, waits"),
    ],
)
@pytest.mark.parametrize("invoice", ["off", "prove"])
def test_an_undated_document_waits_first_for_what_the_filter_asks(rule, lacking, expected, invoice) -> None:
    account = export(filter=rule, period={"from": "2026-02-01"}, invoice=invoice)
    assert fate(select(replace(DOCUMENT, document_date=None, **lacking), account)) == expected


def test_a_hostile_name_stays_on_the_line_of_its_reason() -> None:
    left_out = select(replace(DOCUMENT, company_name="a\nb" + "c" * 500), only(companies={"include": ["Other"]}))

    assert left_out is not None
    assert "\n" not in left_out.reason
    assert len(left_out.reason) < 120


@pytest.mark.parametrize(
    ("filters", "workflow", "expected"),
    [
        ({}, None, "taken"),
        ({}, Workflow(False), "taken"),
        ({"approved_only": True}, Workflow(True), "taken"),
        ({"approved_only": True}, Workflow(False, "Release", "Chief"), "not_approved, waits"),
        ({"approved_only": True}, None, "no_workflow, waits"),
        ({"approved_only": True, "without_workflow": "pass"}, None, "taken"),
        ({"approved_only": True, "without_workflow": "pass"}, Workflow(False), "not_approved, waits"),
    ],
)
def test_approval_is_checked_when_it_is_set(filters: dict[str, Any], workflow: Workflow | None, expected: str) -> None:
    assert fate(select_workflow(workflow, only(**filters))) == expected


@pytest.mark.parametrize(
    ("account", "document", "expected"),
    [
        (import_(), INVOICE, "taken"),
        (import_(), replace(INVOICE, type=SalesType.CREDIT_NOTE), "taken"),
        (import_(documents=["invoices"]), replace(INVOICE, type=SalesType.CREDIT_NOTE), "document_type"),
        (import_(documents=["credit_notes"]), INVOICE, "document_type"),
        (import_(), replace(INVOICE, deleted=True), "deleted"),
        (import_(), replace(INVOICE, deleted_date=datetime(2026, 2, 1, tzinfo=UTC)), "deleted"),
        (import_(period={"from": "2026-01-31"}), INVOICE, "taken"),
        (import_(period={"to": "2026-01-30"}), INVOICE, "period"),
        (import_(period={"to": "2026-01-30"}), replace(INVOICE, date=None), "sales_no_date, waits"),
        (
            import_(period={"to": "2026-01-30"}),
            replace(INVOICE, date=None, unread_date="soon"),
            "sales_date_unreadable, waits",
        ),
    ],
)
def test_a_sales_document_is_taken_or_left_out_for_a_reason(
    account: ImportAccount, document: SalesDocument, expected: str
) -> None:
    assert fate(select_sales(document, account)) == expected


def test_filters_of_the_service_are_used() -> None:
    account = export(
        period={"from": "2026-01-01", "to": "2026-12-31"},
        filter={
            "document_types": ["RECEIPT"],
            "tags": {"any": ["books"]},
            "companies": {"include": [4711]},
            "payment_status": ["Paid"],
        },
    )

    assert list_filters(account) == ListFilters(
        archived=Archived.NO,
        company_uid=4711,
        document_type=DocumentType.RECEIPT,
        payment_status=PaymentStatus.PAID,
    )


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"document_types": ["RECEIPT", "CREDIT_NOTE"]},
        {"tags": {"any": ["books"]}},
        {"tags": {"all": ["2026"], "any": ["a", "b"]}},
        {"tags": {"none": ["private"]}},
        {"companies": {"include": ["Paper Ltd"]}},
        {"companies": {"include": [4711, 4712]}},
        {"companies": {"exclude": [4711]}},
        {"payment_status": ["Partially"]},
        {"payment_status": ["Unknown"]},
        {"payment_status": ["Paid", "Partially"]},
        {"payment_status": ["Paid", "Not paid"]},
    ],
)
def test_filters_that_the_service_may_get_wrong_are_applied_locally(filters: dict[str, Any]) -> None:
    assert list_filters(only(**filters)) == ListFilters(archived=Archived.NO)


def test_archived_documents_are_listed_when_they_are_wanted() -> None:
    assert list_filters(only(archived=True)).archived is Archived.ANY
