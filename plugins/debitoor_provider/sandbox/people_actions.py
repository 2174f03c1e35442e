"""Actions of a person in the web apps of both services, which their APIs do not offer.

The admin API, the loader and the generator use these functions; the log names the service of their effects ``admin``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Literal

from debitoor_provider.sandbox.clock import local_seconds
from debitoor_provider.sandbox.debitoor import entities, expenses
from debitoor_provider.sandbox.debitoor.amounts import tax_groups
from debitoor_provider.sandbox.gmi import counterparties, document_store
from debitoor_provider.sandbox.gmi.reference import country_uid
from debitoor_provider.sandbox.invoice_pdf import PdfInvoice, PdfLine, invoice_pdf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from debitoor_provider.sandbox.companies import Company
    from debitoor_provider.sandbox.world import World

_CENT = Decimal("0.01")
_FIELDS = {
    "document_type": "documentType", "document_number": "documentNumber", "document_date": "documentDate",
    "due_date": "documentDueDate", "currency": "currency", "note": "note", "tags": "tags",
    "order_number": "orderNumber", "payment_status": "paymentStatus", "paid_at": "paidAt",
    "payment_method": "paymentMethod", "workflow": "workflow", "text": "text", "source": "source",
}  # fmt: skip
_MARKS = {"tags", "isArchived", "workflow"}


class Unknown(LookupError):
    """Raised for an id that does not exist."""


def add_document(
    world: World,
    company: Company,
    content: bytes,
    filename: str,
    *,
    supplier: str | None = None,
    supplier_country: str | None = None,
    supplier_vat_id: str | None = None,
    created_at: datetime | None = None,
    **fields: Any,
) -> int:
    """Add a document to GetMyInvoices.

    :param supplier: name of the company it is assigned to, created if unknown; None leaves the document unassigned
    :param created_at: aware; now if None
    :param fields: as of :func:`edit_document`
    :return: its uid
    """
    with world.store.transaction():
        data = document_store.blank(filename, source="Manual", isOcrCompleted=1)
        data |= _document_fields(fields)
        data["companyUid"] = _supplier(world, company, supplier or "", supplier_country or "", supplier_vat_id or "")
        local = local_seconds(created_at, company.timezone) if created_at else None
        return document_store.add(world, company, data, content, created_at=local)


def edit_document(world: World, company: Company, uid: int, **fields: Any) -> None:
    """Edit a document.

    :param fields: in snake case: ``document_number``, ``net_amount``, ``tax_rates``, ``archived``, ``locked``,
        ``workflow`` (None or ``{"is_completed": bool}``), ``supplier`` with ``supplier_country`` and so on
    :raises Unknown: if there is no such document
    """
    with world.store.transaction():
        found = document_store.find(world, company, uid)
        if found is None:
            raise Unknown(f"document {uid}")
        changes = _document_fields(fields)
        if "supplier" in fields:
            changes["companyUid"] = _supplier(
                world,
                company,
                fields["supplier"] or "",
                fields.get("supplier_country") or "",
                fields.get("supplier_vat_id") or "",
            )
        reported = company.switches.marks_reported or not changes.keys() <= _MARKS
        document_store.change(world, company, uid, found[0], changes, reported=reported)


def delete_document(world: World, company: Company, uid: int) -> None:
    """Delete a document.

    :raises Unknown: if there is no such document
    """
    with world.store.transaction():
        if document_store.find(world, company, uid) is None:
            raise Unknown(f"document {uid}")
        document_store.delete(world, company, uid)


def add_invoice(
    world: World,
    company: Company,
    *,
    kind: Literal["invoice", "creditNote"] = "invoice",
    number: str | None = None,
    date: str | None = None,
    customer_name: str = "Customer Ltd",
    customer_country: str | None = None,
    currency: str | None = None,
    lines: Sequence[dict[str, Any]] = (),
    paid: bool = False,
    content: bytes | None = None,
    **extra: Any,
) -> dict[str, Any]:
    """Book an invoice or credit note in Debitoor.

    :param lines: items of ``description``, ``quantity``, ``unit_net_price`` and ``tax_rate``; one of 100 at 19 % if
        empty. Amounts of a credit note are positive here and negative on the document
    :param content: its PDF, printed from the figures if None
    :param extra: further properties of the entity
    :return: the entity as the API shows it
    """
    with world.store.transaction():
        sign = -1 if kind == "creditNote" else 1
        day = date or world.clock.now("debitoor").date().isoformat()
        booked = [_sales_line(line, sign) for line in lines or ({"unit_net_price": 100, "tax_rate": 19},)]
        net = sum((line["netAmount"] for line in booked), Decimal(0))
        gross = sum((line["grossAmount"] for line in booked), Decimal(0))
        number = number or _next_sales_number(world, company, kind)
        currency = currency or company.currency
        pdf = content or invoice_pdf(
            PdfInvoice(
                title="Invoice" if kind == "invoice" else "Credit note", number=number, date=day,
                seller=company.name, buyer=customer_name, currency=currency, net=net, gross=gross,
                lines=tuple(PdfLine(line["description"], line["quantity"], line["netAmount"], line["taxRate"])
                            for line in booked),
            )
        )  # fmt: skip
        entity = {
            "number": number,
            "type": kind,
            "date": day,
            "dueDate": (datetime.fromisoformat(day) + timedelta(days=14)).date().isoformat(),
            "customerName": customer_name,
            "customerCountry": customer_country or company.country,
            "currency": currency,
            "totalNetAmount": net,
            "totalTaxAmount": gross - net,
            "totalGrossAmount": gross,
            "unpaidAmount": Decimal(0) if paid else gross,
            "paid": paid,
            "booked": True,
            "sent": True,
            "viewed": False,
            "archived": False,
            "deleted": False,
            "taxGroups": tax_groups(booked),
            "lines": booked,
            "payments": [],
            "attachments": [],
            "history": {"booked": f"{day}T09:00:00Z"},
            "companyProfile": {"name": company.name, "countryCode": company.country, "email": company.email},
            **extra,
        }
        return entities.add(world, company, kind, entity, sha256=world.store.keep(pdf))


def add_expense(world: World, company: Company, body: dict[str, Any]) -> dict[str, Any]:
    """Enter an expense, as a person or by e-mail (``createdFromEmail``)."""
    with world.store.transaction():
        entity = expenses.assemble(world, company, expenses.EXPENSES, body)
        if not company.switches.strict_bookkeeping:
            entity.setdefault("number", entities.next_number(world, company, "expense"))
        return entities.add(world, company, "expense", entity)


def edit_entity(world: World, company: Company, ident: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Change properties of a document or party in Debitoor; None removes a property.

    :raises Unknown: if there is no entity with this id
    """
    with world.store.transaction():
        kind, entity = _entity(world, company, ident)
        changed = {name: value for name, value in (entity | changes).items() if value is not None}
        return entities.save(world, company, kind, changed, fields=sorted(changes))


def delete_entity(world: World, company: Company, ident: str) -> None:
    """Delete a document in Debitoor: it is hidden and has the time of deletion (D 3.5).

    :raises Unknown: if there is no entity with this id
    """
    with world.store.transaction():
        kind, entity = _entity(world, company, ident)
        flag = {"deleted": True} if kind in ("invoice", "creditNote") else {}
        entities.save(world, company, kind, entity | flag, what="deleted")


def cancel_invoice(world: World, company: Company, ident: str, *, date: str | None = None) -> dict[str, Any]:
    """Cancel an invoice in Debitoor by a credit note over the same lines (D 7.3).

    :param date: of the credit note; today if None
    :return: the credit note
    :raises Unknown: if there is no invoice with this id
    """
    with world.store.transaction():
        kind, invoice = _entity(world, company, ident)
        if kind != "invoice":
            raise Unknown(ident)
        names = {"description": "description", "quantity": "quantity", "unitNetPrice": "unit_net_price",
                 "taxRate": "tax_rate"}  # fmt: skip
        note = add_invoice(
            world, company, kind="creditNote", date=date, currency=invoice["currency"], creditedInvoiceId=ident,
            customer_name=invoice["customerName"], customer_country=invoice["customerCountry"],
            lines=[{name: line[key] for key, name in names.items()} for line in invoice["lines"]],
        )  # fmt: skip
        flags = {"deleted": True, "deletedByInvoiceId": note["id"], "compensated": True}
        entities.save(world, company, kind, invoice | flags, what="deleted")
        return note


def print_again(world: World, company: Company, ident: str, content: bytes) -> None:
    """Replace the PDF of a sales document, as a change of its layout would; the record does not change.

    :raises Unknown: if there is no entity with this id
    """
    with world.store.transaction():
        _entity(world, company, ident)
        world.store.execute("UPDATE entity SET sha256 = ? WHERE id = ?", world.store.keep(content), ident)


def _entity(world: World, company: Company, ident: str) -> tuple[entities.Kind, dict[str, Any]]:
    kind = world.store.value("SELECT kind FROM entity WHERE id = ? AND company = ?", ident, company.id)
    found = entities.find(world, company, (kind,), ident) if kind else None
    if found is None:
        raise Unknown(ident)
    return kind, found[0]


def _document_fields(fields: dict[str, Any]) -> dict[str, Any]:
    empty = document_store.blank("")  # a missing value is empty, not null
    data = {
        stored: empty[stored] if fields[name] is None else fields[name]
        for name, stored in _FIELDS.items()
        if name in fields
    }
    for name, stored in (("net_amount", "netAmount"), ("gross_amount", "grossAmount")):
        if name in fields:
            data[stored] = f"{Decimal(str(fields[name] or 0)):.2f}"
    if "tax_rates" in fields:
        data["taxRates"] = [f"{Decimal(str(rate)).normalize():f}" for rate in fields["tax_rates"] or ()]
    if "line_items" in fields:
        data["lineItems"] = document_store.line_items(fields["line_items"] or [])
    for name, stored in (("archived", "isArchived"), ("locked", "isLocked")):
        if name in fields:
            data[stored] = int(bool(fields[name]))
    return data


def _supplier(world: World, company: Company, name: str, country: str, vat_id: str) -> int:
    """Return the uid of the supplier with this name, country and VAT id, which is created if it is unknown."""
    if not name:
        return 0
    uid = counterparties.find(world, company, name, country=country, vat_id=vat_id)
    return uid or counterparties.add(
        world, company, name, country=country, country_uid=country_uid(country), vatId=vat_id
    )


def _sales_line(line: dict[str, Any], sign: int) -> dict[str, Any]:
    quantity, rate = Decimal(str(line.get("quantity", 1))), Decimal(str(line.get("tax_rate", 19)))
    unit = Decimal(str(line["unit_net_price"])) * sign
    net = (quantity * unit).quantize(_CENT, ROUND_HALF_UP)
    gross = (net * (1 + rate / 100)).quantize(_CENT, ROUND_HALF_UP)
    return {
        "description": str(line.get("description", "Services")),
        "quantity": quantity,
        "unitNetPrice": unit,
        "unitGrossPrice": (unit * (1 + rate / 100)).quantize(_CENT, ROUND_HALF_UP),
        "taxEnabled": True,
        "taxRate": rate,
        "netAmount": net,
        "grossAmount": gross,
        "taxAmount": gross - net,
    }


def _next_sales_number(world: World, company: Company, kind: str) -> str:
    count = world.store.value("SELECT count(*) FROM entity WHERE company = ? AND kind = ?", company.id, kind)
    return f"{'INV' if kind == 'invoice' else 'CN'}-{count + 1:04d}"
