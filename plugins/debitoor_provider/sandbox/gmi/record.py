"""The JSON of a document (G 4.3, 5.1, 5.3, 5.4)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from debitoor_provider.sandbox.json_codec import number

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.sandbox.switches import Switches

_PAYMENT_TEXTS = dict.fromkeys(
    (
        "sender_email", "recipient_email", "transaction_id", "card_number", "sepa_creditor_id",
        "sepa_mandate_reference", "purposeOfUsage", "iban", "bic", "accountHolderName", "accountNumber", "bank_name",
        "bank_address", "sort_code", "routing_number", "ifsc_code", "routing_code",
    ),
    "",
)  # fmt: skip
_ITEM_NUMBERS = ("quantity", "tax_percentage", "tax_amount", "unit_net_price", "total_gross")


def record(uid: int, data: dict[str, Any], counterparty: dict[str, Any] | None, switches: Switches) -> dict[str, Any]:
    """Return the fields of a list record.

    :param counterparty: the company the document is assigned to, None if it is unassigned
    """
    net, gross = Decimal(data["netAmount"]), Decimal(data["grossAmount"])
    amount = _AMOUNTS[switches.amounts]
    company = counterparty or {}
    return {
        "documentUid": uid,
        "createdAt": data["createdAt"][:10],
        "dateTimeCreatedAt": data["createdAt"],
        "companyUid": data["companyUid"],
        "companyName": company.get("name", ""),
        "supplierUid": company.get("supplierUid", 0),
        "orderNumber": data["orderNumber"],
        "documentType": data["documentType"],
        "documentNumber": data["documentNumber"],
        "documentDate": data["documentDate"],
        "documentDueDate": data["documentDueDate"] or switches.due_date_when_unset,
        "netAmount": amount(net),
        "grossAmount": amount(gross),
        "vat": amount(gross - net),
        "taxRates": [amount(Decimal(rate)) for rate in data["taxRates"]],
        "vat_id": company.get("vatId", ""),
        "currency": data["currency"],
        "isArchived": bool(data["isArchived"]),
        "isLocked": bool(data["isLocked"]),
        "isOcrCompleted": data["isOcrCompleted"],
        "tags": data["tags"],
        "note": data["note"],
        "source": data["source"],
        "filename": data["filename"],
        "fileSize": f"{data['fileSize'] / 1024:.2f}",
        "paymentStatus": data["paymentStatus"],
        "paidAt": data["paidAt"],
        "paymentMethod": data["paymentMethod"],
        "paymentDetails": _PAYMENT_TEXTS
        | {
            "cash_discount_date": data["cashDiscountDate"],
            "cash_discount_value": amount(Decimal(data["cashDiscountValue"])),
        },
    }


def line_items(data: dict[str, Any], switches: Switches) -> list[dict[str, Any]]:
    """Return the document's lines (G 5.3)."""
    amount = _AMOUNTS[switches.amounts]
    return [item | {name: amount(Decimal(item[name])) for name in _ITEM_NUMBERS} for item in data["lineItems"]]


def workflow_details(data: dict[str, Any]) -> dict[str, Any] | None:
    """Return ``workflowDetails``, None for a document without a workflow (A-13)."""
    workflow = data["workflow"]
    if workflow is None:
        return None
    return {
        "currentWorkflow": {"id": 1, "name": workflow.get("workflow", "Invoice approval")},
        "currentWorkflowStep": {"id": 3, "name": workflow.get("step", "Release")},
        "isCompleted": bool(workflow["is_completed"]),
    }


def _as_text(value: Decimal) -> str:
    return f"{value:.2f}"


def _with_comma(value: Decimal) -> str:
    """Return such as ``1.234,56``."""
    return f"{value:,.2f}".translate(_SWAPPED)


_SWAPPED = str.maketrans(",.", ".,")
_AMOUNTS: dict[str, Callable[[Decimal], int | float | str]] = {
    "number": number,
    "string": _as_text,
    "comma": _with_comma,
}
