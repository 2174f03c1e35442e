"""Suppliers and customers (D 8.2, 8.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from debitoor_provider.sandbox.debitoor import entities
from debitoor_provider.sandbox.debitoor.schemas import CUSTOMER, SUPPLIER, ServedSchema, partial
from debitoor_provider.sandbox.debitoor.validation import validated
from debitoor_provider.sandbox.http import Handler, ReceivedCall, Reply, ok

if TYPE_CHECKING:
    from debitoor_provider.sandbox.debitoor.entities import Kind


class Register(NamedTuple):
    """One kind of party."""

    kind: Kind
    schema: ServedSchema
    filters: tuple[str, ...] = ()


SUPPLIERS = Register("supplier", SUPPLIER)
CUSTOMERS = Register("customer", CUSTOMER, ("email", "reference"))


def handlers(register: Register) -> dict[str, Handler]:
    """Return the handlers of a register, by name."""
    return {
        "list": lambda call: _list(register, call),
        "create": lambda call: _create(register, call),
        "get": lambda call: ok(entities.known(call, register.kind)),
        "replace": lambda call: _replace(register, call),
        "patch": lambda call: _patch(register, call),
    }


def _list(register: Register, call: ReceivedCall) -> Reply:
    conditions: list[tuple[str, object]] = [
        (f"data->>'{name}' = ?", value) for name in register.filters if (value := call.one(name))
    ]
    archived = call.one("archived")
    if register.filters and archived in ("true", "false"):
        conditions.append(("coalesce(data->>'isArchived', 0) = ?", int(archived == "true")))
    return entities.listed(call, (register.kind,), conditions)


def _create(register: Register, call: ReceivedCall) -> Reply:
    body = validated(register.schema, call.json)
    if "number" not in body and call.one("autonumber") == "true":
        body["number"] = entities.next_number(call.world, call.company, register.kind)
    return ok(entities.add(call.world, call.company, register.kind, body, call=call.seq))


def _replace(register: Register, call: ReceivedCall) -> Reply:
    before = entities.known(call, register.kind)
    return _saved(register, call, before, _identity(before) | validated(register.schema, call.json))


def _patch(register: Register, call: ReceivedCall) -> Reply:
    before = entities.known(call, register.kind)
    after = before | validated(partial(register.schema), call.json)
    for name, value in call.json.items():
        if value is None and name in after and name not in _identity(before):
            del after[name]  # a null removes the value
    # A required property that was removed is reported as missing.
    validated(register.schema, after)
    return _saved(register, call, before, after)


def _saved(register: Register, call: ReceivedCall, before: dict[str, Any], after: dict[str, Any]) -> Reply:
    names = before.keys() | after.keys()
    fields = sorted(name for name in names if before.get(name) != after.get(name))
    return ok(entities.save(call.world, call.company, register.kind, after, fields=fields, call=call.seq))


def _identity(before: dict[str, Any]) -> dict[str, Any]:
    return {name: before[name] for name in ("id", "createdDate", "lastModifiedDate")}
