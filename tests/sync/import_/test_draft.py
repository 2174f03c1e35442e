from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from debitoor_provider.services.debitoor.enums import SalesType
from debitoor_provider.services.debitoor.models import SalesDocument
from debitoor_provider.services.getmyinvoices.enums import PaymentStatus
from debitoor_provider.sync.import_.draft import new_document, payment_status, upload_name
from debitoor_provider.sync.markers import find_sales_marker
from debitoor_provider.sync.obstacle import Obstacle, ObstacleKind
from tests.sync.export.test_selection import import_

INVOICE = SalesDocument(
    "59f0c1d2e3a4b5c6d7e8f901",
    SalesType.INVOICE,
    number="RE-2026-1",
    date=date(2026, 1, 31),
    due_date=date(2026, 2, 14),
    currency="USD",
    total_net_amount=Decimal("100.00"),
    total_gross_amount=Decimal("119.00"),
    unpaid_amount=Decimal("119.00"),
    tax_rates=(Decimal(19),),
)
POSITIVE = replace(INVOICE, type=SalesType.CREDIT_NOTE)
CREDIT_NOTE = replace(
    POSITIVE,
    total_net_amount=Decimal("-100.00"),
    total_gross_amount=Decimal("-119.00"),
    unpaid_amount=Decimal("-119.00"),
)


def test_the_upload_has_the_data_of_the_invoice() -> None:
    upload = new_document(INVOICE, import_(defaults={"tags": ["sales"], "note": "by sync"}), 4711, "RE-2026-1.pdf")
    assert (upload.document_number, upload.document_date, upload.document_due_date) == (
        "RE-2026-1",
        date(2026, 1, 31),
        date(2026, 2, 14),
    )
    assert (upload.net_amount, upload.gross_amount, upload.currency, upload.tax_rates) == (100, 119, "USD", (19,))
    assert (upload.company_uid, upload.tags, upload.file_name) == (4711, ("sales",), "RE-2026-1.pdf")
    assert upload.note == "by sync [Debitoor 59f0c1d2e3a4b5c6d7e8f901]"
    assert upload.run_ocr is False  # the figures are known better than any text recognition reads them


@pytest.mark.parametrize("amounts", [{"net": "10.005", "gross": "11.90"}, {"net": "10.00", "gross": "11.905"}])
def test_amounts_with_more_decimals_than_getmyinvoices_takes_are_held(amounts: dict[str, str]) -> None:
    figures = {f"total_{name}_amount": Decimal(amount) for name, amount in amounts.items()}
    with pytest.raises(Obstacle) as met:
        new_document(replace(INVOICE, total_tax_amount=None, **figures), import_(), None, "a.pdf")
    assert met.value.code == "sales_not_in_cents"
    assert f"gross {amounts['gross']}" in met.value.message.text()


@pytest.mark.parametrize("document", [INVOICE, CREDIT_NOTE])
def test_a_gross_amount_that_is_not_reported_is_that_of_net_and_tax_and_never_0(document: SalesDocument) -> None:
    net = document.total_net_amount or Decimal(0)
    lacking = replace(document, total_gross_amount=None, total_tax_amount=net * 19 / 100)
    assert new_document(lacking, import_(), None, "a.pdf").gross_amount == document.total_gross_amount
    for lacks in ("total_tax_amount", "total_net_amount"):
        with pytest.raises(Obstacle) as met:
            new_document(replace(lacking, **{lacks: None}), import_(), None, "a.pdf")
        assert met.value.code == "sales_amounts"


@pytest.mark.parametrize(
    ("unread", "code", "said"),
    [("", "sales_no_date", "no date"), ("31.02.2026", "sales_date_unreadable", "31.02.2026")],
)
def test_a_document_without_a_date_is_held(unread: str, code: str, said: str) -> None:
    with pytest.raises(Obstacle) as met:
        new_document(replace(INVOICE, date=None, unread_date=unread), import_(), None, "a.pdf")
    assert (met.value.kind, met.value.code) == (ObstacleKind.HELD, code)
    assert said in met.value.message.text()
    assert "by hand" in met.value.message.remedy()


@pytest.mark.parametrize("document", [INVOICE, CREDIT_NOTE, POSITIVE])
def test_a_document_without_a_currency_is_held(document: SalesDocument) -> None:
    with pytest.raises(Obstacle) as met:
        new_document(replace(document, currency=""), import_(), None, "a.pdf")
    assert (met.value.kind, met.value.code) == (ObstacleKind.HELD, "sales_no_currency")
    assert "by hand with its currency" in met.value.message.remedy()


@pytest.mark.parametrize("note", ["", "by sync", "[Debitoor 000000000000000000000000]"])
def test_an_upload_is_found_again_by_its_note(note: str) -> None:
    upload = new_document(INVOICE, import_(defaults={"note": note}), None, "a.pdf")
    assert find_sales_marker(upload.note) == INVOICE.id


@pytest.mark.parametrize(
    ("document", "defaults", "expected"),
    [
        (INVOICE, {}, "SALES_INVOICE"),
        (CREDIT_NOTE, {}, "SALES_INVOICE"),
        (INVOICE, {"document_type": "MISC"}, "MISC"),
        (CREDIT_NOTE, {"document_type": "MISC"}, "MISC"),
        (CREDIT_NOTE, {"credit_note_type": "CREDIT_NOTE"}, "CREDIT_NOTE"),
        (INVOICE, {"credit_note_type": "CREDIT_NOTE"}, "SALES_INVOICE"),
    ],
)
def test_the_type_is_that_of_the_settings(document: SalesDocument, defaults: dict[str, Any], expected: str) -> None:
    assert new_document(document, import_(defaults=defaults), None, "a.pdf").document_type == expected


def test_a_credit_note_lowers() -> None:
    upload = new_document(CREDIT_NOTE, import_(), None, "a.pdf")
    assert (upload.net_amount, upload.gross_amount, upload.payment_status) == (-100, -119, PaymentStatus.NOT_PAID)


def test_a_positive_credit_note_is_held_until_the_settings_say_what_its_sign_means() -> None:
    with pytest.raises(Obstacle) as met:
        new_document(POSITIVE, import_(), None, "a.pdf")
    assert (met.value.kind, met.value.code) == (ObstacleKind.HELD, "positive_sales_credit_note")
    assert "119.00 USD" in met.value.message.text()
    assert "defaults.positive_credit_note" in met.value.message.remedy()


@pytest.mark.parametrize(("rule", "net", "gross"), [("keep", 100, 119), ("negate", -100, -119)])
def test_a_positive_credit_note_is_moved_as_the_settings_say(rule: str, net: int, gross: int) -> None:
    upload = new_document(POSITIVE, import_(defaults={"positive_credit_note": rule}), None, "a.pdf")
    assert (upload.net_amount, upload.gross_amount) == (net, gross)
    assert upload.payment_status == PaymentStatus.NOT_PAID


@pytest.mark.parametrize(
    "document",
    [INVOICE, replace(POSITIVE, total_net_amount=Decimal(0), total_gross_amount=Decimal(0))],
)
def test_other_documents_keep_their_sign(document: SalesDocument) -> None:
    upload = new_document(document, import_(defaults={"positive_credit_note": "negate"}), None, "a.pdf")
    assert (upload.net_amount, upload.gross_amount) == (document.total_net_amount, document.total_gross_amount)


@pytest.mark.parametrize(
    ("net", "tax", "gross", "shown"),
    [
        ("100.00", None, None, "net 100.00, tax ?, gross ?"),
        (None, None, None, "net ?, tax ?, gross ?"),
        ("100.00", None, "0.00", "gross 0.00"),
        ("200.00", "19.00", "119.00", "net 200.00, tax 19.00, gross 119.00"),
        ("100.00", "-19.00", "119.00", "tax -19.00"),
    ],
)
def test_amounts_of_which_one_is_missing_or_wrong_are_held(
    net: str | None, tax: str | None, gross: str | None, shown: str
) -> None:
    amounts = [amount and Decimal(amount) for amount in (net, tax, gross)]
    names = ("total_net_amount", "total_tax_amount", "total_gross_amount")
    with pytest.raises(Obstacle) as met:
        new_document(replace(INVOICE, **dict(zip(names, amounts, strict=True))), import_(), None, "a.pdf")
    assert (met.value.code, shown in met.value.message.text()) == ("sales_amounts", True)


@pytest.mark.parametrize(
    ("net", "tax", "gross"),
    [("100.01", "19.00", "119.00"), ("-100", "-19", "-119"), (None, None, "119"), ("0", "0", "0"), ("119", "0", "119")],
)
def test_amounts_that_fit_or_are_not_known_to_contradict_are_taken(
    net: str | None, tax: str | None, gross: str
) -> None:
    amounts = [amount and Decimal(amount) for amount in (net, tax, gross)]
    names = ("total_net_amount", "total_tax_amount", "total_gross_amount")
    upload = new_document(replace(INVOICE, **dict(zip(names, amounts, strict=True))), import_(), None, "a.pdf")
    assert upload.gross_amount == Decimal(gross)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"paid": True}, PaymentStatus.PAID),
        ({"unpaid_amount": Decimal("0.00")}, PaymentStatus.PAID),
        ({"unpaid_amount": Decimal("19.00")}, PaymentStatus.PARTIALLY),
        ({}, PaymentStatus.NOT_PAID),
        ({"unpaid_amount": Decimal("119.00"), "total_gross_amount": None}, PaymentStatus.NOT_PAID),
        ({"unpaid_amount": None}, PaymentStatus.UNKNOWN),
        ({"unpaid_amount": Decimal("-19.00"), "total_gross_amount": Decimal("-119.00")}, PaymentStatus.PARTIALLY),
        ({"unpaid_amount": Decimal("-119.00"), "total_gross_amount": Decimal("-119.00")}, PaymentStatus.NOT_PAID),
    ],
)
def test_the_payment_status_follows_from_what_is_unpaid(fields: dict[str, Any], status: PaymentStatus) -> None:
    assert payment_status(replace(INVOICE, **fields)) is status


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("RE-2026-1", "RE-2026-1.pdf"),
        ("RE/2026/1", "RE_2026_1.pdf"),
        ("../../etc/passwd", "etc_passwd.pdf"),
        ("", "invoice-59f0c1d2e3a4b5c6d7e8f901.pdf"),
    ],
)
def test_the_file_is_named_by_the_number(number: str, name: str) -> None:
    assert upload_name(replace(INVOICE, number=number)) == name
