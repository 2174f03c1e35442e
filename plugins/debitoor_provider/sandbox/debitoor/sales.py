"""Booked invoices and credit notes, and their PDFs (D 7)."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from debitoor_provider.sandbox.debitoor import entities
from debitoor_provider.sandbox.debitoor.refusal import not_found
from debitoor_provider.sandbox.http import ReceivedCall, Reply, download, ok

if TYPE_CHECKING:
    from debitoor_provider.sandbox.debitoor.entities import Kind

_SALES: tuple[Kind, ...] = ("invoice", "creditNote")


def list_invoices(call: ReceivedCall) -> Reply:
    """Handle GET /api/sales/invoices/v8: credit notes among them (A28)."""
    wanted: dict[str | None, tuple[Kind, ...]] = {"true": ("creditNote",), "false": ("invoice",)}
    return _listed(call, wanted.get(call.one("isCreditNote"), _SALES))


def list_credit_notes(call: ReceivedCall) -> Reply:
    """Handle GET /api/sales/creditnotes/v4: the same ids as in the invoice list."""
    return _listed(call, ("creditNote",))


def get_invoice(call: ReceivedCall) -> Reply:
    """Handle GET /api/sales/invoices/{id}/v8: whatever its list has."""
    return ok(_shown(call, entities.known(call, *_SALES)))


def get_credit_note(call: ReceivedCall) -> Reply:
    """Handle GET /api/sales/creditnotes/{id}/v4."""
    return ok(_shown(call, entities.known(call, "creditNote")))


def get_invoice_pdf(call: ReceivedCall) -> Reply:
    """Handle GET /api/sales/invoices/{id}/pdf/v1."""
    return _pdf(call, "invoice")


def get_credit_note_pdf(call: ReceivedCall) -> Reply:
    """Handle GET /api/sales/creditnotes/{id}/pdf/v4."""
    return _pdf(call, "creditNote")


def _listed(call: ReceivedCall, kinds: tuple[Kind, ...]) -> Reply:
    conditions: list[tuple[str, object]] = [
        (f"data->>'{name}' = ?", value) for name in ("number", "customerId") if (value := call.one(name))
    ]
    unpaid = call.one("isUnpaid")
    if unpaid in ("true", "false"):
        conditions.append(("(data->>'unpaidAmount' <> 0) = ?", int(unpaid == "true")))
    shape = partial(_shown, call) if call.company.switches.credit_note_amounts == "positive" else None
    return entities.listed(call, kinds, conditions, shape)


def _shown(call: ReceivedCall, entity: dict[str, Any]) -> dict[str, Any]:
    """Return the entity with the sign that the switch gives to a credit note; stored amounts are negative."""
    if entity["type"] == "creditNote" and call.company.switches.credit_note_amounts == "positive":
        shown: dict[str, Any] = _negated(entity)
        return shown
    return entity


def _negated(value: Any) -> Any:
    """Return the value with the opposite sign of every amount and price in it."""
    if isinstance(value, list):
        return [_negated(item) for item in value]
    if isinstance(value, dict):
        return {
            name: -item if name.endswith(("Amount", "Price")) and isinstance(item, int | Decimal) else _negated(item)
            for name, item in value.items()
        }
    return value


def _pdf(call: ReceivedCall, kind: Kind) -> Reply:
    found = entities.find(call.world, call.company, (kind,), call.params["id"])
    if found is None:
        raise not_found()
    entity, sha256 = found
    return download(call.world.store.content(sha256), "application/pdf", f"{entity['number']}.pdf")  # A29
