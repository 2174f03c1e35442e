"""Expenses, versions 4 and 5, and other income, their mirror (D 6, 8.4)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from sandbox import contract
from sandbox.debitoor import entities, files
from sandbox.debitoor.amounts import computed
from sandbox.debitoor.refusal import Refused, dangling, invalid, not_found
from sandbox.debitoor.schemas import EXPENSE_V4, EXPENSE_V5, INCOME, Schema
from sandbox.debitoor.validation import validated
from sandbox.http import Call, Handler, Reply, ok

if TYPE_CHECKING:
    from sandbox.companies import Company
    from sandbox.debitoor.entities import Kind
    from sandbox.world import World

_CATEGORIES = {ident: kind for ident, _, kind in contract.EXPENSE_CATEGORY_LIST}


class Book(NamedTuple):
    """One endpoint family: what it holds, what it accepts, how it tells it."""

    kind: Kind
    schema: Schema
    party: str  # prefix of the counterparty's properties
    v5: bool = False


EXPENSES = Book("expense", EXPENSE_V4, "supplier")
EXPENSES_5 = Book("expense", EXPENSE_V5, "supplier", v5=True)
INCOMES = Book("income", INCOME, "customer")


def handlers(book: Book) -> dict[str, Handler]:
    """The five operations of a family, by name."""
    return {
        "list": lambda call: _list(book, call),
        "create": lambda call: _create(book, call),
        "get": lambda call: _get(book, call),
        "replace": lambda call: _replace(book, call),
        "delete": lambda call: _delete(book, call),
    }


def book_expense(call: Call) -> Reply:
    """POST /api/expenses/{id}/book/v4: strict bookkeeping assigns the number here (A21)."""
    if not call.company.switches.strict_bookkeeping:
        raise not_found()
    entity = entities.known(call, "expense")
    if "number" not in entity:
        entity["number"] = entities.next_number(call.world, call.company, "expense")
        entity = entities.save(call.world, call.company, "expense", entity, fields=["number"], call=call.seq)
    return ok(entity)


def assemble(world: World, company: Company, book: Book, body: dict[str, Any]) -> dict[str, Any]:
    """A validated body with everything that the service adds to it.

    :raises Refused: 400 for amounts or references that cannot be
    """
    amounts, errors = computed(body)
    entity = body | amounts | {"currency": company.currency}
    file_ids = [item["fileId"] for item in body.get("attachments", ())] if book.v5 else [body.get("fileId")]
    entity.pop("attachments", None)
    for position, file_id in enumerate(file_ids):
        if file_id is None:
            continue
        found = files.find(world, company, file_id)
        if found is None:
            errors.append(dangling(f"attachments.{position}.fileId" if book.v5 else "fileId", file_id))  # A16
        elif position == 0:
            entity |= {"fileId": file_id, "file": found[0]}
    if entity.get("file") and company.switches.attachment_over_quota:
        entity["attachmentOverQuota"] = True
    errors += _dangling_references(world, company, book, body)
    if book.kind == "expense" and company.switches.reverse_charge_check:
        errors += _reverse_charge_faults(company, body)
    if errors:
        raise invalid(errors)
    return entity


def _list(book: Book, call: Call) -> Reply:
    _require_v5(book, call)
    conditions: list[tuple[str, object]] = []
    if party := call.one(f"{book.party}Id"):
        conditions.append((f"data->>'{book.party}Id' = ?", party))
    unpaid = call.one("isUnpaid")
    if unpaid in ("true", "false"):
        conditions.append(("(data->>'unpaidAmount' <> 0) = ?", int(unpaid == "true")))
    return entities.listed(call, (book.kind,), conditions, _as_v5 if book.v5 else None)


def _get(book: Book, call: Call) -> Reply:
    _require_v5(book, call)
    return _told(book, entities.known(call, book.kind))


def _create(book: Book, call: Call) -> Reply:
    _require_v5(book, call)
    body = validated(book.schema, call.json)
    if call.company.switches.strict_bookkeeping:
        _refuse_number(body)
    elif "number" not in body:
        if call.one("autonumber") != "true":
            raise invalid([{"property": "number", "message": "is required"}])  # A20
        body["number"] = entities.next_number(call.world, call.company, book.kind)
    entity = assemble(call.world, call.company, book, body)
    return _told(book, entities.add(call.world, call.company, book.kind, entity, call=call.seq))


def _replace(book: Book, call: Call) -> Reply:
    _require_v5(book, call)
    before = entities.known(call, book.kind)
    body = validated(book.schema, call.json)
    if call.company.switches.strict_bookkeeping:
        _refuse_number(body)
    if "number" in before:
        body.setdefault("number", before["number"])  # a voucher keeps its number
    if "payments" in before and "payments" not in body and call.one("allowUnmatch") != "true":
        body["payments"] = before["payments"]
    entity = assemble(call.world, call.company, book, body)
    paid = sum((Decimal(payment["amount"]) for payment in entity.get("payments", ())), Decimal(0))
    if abs(paid) > abs(entity["totalGrossAmount"]):
        raise Refused(412, "The payments exceed the new total; leave them out and set allowUnmatch")
    kept = {name: before[name] for name in ("id", "createdDate", "createdFromEmail", "links") if name in before}
    fields = sorted(name for name in before.keys() | entity.keys() if before.get(name) != entity.get(name))
    fields = [name for name in fields if name not in kept and name != "lastModifiedDate"]
    saved = entities.save(call.world, call.company, book.kind, kept | entity, fields=fields, call=call.seq)
    return _told(book, saved)


def _delete(book: Book, call: Call) -> Reply:
    _require_v5(book, call)
    entity = entities.known(call, book.kind)
    if entity.get("payments") and call.one("allowUnmatch") != "true":
        raise Refused(412, "The expense has payments; set allowUnmatch to delete it")
    entities.save(call.world, call.company, book.kind, entity, what="deleted", call=call.seq)
    return ok({"success": True})  # A18


def _told(book: Book, entity: dict[str, Any]) -> Reply:
    return ok(_as_v5(entity) if book.v5 else entity)


def _as_v5(entity: dict[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in entity.items() if name not in ("fileId", "file")}
    if "fileId" in entity:
        shown["attachments"] = [{"fileId": entity["fileId"], "file": entity["file"]}]
    return shown


def _require_v5(book: Book, call: Call) -> None:
    if book.v5 and not call.company.switches.expenses_v5:
        raise not_found()


def _refuse_number(body: dict[str, Any]) -> None:
    if "number" in body:
        raise invalid([{"property": "number", "value": body["number"], "message": "This is not a valid value"}])


def _dangling_references(world: World, company: Company, book: Book, body: dict[str, Any]) -> list[dict[str, Any]]:
    errors = []
    party: Kind = "supplier" if book.party == "supplier" else "customer"
    party_id = body.get(f"{party}Id")
    if party_id is not None and entities.find(world, company, (party,), party_id) is None:
        errors.append(dangling(f"{party}Id", party_id))
    for index, line in enumerate(body["lines"]):
        category, kind = line.get("categoryId"), line.get("categoryType")
        if book.kind == "expense" and category is not None and category not in _CATEGORIES:
            errors.append(dangling(f"lines.{index}.categoryId", category))  # A25
        elif kind is not None and _CATEGORIES.get(category, kind) != kind:
            errors.append(dangling(f"lines.{index}.categoryType", kind))
        asset = [name in line for name in ("assetLifetime", "assetSalvageValue", "assetDepreciation")]
        if any(asset) and not all(asset):
            errors.append({"property": f"lines.{index}", "message": "must have all asset properties or none"})
    return errors


def _reverse_charge_faults(company: Company, body: dict[str, Any]) -> list[dict[str, Any]]:
    """A24: required for purchases from another EU country, forbidden otherwise."""
    country = body.get("supplierCountry")
    needed = country in contract.EU and company.country in contract.EU and country != company.country
    message = "is required" if needed else "This is not a valid value"
    return [
        {"property": f"lines.{index}.reverseCharge", "message": message}
        for index, line in enumerate(body["lines"])
        if ("reverseCharge" in line) != needed
    ]
