"""Documents in the store: find, add, change, delete. Both the API and the admin API use these functions."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from debitoor_provider.sandbox import contract, json_codec
from debitoor_provider.sandbox.clock import local_seconds

if TYPE_CHECKING:
    from debitoor_provider.sandbox.companies import Company
    from debitoor_provider.sandbox.world import World

_BLANK: dict[str, Any] = {
    "companyUid": 0,
    "orderNumber": "",
    "documentType": contract.GMI_DEFAULT_DOCUMENT_TYPE,
    "documentNumber": "",
    "documentDate": "",
    "documentDueDate": "",
    "netAmount": "0.00",
    "grossAmount": "0.00",
    "taxRates": [],
    "currency": "",
    "isArchived": 0,
    "isLocked": 0,
    "isOcrCompleted": 0,
    "tags": [],
    "note": "",
    "source": "API",
    "sourceUser": "",
    "paymentStatus": "Unknown",
    "paidAt": "",
    "paymentMethod": "",
    "cashDiscountDate": "",
    "cashDiscountValue": "0.00",
    "lineItems": [],
    "workflow": None,
    "text": "",
    "attachments": 0,
}


def blank(filename: str, **values: Any) -> dict[str, Any]:
    """Return the data of a document with empty values (A-12), except for its name and what is given.

    Amounts are text with two decimals, tax rates text.
    """
    return {"filename": filename, **_BLANK, **values}


def add(
    world: World,
    company: Company,
    data: dict[str, Any],
    content: bytes,
    *,
    created_at: str | None = None,
    call: int | None = None,
) -> int:
    """Store a new document.

    :param created_at: local time to the second; now if None
    :return: its uid
    """
    created = created_at or local_seconds(world.clock.now("gmi"), company.timezone)
    data = data | {"fileSize": len(content), "createdAt": created, "tags": keep_tags(world, company, data["tags"])}
    sha256 = world.store.keep(content)
    cursor = world.store.execute(
        "INSERT INTO document (company, sha256, changed, data) VALUES (?, ?, ?, ?)",
        company.id, sha256, created, json_codec.text(data),
    )  # fmt: skip
    uid = int(cursor.lastrowid or 0)
    world.log.effect(call, company.id, "gmi" if call else "admin", "created", "document", uid,
                     sha256=sha256, size=len(content), filename=data["filename"], tags=data["tags"])  # fmt: skip
    return uid


def find(world: World, company: Company, uid: int) -> tuple[dict[str, Any], str] | None:
    """Return the data of a document and the hash of its file; None if unknown, deleted or of another company."""
    row = world.store.row(
        "SELECT data, sha256 FROM document WHERE uid = ? AND company = ? AND deleted IS NULL", uid, company.id
    )
    return (json_codec.parse(row[0]), row[1]) if row else None


def change(
    world: World,
    company: Company,
    uid: int,
    data: dict[str, Any],
    changes: dict[str, Any],
    call: int | None = None,
    *,
    reported: bool = True,
) -> None:
    """Store changed fields; the time of change is set even if nothing differs (A-18).

    :param reported: ``False`` leaves the time of change as it was
    """
    if "tags" in changes:
        changes = changes | {"tags": keep_tags(world, company, changes["tags"])}
    changed = local_seconds(world.clock.now("gmi"), company.timezone) if reported else None
    world.store.execute(
        "UPDATE document SET data = ?, changed = coalesce(?, changed) WHERE uid = ?",
        json_codec.text(data | changes), changed, uid,
    )  # fmt: skip
    shown = {name: value for name, value in changes.items() if data.get(name) != value and name != "text"}
    world.log.effect(
        call, company.id, "gmi" if call else "admin", "updated", "document", uid, fields=sorted(changes), changed=shown
    )


def delete(world: World, company: Company, uid: int, call: int | None = None) -> None:
    """Remove a document; its uid is never used again (A-29)."""
    now = local_seconds(world.clock.now("gmi"), company.timezone)
    world.store.execute("UPDATE document SET deleted = ? WHERE uid = ?", now, uid)
    world.log.effect(call, company.id, "gmi" if call else "admin", "deleted", "document", uid)


def keep_tags(world: World, company: Company, names: list[str]) -> list[str]:
    """Create unknown tags and return each name once, in the spelling of the existing tag (A-15)."""
    kept: dict[str, str] = {}
    for name in (name.strip() for name in names):
        folded = name.casefold()
        if not name or folded in kept:
            continue
        world.store.execute("INSERT OR IGNORE INTO tag VALUES (?, ?, ?)", company.id, folded, name)
        kept[folded] = world.store.value("SELECT name FROM tag WHERE company = ? AND folded = ?", company.id, folded)
    return list(kept.values())


def line_items(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return line items in their stored form, with the tax amount computed where it is missing."""
    stored = []
    for position, item in enumerate(items, start=1):
        gross, rate = Decimal(str(item["total_gross"])), Decimal(str(item["tax_percentage"]))
        tax = (gross - gross / (1 + rate / 100)).quantize(Decimal("0.01"))
        stored.append(
            {
                "lineItemUid": position,
                "quantity": str(item.get("quantity", 1)),
                "description": str(item.get("description", "")),
                "tax_percentage": str(rate),
                "tax_amount": str(item.get("tax_amount", tax)),
                "unit_net_price": str(item.get("unit_net_price", gross - tax)),
                "total_gross": str(gross),
                "order_number": str(item.get("order_number", "")),
            }
        )
    return stored
