"""Debitoor's documents and parties in the store. The stored text is the answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from debitoor_provider.sandbox import json_codec
from debitoor_provider.sandbox.clock import utc_seconds
from debitoor_provider.sandbox.debitoor.refusal import DebitoorRefusal, invalid, not_found
from debitoor_provider.sandbox.debitoor.validation import is_date
from debitoor_provider.sandbox.http import ReceivedCall, Reply

if TYPE_CHECKING:
    from debitoor_provider.sandbox.companies import Company
    from debitoor_provider.sandbox.world import World

Kind = Literal["expense", "income", "invoice", "creditNote", "supplier", "customer"]
Shape = Callable[[dict[str, Any]], dict[str, Any]]


def add(
    world: World, company: Company, kind: Kind, body: dict[str, Any], *, sha256: str = "", call: int | None = None
) -> dict[str, Any]:
    """Store a new entity.

    :param sha256: hash of the PDF of a sales document
    :return: the entity as stored
    """
    now = utc_seconds(world.clock.now("debitoor"))
    entity = {"id": world.new_id(), "createdDate": now, "lastModifiedDate": now} | body
    world.store.execute(
        "INSERT INTO entity (id, company, kind, sha256, data) VALUES (?, ?, ?, ?, ?)",
        entity["id"], company.id, kind, sha256, json_codec.text(entity),
    )  # fmt: skip
    shown = {name: entity[name] for name in ("number", "date", "fileId", "totalGrossAmount", "name") if name in entity}
    world.log.effect(call, company.id, _service(call), "created", kind, entity["id"], **shown)
    return entity


def save(
    world: World,
    company: Company,
    kind: Kind,
    entity: dict[str, Any],
    *,
    what: str = "updated",
    fields: list[str] | None = None,
    call: int | None = None,
) -> dict[str, Any]:
    """Store a changed entity and set its time of change."""
    now = utc_seconds(world.clock.now("debitoor"))
    entity = entity | {"lastModifiedDate": now}
    if what == "deleted":
        entity["deletedDate"] = now
    world.store.execute("UPDATE entity SET data = ? WHERE id = ?", json_codec.text(entity), entity["id"])
    details = {"fields": fields} if fields is not None else {}
    world.log.effect(call, company.id, _service(call), what, kind, entity["id"], **details)
    return entity


def find(
    world: World, company: Company, kinds: tuple[Kind, ...], ident: str, *, deleted: bool = False
) -> tuple[dict[str, Any], str] | None:
    """Return the entity and the hash of its PDF; None if unknown, of another company, or deleted (A19, A37)."""
    shown = "data->>'deletedByInvoiceId' IS NOT NULL" if company.switches.cancelled_readable else "FALSE"
    row = world.store.row(
        f"SELECT data, sha256 FROM entity WHERE id = ? AND company = ? AND kind IN ({_marks(kinds)}) "
        f"AND ({int(deleted)} OR deleted IS NULL OR {shown})",
        ident, company.id, *kinds,
    )  # fmt: skip
    return (json_codec.parse(row[0]), row[1]) if row else None


def known(call: ReceivedCall, *kinds: Kind) -> dict[str, Any]:
    """Return the entity with the id of the path.

    :raises DebitoorRefusal: 404
    """
    found = find(call.world, call.company, kinds, call.params["id"])
    if found is None:
        raise not_found()
    return found[0]


def listed(
    call: ReceivedCall, kinds: tuple[Kind, ...], conditions: list[tuple[str, object]], shape: Shape | None = None
) -> Reply:
    """Return a bare array of the entities that satisfy the conditions and the filters of all lists (A5 to A9).

    :param conditions: SQL terms with one value each
    """
    terms = [("company = ?", call.company.id), *((f"{term}", value) for term, value in conditions)]
    for name, comparison in (("fromDate", ">="), ("toDate", "<=")):
        if day := call.one(name):
            if not is_date(day):
                raise invalid([{"property": name, "value": day, "message": "must be date format"}])
            terms.append((f"date {comparison} ?", day))
    for name, comparison in (("changedSince", ">="), ("changedBefore", "<")):
        if moment := call.one(name):
            terms.append((f"modified {comparison} ?", _moment(name, moment)))
    if call.one("includeDeleted") != "true":
        terms.append(("deleted IS NULL AND ?", 1))
    limit, cap = _count(call, "limit", -1), call.company.switches.max_limit
    if cap is not None:
        limit = cap if limit < 0 else min(limit, cap)
    rows = call.world.store.rows(
        f"SELECT data FROM entity WHERE kind IN ({_marks(kinds)}) AND {' AND '.join(term for term, _ in terms)} "
        "ORDER BY date DESC, created DESC, id DESC LIMIT ? OFFSET ?",
        *kinds, *(value for _, value in terms), limit, _count(call, "skip", 0),
    )  # fmt: skip
    if shape:
        return Reply(200, json_codec.dumps([shape(json_codec.parse(text)) for (text,) in rows]))
    return Reply(200, ("[" + ",".join([text for (text,) in rows]) + "]").encode("ascii"))


def next_number(world: World, company: Company, kind: Kind) -> int:
    """Return the next number of the company's series."""
    sql = "SELECT coalesce(max(number), 0) + 1 FROM entity WHERE company = ? AND kind = ?"
    return int(world.store.value(sql, company.id, kind))


def _moment(name: str, text: str) -> str:
    """Return a bound of A8 in the stored form; a bound between two seconds is rounded up."""
    try:
        if is_date(text):
            return f"{text}T00:00:00Z"
        if not text.endswith("Z"):
            raise ValueError
        moment = datetime.strptime(f"{text[:-1]}+0000", f"%Y-%m-%dT%H:%M:%S{'.%f' if '.' in text else ''}%z")
        return utc_seconds(moment + timedelta(seconds=1) if moment.microsecond else moment)
    except (ValueError, OverflowError):
        entry = {"property": name, "value": text, "message": "must be date-time format"}
        raise invalid([entry]) from None


def _count(call: ReceivedCall, name: str, default: int) -> int:
    text = call.one(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise DebitoorRefusal(
            400, "Validation failed", [{"property": name, "value": text, "message": "is the wrong type"}]
        )
    return int(text)


def _marks(kinds: tuple[Kind, ...]) -> str:
    return ",".join("?" * len(kinds))


def _service(call: int | None) -> str:
    return "debitoor" if call else "admin"
