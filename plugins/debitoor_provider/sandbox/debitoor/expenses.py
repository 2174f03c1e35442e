"""Expenses, versions 4 and 5, and other income (D 6, 8.4)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from debitoor_provider.sandbox import contract
from debitoor_provider.sandbox.debitoor import entities, files
from debitoor_provider.sandbox.debitoor.amounts import computed
from debitoor_provider.sandbox.debitoor.refusal import DebitoorRefusal, dangling, invalid, not_found
from debitoor_provider.sandbox.debitoor.schemas import EXPENSE_V4, EXPENSE_V5, INCOME, ServedSchema
from debitoor_provider.sandbox.debitoor.validation import validated
from debitoor_provider.sandbox.http import Handler, ReceivedCall, Reply, ok

if TYPE_CHECKING:
    from debitoor_provider.sandbox.companies import Company
    from debitoor_provider.sandbox.debitoor.entities import Kind
    from debitoor_provider.sandbox.world import World

_CATEGORIES = {ident: kind for ident, _, kind in contract.EXPENSE_CATEGORY_LIST}


class Family(NamedTuple):
    """One endpoint family: the kind of its entities, the schema of its bodies, its version."""

    kind: Kind
    schema: ServedSchema
    party: str  # prefix of the counterparty's properties
    v5: bool = False


EXPENSES = Family("expense", EXPENSE_V4, "supplier")
EXPENSES_5 = Family("expense", EXPENSE_V5, "supplier", v5=True)
INCOMES = Family("income", INCOME, "customer")


def handlers(family: Family) -> dict[str, Handler]:
    """Return the five handlers of an endpoint family, by name."""
    return {
        "list": lambda call: _list(family, call),
        "create": lambda call: _create(family, call),
        "get": lambda call: _get(family, call),
        "replace": lambda call: _replace(family, call),
        "delete": lambda call: _delete(family, call),
    }


def book_expense(call: ReceivedCall) -> Reply:
    """Handle POST /api/expenses/{id}/book/v4: strict bookkeeping assigns the number here (A21)."""
    if not call.company.switches.strict_bookkeeping:
        raise not_found()
    entity = entities.known(call, "expense")
    if "number" not in entity:
        entity["number"] = entities.next_number(call.world, call.company, "expense")
        entity = entities.save(call.world, call.company, "expense", entity, fields=["number"], call=call.seq)
    return ok(entity)


def assemble(world: World, company: Company, family: Family, body: dict[str, Any]) -> dict[str, Any]:
    """Return a validated body with everything that the service adds to it.

    :raises DebitoorRefusal: 400 for amounts or references that cannot be
    """
    amounts, errors = computed(body)
    entity = body | amounts | {"currency": company.currency}
    file_ids = [item["fileId"] for item in body.get("attachments", ())] if family.v5 else [body.get("fileId")]
    entity.pop("attachments", None)
    for position, file_id in enumerate(file_ids):
        if file_id is None:
            continue
        found = files.find(world, company, file_id)
        if found is None:
            errors.append(dangling(f"attachments.{position}.fileId" if family.v5 else "fileId", file_id))  # A16
        elif position == 0:
            entity |= {"fileId": file_id, "file": found[0]}
    if entity.get("file") and company.switches.attachment_over_quota:
        entity["attachmentOverQuota"] = True
    errors += _dangling_references(world, company, family, body)
    if family.kind == "expense" and company.switches.reverse_charge_check:
        errors += _reverse_charge_faults(company, body)
    if errors:
        raise invalid(errors)
    return entity


def _list(family: Family, call: ReceivedCall) -> Reply:
    _require_v5(family, call)
    conditions: list[tuple[str, object]] = []
    if party := call.one(f"{family.party}Id"):
        conditions.append((f"data->>'{family.party}Id' = ?", party))
    unpaid = call.one("isUnpaid")
    if unpaid in ("true", "false"):
        conditions.append(("(data->>'unpaidAmount' <> 0) = ?", int(unpaid == "true")))
    return entities.listed(call, (family.kind,), conditions, _as_v5 if family.v5 else None)


def _get(family: Family, call: ReceivedCall) -> Reply:
    _require_v5(family, call)
    return _reply(family, entities.known(call, family.kind))


def _create(family: Family, call: ReceivedCall) -> Reply:
    _require_v5(family, call)
    body = validated(family.schema, call.json)
    if call.company.switches.strict_bookkeeping:
        _refuse_number(body)
    elif "number" not in body:
        if call.one("autonumber") != "true":
            raise invalid([{"property": "number", "message": "is required"}])  # A20
        body["number"] = entities.next_number(call.world, call.company, family.kind)
    entity = assemble(call.world, call.company, family, body)
    return _reply(family, entities.add(call.world, call.company, family.kind, entity, call=call.seq))


def _replace(family: Family, call: ReceivedCall) -> Reply:
    _require_v5(family, call)
    before = entities.known(call, family.kind)
    body = validated(family.schema, call.json)
    if call.company.switches.strict_bookkeeping:
        _refuse_number(body)
    if "number" in before:
        body.setdefault("number", before["number"])  # a voucher keeps its number
    if "payments" in before and "payments" not in body and call.one("allowUnmatch") != "true":
        body["payments"] = before["payments"]
    entity = assemble(call.world, call.company, family, body)
    paid = sum((Decimal(payment["amount"]) for payment in entity.get("payments", ())), Decimal(0))
    if abs(paid) > abs(entity["totalGrossAmount"]):
        raise DebitoorRefusal(412, "The payments exceed the new total; leave them out and set allowUnmatch")
    kept = {name: before[name] for name in ("id", "createdDate", "createdFromEmail", "links") if name in before}
    fields = sorted(name for name in before.keys() | entity.keys() if before.get(name) != entity.get(name))
    fields = [name for name in fields if name not in kept and name != "lastModifiedDate"]
    saved = entities.save(call.world, call.company, family.kind, kept | entity, fields=fields, call=call.seq)
    return _reply(family, saved)


def _delete(family: Family, call: ReceivedCall) -> Reply:
    _require_v5(family, call)
    entity = entities.known(call, family.kind)
    if entity.get("payments") and call.one("allowUnmatch") != "true":
        raise DebitoorRefusal(412, "The expense has payments; set allowUnmatch to delete it")
    entities.save(call.world, call.company, family.kind, entity, what="deleted", call=call.seq)
    return ok({"success": True})  # A18


def _reply(family: Family, entity: dict[str, Any]) -> Reply:
    return ok(_as_v5(entity) if family.v5 else entity)


def _as_v5(entity: dict[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in entity.items() if name not in ("fileId", "file")}
    if "fileId" in entity:
        shown["attachments"] = [{"fileId": entity["fileId"], "file": entity["file"]}]
    return shown


def _require_v5(family: Family, call: ReceivedCall) -> None:
    if family.v5 and not call.company.switches.expenses_v5:
        raise not_found()


def _refuse_number(body: dict[str, Any]) -> None:
    if "number" in body:
        raise invalid([{"property": "number", "value": body["number"], "message": "This is not a valid value"}])


def _dangling_references(world: World, company: Company, family: Family, body: dict[str, Any]) -> list[dict[str, Any]]:
    errors = []
    party: Kind = "supplier" if family.party == "supplier" else "customer"
    party_id = body.get(f"{party}Id")
    if party_id is not None and entities.find(world, company, (party,), party_id) is None:
        errors.append(dangling(f"{party}Id", party_id))
    for index, line in enumerate(body["lines"]):
        category, kind = line.get("categoryId"), line.get("categoryType")
        if family.kind == "expense" and category is not None and category not in _CATEGORIES:
            errors.append(dangling(f"lines.{index}.categoryId", category))  # A25
        elif kind is not None and _CATEGORIES.get(category, kind) != kind:
            errors.append(dangling(f"lines.{index}.categoryType", kind))
        asset = [name in line for name in ("assetLifetime", "assetSalvageValue", "assetDepreciation")]
        if any(asset) and not all(asset):
            errors.append({"property": f"lines.{index}", "message": "must have all asset properties or none"})
    return errors


def _reverse_charge_faults(company: Company, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the errors of A24: required for purchases from another EU country, forbidden otherwise."""
    country = body.get("supplierCountry")
    needed = country in contract.EU and company.country in contract.EU and country != company.country
    message = "is required" if needed else "This is not a valid value"
    return [
        {"property": f"lines.{index}.reverseCharge", "message": message}
        for index, line in enumerate(body["lines"])
        if ("reverseCharge" in line) != needed
    ]
