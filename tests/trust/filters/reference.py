"""The outcome of an account's filters for a document, implemented again, independently of the provider."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

Document = Mapping[str, Any]
Settings = dict[str, Any]

TAGS = [
    "Büro",
    unicodedata.normalize("NFD", "Büro"),
    "BÜRO",
    "books",
    "Books",
    "2026",
    "Straße",
    "STRASSE",
    "tax  office",
    "Tax office",
    "\u0130stanbul",
    unicodedata.normalize("NFD", "\u0130stanbul"),
]
SUPPLIERS = ["Paper Ltd", "Café Nord", unicodedata.normalize("NFD", "Café Nord"), "Other GmbH", None]
TYPES = ["INCOMING_INVOICE", "RECEIPT", "CREDIT_NOTE"]
STATUSES = ["Paid", "Not paid", "Partially", "Unknown"]
PERIODS = [{}, {"from": "2026-01-01"}, {"to": "2026-12-31"}, {"from": "2026-01-01", "to": "2026-12-31"}]
DATES = [None, "2025-12-31", "2026-01-01", "2026-06-30", "2026-12-31", "2027-01-01"]


def any_document(chance: random.Random) -> dict[str, Any]:
    """Choose the fields of a document."""
    return {
        "tags": chance.sample(TAGS, chance.choice([0, 1, 1, 2])),
        "supplier": chance.choice(SUPPLIERS),
        "document_type": chance.choice(TYPES),
        "payment_status": chance.choice(STATUSES),
        "document_date": chance.choice(DATES),
        "archived": chance.random() < 0.15,
    }


def any_settings(chance: random.Random, numbers: Mapping[str, int]) -> Settings:
    """Choose an account's period and filters.

    :param numbers: of the suppliers
    """
    filters: dict[str, Any] = {"archived": chance.random() < 0.3}
    if chance.random() < 0.7:
        rule = chance.choice(["any", "all", "none"])
        filters["tags"] = {rule: chance.sample(_distinct(TAGS), chance.choice([1, 1, 2]))}
    if chance.random() < 0.4:
        refs: list[str | int] = [*_distinct(filter(None, SUPPLIERS)), *numbers.values()]
        filters["companies"] = {chance.choice(["include", "exclude"]): [chance.choice(refs)]}
    if chance.random() < 0.4:
        filters["document_types"] = chance.sample(TYPES, chance.choice([1, 2]))
    if chance.random() < 0.4:
        filters["payment_status"] = chance.sample(STATUSES, chance.choice([1, 1, 2]))
    return {"period": chance.choice(PERIODS), "filter": filters}


def fate(document: Document, settings: Settings, number: int | None) -> str:
    """Return what a plan has to make of a document: ``planned``, ``waiting`` with its reason, or nothing.

    :param number: of its supplier
    """
    rule, period = settings["filter"], settings["period"]
    if document["document_type"] not in rule.get("document_types", TYPES):
        return ""
    if document["archived"] and not rule["archived"]:
        return ""
    if _is_asked_without(document, rule, number):
        return ""
    waits = []
    day = document["document_date"] and date.fromisoformat(document["document_date"])
    if period and not day:
        waits.append("no_date")
    elif period and not date.fromisoformat(period.get("from", "0001-01-01")) <= day <= date.fromisoformat(
        period.get("to", "9999-12-31")
    ):
        return ""
    companies = rule.get("companies", {})
    named = {key(document["supplier"] or ""), number}
    is_meant = any((ref if isinstance(ref, int) else key(ref)) in named for refs in companies.values() for ref in refs)
    if "include" in companies and not is_meant:
        if document["supplier"]:
            return ""
        waits.append("no_company")
    if "exclude" in companies and is_meant:
        return ""
    present = {key(tag) for tag in document["tags"]}
    for how, tags in rule.get("tags", {}).items():
        wanted = {key(tag) for tag in tags}
        if how == "none" and wanted & present:
            return ""
        if (how == "any" and not wanted & present) or (how == "all" and not wanted <= present):
            waits.append("tag_missing")
    if document["payment_status"] not in rule.get("payment_status", STATUSES):
        waits.append("payment_status")
    waits = [reason for reason in waits if reason != "no_date"]  # a file may have the date
    return f"waiting {waits[0]}" if waits else "planned"


def key(text: str) -> str:
    """Return what two texts have in common that a person takes for the same."""
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    return unicodedata.normalize("NFC", composed.casefold())


def _is_asked_without(document: Document, rule: Mapping[str, Any], number: int | None) -> bool:
    """Return whether the service is asked for one status or supplier that the document does not have."""
    statuses, included = rule.get("payment_status", []), rule.get("companies", {}).get("include", [])
    if statuses in (["Paid"], ["Not paid"]) and document["payment_status"] != statuses[0]:
        return True
    return len(included) == 1 and isinstance(included[0], int) and included[0] != number


def _distinct(texts: Any) -> list[str]:
    """Return each text once, as a person reads it: settings refuse the same one twice."""
    return list({key(text): text for text in texts}.values())
