"""GetMyInvoices: the fields of a record, one document, its file, deleted ones (contract sections 4.3, 5, 7 to 9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.conformance.shapes import expect_fields, is_date, is_integer, is_list, is_number, kind, rows_of
from debitoor_provider.conformance.verdict import codes, expect, names, need
from debitoor_provider.services.getmyinvoices import constants
from debitoor_provider.services.getmyinvoices.enums import DocumentType, PaymentStatus
from debitoor_provider.services.http.session import segment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from debitoor_provider.conformance.probe import Failure, Probe
    from debitoor_provider.conformance.shapes import JsonRecord
    from debitoor_provider.conformance.verdict import Seen

pytestmark = pytest.mark.service("getmyinvoices")

_NONE = "the account has no documents"
_TEXTS = ("companyName", "currency", "documentNumber", "filename", "note", "orderNumber", "paymentMethod")
_EMPTY_OR_DATE = ("documentDate", "documentDueDate", "paidAt")
_PAYMENT_METHODS = frozenset(
    {
        "bank_transfer", "cash", "check", "direct_debit", "credit", "cc", "paypal", "online_payment", "amazon_pay",
        "apple_pay", "google_pay", "external_receivables_management", "cashbox", "offsetting", "other",
    }
)  # fmt: skip
_UNKNOWN_ID = 999_999_999_999
_APPROVALS = 10
_TYPES = {"pdf": "application/pdf", "xml": "application/xml", "eml": "message/rfc822"}
_NOTHING_BESIDES = {"includeDocument": "false", "transactions": "false", "readableText": "false"}


@pytest.mark.row("4.3")
def test_fields_have_their_types(documents: list[JsonRecord], seen: Seen) -> None:
    """Look at the types of all fields that the provider reads."""
    need(documents, _NONE)
    expect_fields(documents, ("documentUid", "createdAt", "documentType", "isArchived", "filename", "paymentStatus"))
    for field, fits in {
        "documentUid": is_integer,
        "createdAt": is_date,
        "netAmount": is_number,
        "grossAmount": is_number,
        "taxRates": is_list,
        "tags": is_list,
    }.items():
        wrong = {kind(row.get(field)) for row in documents if not fits(row.get(field))}
        expect(not wrong, f"`{field}` is {' or '.join(sorted(wrong))} of another form")
    seen(f"{len(documents)} documents; fields: {names(field for row in documents for field in row)}")


@pytest.mark.row("A-12")
def test_what_is_empty_is_an_empty_text(documents: list[JsonRecord], seen: Seen) -> None:
    """Look for null, and for dates that are neither empty nor dates."""
    need(documents, _NONE)
    null = {field for row in documents for field in (*_TEXTS, *_EMPTY_OR_DATE) if row.get(field, "") is None}
    expect(not null, f"null in {names(null)}")
    odd = {field for row in documents for field in _EMPTY_OR_DATE if (value := row.get(field)) and not is_date(value)}
    expect(not odd, f"neither empty nor a date: {names(odd)}")
    seen(f"{len(documents)} documents without null")


@pytest.mark.row("8.1")
def test_document_types_are_known(documents: list[JsonRecord], seen: Seen) -> None:
    """Look at the types that there are."""
    _expect_known(documents, "documentType", DocumentType, seen)


@pytest.mark.row("8.2")
def test_payment_statuses_are_known(documents: list[JsonRecord], seen: Seen) -> None:
    """Look at the statuses that there are."""
    _expect_known(documents, "paymentStatus", PaymentStatus, seen)


@pytest.mark.row("8.3")
def test_payment_methods_are_known(documents: list[JsonRecord], seen: Seen) -> None:
    """Look at the methods that there are."""
    _expect_known(documents, "paymentMethod", _PAYMENT_METHODS, seen)


def _expect_known(documents: list[JsonRecord], field: str, known: Iterable[str], seen: Seen) -> None:
    found = need({str(row[field]) for row in documents if row.get(field)}, f"no document has a `{field}`")
    unknown = found - {str(value) for value in known}
    expect(not unknown, f"unknown: {codes(unknown)}")
    seen(names(found))


@pytest.mark.row("5.3")
def test_line_items_have_their_fields(documents: list[JsonRecord], seen: Seen) -> None:
    """Look at line items in the list."""
    items = need([item for row in documents for item in row.get("lineItems") or ()], "no document has line items")
    expect_fields(items, ("quantity", "description", "tax_percentage", "unit_net_price", "total_gross"))
    seen(f"{len(items)} line items")


@pytest.mark.row("5.1")
def test_one_document_has_its_parts(gmi: Probe, documents: list[JsonRecord], seen: Seen) -> None:
    """Read one document without its file."""
    document = need(documents, _NONE)[0]
    answer = _detail(gmi, document)
    expect(isinstance(answer.get("meta_data"), dict), f"without `meta_data`; fields: {names(answer)}")
    expect(answer["meta_data"].get("documentUid") == document["documentUid"], "`meta_data` is of another document")
    expect("fileContent" not in answer, "`includeDocument=false` leaves the file in")
    expect("readableContent" not in answer, "`readableText=false` leaves the text in")
    seen(f"fields: {names(answer)}")


@pytest.mark.row("5.1")
def test_an_unknown_id_gets_its_code(gmi: Probe, seen: Seen) -> None:
    """Read a document that does not exist."""
    _expect_not_found(gmi.failure(constants.DOCUMENT.format(uid=_UNKNOWN_ID)))
    seen("an unknown id: 422 with code 106")


@pytest.mark.row("A-13")
def test_approval_is_left_out_without_a_workflow(gmi: Probe, documents: list[JsonRecord], seen: Seen) -> None:
    """Read the approval of some documents."""
    details = [_detail(gmi, row)["meta_data"] for row in need(documents, _NONE)[:_APPROVALS]]
    found = [detail["workflowDetails"] for detail in details if "workflowDetails" in detail]
    empty = {kind(value) for value in found if not value}
    expect(not empty, f"`workflowDetails` is there without a workflow, as {' or '.join(sorted(empty))}")
    expect_fields(found, ("isCompleted",))
    seen(f"{len(found)} of {len(details)} documents have `workflowDetails`")


def _detail(gmi: Probe, document: JsonRecord) -> dict[str, Any]:
    answer: dict[str, Any] = gmi.get(
        constants.DOCUMENT.format(uid=segment(document["documentUid"])),
        {**_NOTHING_BESIDES, "documentApproval": "true"},
    )
    return answer


@pytest.mark.row("5.2", "A-28")
def test_a_file_comes_as_its_bytes(gmi: Probe, documents: list[JsonRecord], seen: Seen) -> None:
    """Read the smallest file."""
    smallest = min(need(documents, _NONE), key=lambda row: float(row.get("fileSize") or 0))
    answer = gmi.answer(constants.DOCUMENT_FILE.format(uid=segment(smallest["documentUid"])), headers={"Accept": "*/*"})
    ending = str(smallest.get("filename") or "").rpartition(".")[2].lower()
    content_type = answer.headers.get("Content-Type", "").partition(";")[0].strip()
    expect(content_type != "application/json", "the file comes inside JSON")
    expect(ending != "pdf" or answer.content.startswith(b"%PDF-"), "a `pdf` does not begin with `%PDF-`")
    expect(content_type == _TYPES.get(ending, content_type), "the content type is not that of the file's extension")
    disposition = answer.headers.get("Content-Disposition", "")
    expect("filename" in disposition, "`Content-Disposition` has no name")
    seen("the bytes, with the content type of the extension and a name")


@pytest.mark.row("7.3", "A-29")
def test_deleted_documents_are_listed_and_not_read(gmi: Probe, seen: Seen) -> None:
    """List what was deleted within a year, and read one of it."""
    since = (datetime.now(UTC) - timedelta(days=365)).strftime(constants.MOMENT_FORMAT)
    answer = gmi.get(constants.DOCUMENTS_DELETED, {"deletedSinceFilter": since, "perPage": 10})
    expect("totalCount" in answer, f"without `totalCount`; fields: {names(answer)}")
    deleted = need(rows_of(answer), "nothing was deleted within a year")
    expect_fields(deleted, ("documentUid", "deletedAt"))
    _expect_not_found(gmi.failure(constants.DOCUMENT.format(uid=segment(deleted[0]["documentUid"]))))
    seen(f"{len(deleted)} looked at; 422 with code 106")


def _expect_not_found(failure: Failure | None) -> None:
    expect(failure, "a document that does not exist is answered with success")
    if failure:
        expect(failure.status == 422, f"refused with status {failure.status}")
        expect("106" in str(failure.payload), "refused with 422 and another code")
