"""The referee of the demo: what the two services hold, compared with what the ledger says and with the originals."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from decimal import Decimal
from typing import Any

from debitoor_provider.sandbox.client import CompanyAdmin
from debitoor_provider.sync.accounts.sections import DocumentFilter
from debitoor_provider.sync.ledger import ATTENTION, DONE, Entry, Ledger, State

_MARKER = re.compile(r"\[GMI (\d+)\]$")
_EXPORTED = DocumentFilter().document_types  # the accounts of the demo say nothing else
_NOTE = re.compile(r"\[Debitoor ([0-9a-f]{24})\]")


def check_company(company: CompanyAdmin, ledger: Ledger, export_id: str, import_id: str) -> list[str]:
    """Return everything that is not where it belongs; empty when all is right."""
    return _check_export(company, ledger.documents.entries(export_id)) + _check_import(
        company, ledger.documents.entries(import_id)
    )


def _check_export(company: CompanyAdmin, entries: list[Entry]) -> list[str]:
    """Check that each document is one expense with the same bytes and amount, or is held back with a reason."""
    wrong: list[str] = []
    by_uid: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for expense in company.expenses():
        marker = _MARKER.search(expense["lines"][0].get("description", ""))
        if marker is None:
            wrong.append(f"{company.name}: expense {expense['number']} stands for no document")
        else:
            by_uid[marker[1]].append(expense)
    known = {entry.source_id: entry for entry in entries}
    for document in company.documents():
        uid = str(document["uid"])
        what = f"{company.name}: document {uid}"
        entry, expenses = known.pop(uid, None), by_uid.pop(uid, [])
        if entry is None:
            if expenses:
                wrong.append(f"{what} is in Debitoor, and the ledger does not know it")
            elif not _is_imported(document) and document["documentType"] in _EXPORTED:
                wrong.append(f"{what} was forgotten")
        elif entry.state in DONE:
            wrong += [f"{what} {problem}" for problem in _differences(company, document, entry, expenses)]
        elif expenses:
            wrong.append(f"{what} is in Debitoor although the ledger calls it {entry.state}")
        elif entry.state in {State.PLANNED, State.SENDING}:
            wrong.append(f"{what} is still {entry.state}")
        elif document["isArchived"]:
            wrong.append(f"{what} was archived without being in Debitoor")
        elif entry.state in ATTENTION and not (entry.reason and entry.remedy):
            wrong.append(f"{what} is {entry.state} without a reason")
    wrong += [f"{company.name}: the ledger knows document {uid}, the service does not" for uid in known]
    wrong += [f"{company.name}: an expense stands for document {uid}, which does not exist" for uid in by_uid]
    return wrong


def _is_imported(document: dict[str, Any]) -> bool:
    return _NOTE.search(document["note"]) is not None


def _differences(
    company: CompanyAdmin, document: dict[str, Any], entry: Entry, expenses: list[dict[str, Any]]
) -> list[str]:
    if len(expenses) != 1:
        return [f"is in Debitoor {len(expenses)} times"]
    expense = expenses[0]
    found = []
    if hashlib.sha256(company.file(expense["file"]["id"])).hexdigest() != document["sha256"]:
        found.append("has another file in Debitoor")
    if Decimal(expense["totalGrossAmount"]) != Decimal(document["grossAmount"]):
        found.append(f"is booked with {expense['totalGrossAmount']} instead of {document['grossAmount']}")
    if expense["date"] != document["documentDate"]:
        found.append(f"is booked on {expense['date']} instead of {document['documentDate']}")
    if expense["file"]["fileName"] != entry.target_name:
        found.append(f"is called {expense['file']['fileName']!r} instead of {entry.target_name!r}")
    if not document["isArchived"]:
        found.append("is in Debitoor and not archived")
    return found


def _check_import(company: CompanyAdmin, entries: list[Entry]) -> list[str]:
    """Check that each sales document of Debitoor is one document with the same bytes."""
    wrong: list[str] = []
    by_id: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for document in company.documents():
        marker = _NOTE.search(document["note"])
        if marker:
            by_id[marker[1]].append(document)
    known = {entry.source_id: entry for entry in entries}
    for sales in [*company.invoices(), *company.credit_notes()]:
        what = f"{company.name}: {sales['number']}"
        copies = by_id.pop(sales["id"], [])
        entry = known.get(sales["id"])
        if entry is None or entry.state not in DONE:
            wrong.append(f"{what} is {entry.state if entry else 'forgotten'}")
        if len(copies) != 1:
            wrong.append(f"{what} is in GetMyInvoices {len(copies)} times")
        elif hashlib.sha256(company.invoice_pdf(sales["id"])).hexdigest() != copies[0]["sha256"]:
            wrong.append(f"{what} has another file in GetMyInvoices")
    wrong += [
        f"{company.name}: a document stands for the sales document {sales_id}, which does not exist"
        for sales_id in by_id
    ]
    return wrong
