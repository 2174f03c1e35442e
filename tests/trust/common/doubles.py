"""Documents that are at the target more than once: who can see it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from debitoor_provider.sync.ledger import State
from debitoor_provider.sync.markers import find_marker, find_sales_marker

if TYPE_CHECKING:
    from debitoor_provider.sandbox.client import CompanyAdmin
    from debitoor_provider.sync.ledger import Ledger


def records_of(company: CompanyAdmin, direction: str) -> dict[str, list[str]]:
    """Return the ids of the records at the target, by the document whose marker they carry."""
    found: dict[str, list[str]] = defaultdict(list)
    if direction == "export":
        for expense in company.expenses():
            if uid := find_marker(expense["lines"][0].get("description", "")):
                found[str(uid)].append(expense["id"])
    else:
        for document in company.documents():
            if sales_id := find_sales_marker(document["note"]):
                found[sales_id].append(str(document["uid"]))
    return found


def named_twice(company: CompanyAdmin, ledger: Ledger, direction: str) -> set[str]:
    """Return the documents that exist twice and are held for it, with each record named and a remedy."""
    there = records_of(company, direction)
    held = ledger.documents.entries(direction=direction, states=[State.HELD])
    return {
        entry.source_id
        for entry in held
        if entry.reason_code == "booked_twice"
        and entry.remedy
        and len(there[entry.source_id]) > 1
        and all(f"id {record}" in entry.reason for record in there[entry.source_id])
    }
