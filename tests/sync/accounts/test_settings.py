from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from debitoor_provider.services.debitoor.enums import ConsumptionOrResale, ProductOrService
from debitoor_provider.services.getmyinvoices.enums import DocumentType, PaymentStatus
from debitoor_provider.sync.accounts.sections import DocumentFilter, SalesKind
from debitoor_provider.sync.accounts.settings import ExportAccount, ImportAccount, fingerprint

from .examples import LEAST


def export(**settings: Any) -> ExportAccount:
    return ExportAccount.model_validate({"type": "export", **LEAST, **settings})


def import_(**settings: Any) -> ImportAccount:
    return ImportAccount.model_validate({"type": "import", **LEAST, **settings})


def refusal(**settings: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        export(**settings)
    return str(caught.value)


def test_an_export_needs_little_and_is_careful_by_default() -> None:
    account = export()

    assert account.frequency.cron == "0 0 * * *"
    assert account.timezone == "Europe/Berlin"
    assert account.filter.document_types == (
        DocumentType.INCOMING_INVOICE,
        DocumentType.RECEIPT,
        DocumentType.CREDIT_NOTE,
    )
    assert account.specification == ("document_number", "company", "note")
    assert not account.archive_after_transfer
    assert (account.foreign_currency, account.positive_credit_note, account.reverse_charge) == ("hold", "hold", None)
    assert (account.filter.without_workflow, account.filter.archived) == ("skip", False)


def test_an_import_fetches_both_kinds_and_creates_no_company_by_default() -> None:
    account = import_()

    assert account.documents == (SalesKind.INVOICES, SalesKind.CREDIT_NOTES)
    assert account.defaults.document_type is DocumentType.SALES_INVOICE
    assert account.defaults.credit_note_type is None
    assert (account.defaults.company, account.defaults.create_company) == (None, False)


def test_settings_are_typed() -> None:
    account = export(
        period={"from": "2026-01-01", "to": "2026-06-30"},
        filter={"payment_status": ["Not paid"], "companies": {"include": ["Paper Ltd", 4711]}},
        reverse_charge={"tax_rate": "19.50", "product_or_service": "service", "consumption_or_resale": "consumption"},
    )

    assert (account.period.start, account.period.end) == (date(2026, 1, 1), date(2026, 6, 30))
    assert account.filter.payment_status == (PaymentStatus.NOT_PAID,)
    assert account.filter.companies.include == ("Paper Ltd", 4711)
    assert account.reverse_charge is not None
    assert account.reverse_charge.tax_rate == Decimal("19.50")
    assert account.reverse_charge.product_or_service is ProductOrService.SERVICE
    assert account.reverse_charge.consumption_or_resale is ConsumptionOrResale.CONSUMPTION


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        export().name = "Other"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"period": {"from": "2026-02-01", "to": "2026-01-31"}}, "ends (2026-01-31) before it starts (2026-02-01)"),
        ({"filter": {"tags": {"all": ["Books"], "none": ["books"]}}}, "No document can have these tags"),
        ({"filter": {"tags": {"any": ["a", "b"], "none": ["A", "B", "c"]}}}, "No document can have these tags"),
        ({"filter": {"tags": {"any": ["books", "Books"]}}}, "'Books' is given twice"),
        (
            {"filter": {"companies": {"include": ["A"], "exclude": ["B"]}}},
            "filter.companies.include and filter.companies.exclude are both set",
        ),
        ({"filter": {"companies": {"include": []}}}, "at least 1 item"),
        ({"limits": {"exceeded": "approval"}}, "no limit says which plans that concerns"),
        ({"limits": {"exceeded": "approval", "rejected_share": 30}}, "no limit says which plans that concerns"),
        ({"limits": {"amount": "10.0005"}}, "2 decimal places"),
        ({"limits": {"amount": "10.000"}}, "may mean two amounts"),
        ({"limits": {"amount": "1,500"}}, "may mean two amounts"),
        ({"limits": {"amount": "10_000.50"}}, "is not a number"),
        ({"limits": {"amount": "10_000"}}, "is not a number"),
        ({"limits": {"amount": "1e4"}}, "is not a number"),
        ({"limits": {"amount": "\uff11\uff10\uff10"}}, "is not a number"),
        ({"accept_rates": ["1_9"]}, "is not a number"),
        ({"filter": {"document_types": []}}, "at least 1 item"),
        ({"filter": {"document_types": ["SALES_INVOICE"]}}, "an export books expenses"),
        ({"filter": {"approved_only": "yes"}}, "valid boolean"),
        ({"specification": ["note", "note"]}, "'note' is given twice"),
        ({"parallel": 65}, "less than or equal to 64"),
        ({"parallel": 0}, "greater than or equal to 1"),
        ({"parallel": True}, "valid integer"),
        ({"retries": -1}, "greater than or equal to 0"),
        ({"reverse_charge": {"tax_rate": "19.555"}}, "2 decimal places"),
        ({"rename": "{document_date"}, "A brace is opened and not closed"),
        ({"colour": "red"}, "Extra inputs are not permitted"),
        ({"name": "  "}, "at least 1 "),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(settings: dict[str, Any], words: str) -> None:
    assert words in refusal(**settings)


def test_a_companys_number_is_not_the_name_that_looks_like_it() -> None:
    account = export(filter={"companies": {"exclude": [4711, "4711"]}})

    assert account.filter.companies.exclude == (4711, "4711")
    assert "'4711' is given twice" in refusal(filter={"companies": {"exclude": [4711, 4711]}})


def test_one_wanted_tag_among_barred_ones_is_possible() -> None:
    account = export(filter={"tags": {"any": ["a", "b"], "none": ["a"]}})

    assert account.filter.tags.any == ("a", "b")


def test_a_split_of_two_rates_is_the_nearest_unless_it_is_to_be_held() -> None:
    assert export().two_rates == "nearest"
    assert export(two_rates="hold").two_rates == "hold"
    assert "two_rates" in refusal(two_rates="guess")


def test_the_books_can_be_stated_where_the_service_does_not_report_them() -> None:
    assert (export().books.currency, export().books.country) == (None, None)
    books = export(books={"currency": "dkk", "country": "DK"}).books
    assert (books.currency, books.country) == ("DKK", "DK")


@pytest.mark.parametrize(
    ("books", "words"),
    [
        ({"currency": "DEM"}, "'DEM' is not a currency of ISO 4217"),
        ({"currency": "EURO"}, "'EURO' is not a currency"),
        ({"country": "EU"}, "'EU' is not a country code of ISO 3166"),
        ({"country": "UK"}, "'UK' is not a country code"),
        ({"country": "Germany"}, "'Germany' is not a country code"),
        ({"land": "DE"}, "Extra inputs"),
    ],
)
def test_books_that_cannot_be_are_refused(books: dict[str, Any], words: str) -> None:
    assert words in refusal(books=books)


def test_creating_a_company_needs_its_name() -> None:
    with pytest.raises(ValidationError, match="no company is named"):
        import_(defaults={"create_company": True})

    assert import_(defaults={"create_company": True, "company": "Acme"}).defaults.create_company


def test_the_settings_of_one_direction_are_unknown_to_the_other() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        import_(rename="{company}")


@pytest.mark.parametrize(
    "settings",
    [
        {"filter": {"approved_only": True}},
        {"rename": "{company}"},
        {"specification": ["company", "document_number", "note"]},
        {"foreign_currency": "zero_amount"},
        {"two_rates": "hold"},
        {"books": {"currency": "EUR"}},
        {"period": {"from": "2026-01-01"}},
        {"connections": {"getmyinvoices": "other", "debitoor": "debitoor"}},
        {"reverse_charge": {"tax_rate": 19, "product_or_service": "product", "consumption_or_resale": "resale"}},
    ],
)
def test_the_fingerprint_changes_with_what_decides_on_documents(settings: dict[str, Any]) -> None:
    assert fingerprint(export(**settings)) != fingerprint(export())


@pytest.mark.parametrize(
    "settings",
    [
        {"name": "Other"},
        {"note": "Seen"},
        {"frequency": "weekly"},
        {"timezone": "UTC"},
        {"parallel": 2},
        {"pool": "p"},
        {"retries": 0},
        {"notify": {"connection": "mail"}},
        {"filter": {}},
        {"foreign_currency": "hold"},
    ],
)
def test_the_fingerprint_stays_with_all_else(settings: dict[str, Any]) -> None:
    assert fingerprint(export(**settings)) == fingerprint(export())


def test_the_fingerprint_is_the_same_in_every_process() -> None:
    assert fingerprint(import_()) == "754663a30f5af3c78779185dead5be7592a660da872607e5a66593d1eff8af1f"
    assert fingerprint(export()) != fingerprint(import_())


def test_what_was_set_can_be_written_and_read_again() -> None:
    account = export(period={"from": "2026-01-01"}, filter=DocumentFilter(approved_only=True), frequency="30 6 * * 1-5")

    written = account.model_dump(mode="json", by_alias=True, exclude_defaults=True)

    assert written["period"] == {"from": "2026-01-01"}
    assert ExportAccount.model_validate({**written, "type": "export"}) == account
