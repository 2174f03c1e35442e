"""What record and e-invoice of a held document say differently, for the command line."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import LOG, current_reader, labelled, localized, words, written_for
from debitoor_provider.runs.tables import money
from debitoor_provider.sync.contradictions import AMOUNTS, contradictions, currencies

if TYPE_CHECKING:
    from debitoor_provider.sync.contradictions import ComparedValue
    from debitoor_provider.sync.ledger import Entry

_WORDS = {
    "kind": "contradictions.kind",
    "currency": "contradictions.currency",
    "date": "documents.date",
    "gross": "documents.gross",
    "net": "documents.net",
    "rates": "contradictions.rates",
    "by_rate": "contradictions.by_rate",
}
"""The page's word for each figure."""


def title() -> str:
    """Return what the table is called."""
    return words(current_reader().language)["contradictions.title"]


def rows_of(entry: Entry) -> list[dict[str, str]]:
    """Return the figures of both, as the page has them side by side; empty when there is nothing to compare."""
    found, known = contradictions(entry.message, entry.currency), words(current_reader().language)
    of_record, of_invoice = currencies(found, entry.currency)
    return [
        {
            "field": known[_WORDS[one.what]],
            "record": "; ".join(_shown(one.what, value, of_record) for value in one.record),
            "e-invoice": "; ".join(_shown(one.what, value, of_invoice) for value in one.invoice),
        }
        for one in found
    ]


def values_of(entry: Entry) -> list[dict[str, Any]]:
    """Return the figures of both for programs, named as in the page's API; empty when there is nothing to compare.

    Each has ``what`` it is and the values of ``record`` and ``invoice``: ``text``, ``rate`` and ``currency``, of which
    those that do not apply are ``None``. They do not depend on the reader.
    """
    with written_for(LOG):
        found = contradictions(entry.message, entry.currency)
    of_record, of_invoice = currencies(found, entry.currency)
    return [
        {
            "what": one.what,
            "record": [_value(one.what, value, of_record) for value in one.record],
            "invoice": [_value(one.what, value, of_invoice) for value in one.invoice],
        }
        for one in found
    ]


def _value(what: str, value: ComparedValue, currency: str) -> dict[str, str | None]:
    rate = None if value.rate is None else f"{value.rate:f}"
    return {"text": value.text, "rate": rate, "currency": currency if what in AMOUNTS else None}


def _shown(what: str, value: ComparedValue, currency: str) -> str:
    if what == "rates":
        return localized(f"{value.rate:f} %")
    if what == "date":
        return localized(value.text or "", "day")
    if what in {"kind", "currency"}:
        return value.text or ""
    amount = _money(value.text or "", currency)
    return labelled(localized(f"{value.rate:f} %"), amount) if what == "by_rate" else amount


def _money(text: str, currency: str) -> str:
    """Show an amount; what another version of this package wrote and cannot be read is shown as it is."""
    try:
        return money(Decimal(text), currency)
    except InvalidOperation:
        return text
