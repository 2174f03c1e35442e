"""Companies in the sense of GetMyInvoices: suppliers, portals and other counterparties (G 3.3)."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from debitoor_provider.sandbox import json_codec
from debitoor_provider.sandbox.gmi.document_store import keep_tags
from debitoor_provider.sandbox.gmi.parameters import Parameters, as_integer
from debitoor_provider.sandbox.gmi.reference import country_by_uid
from debitoor_provider.sandbox.gmi.refusal import GetMyInvoicesRefusal
from debitoor_provider.sandbox.http import ReceivedCall, Reply, ok

if TYPE_CHECKING:
    from debitoor_provider.sandbox.companies import Company
    from debitoor_provider.sandbox.world import World

_TEXTS = (
    "street", "zip", "city", "email", "phone", "fax", "taxNumber", "vatId", "commercialRegister", "iban", "bic", "url",
)  # fmt: skip
_STATUSES = {1: "active", -1: "inactive", -2: "pending"}


def add(
    world: World,
    company: Company,
    name: str,
    *,
    country: str = "",
    country_uid: int = 0,
    portal: bool = False,
    status: str = "active",
    call: int | None = None,
    **fields: Any,
) -> int:
    """Store a company.

    :param country: two-letter code, empty for none
    :return: its uid
    """
    data = {
        "name": name,
        "companyType": "ONLINE_PORTAL" if portal else "CUSTOM_COMPANY",
        "status": status,
        "note": "",
        "countryCode": country,
        "countryUid": country_uid,
        "supplierUid": zlib.crc32(name.encode()) % 100_000 + 1 if portal else 0,
        **dict.fromkeys(_TEXTS, ""),
        **fields,
    }
    data["tags"] = keep_tags(world, company, data.get("tags", []))
    sql = "INSERT INTO counterparty (company, name, data) VALUES (?, ?, ?)"
    uid = int(world.store.execute(sql, company.id, name, json_codec.text(data)).lastrowid or 0)
    world.log.effect(call, company.id, "gmi" if call else "admin", "created", "company", uid, name=name)
    return uid


def find(world: World, company: Company, name: str, *, country: str, vat_id: str = "") -> int | None:
    """Return the uid of a company with this name and country, and with this VAT id unless it is empty."""
    uid: int | None = world.store.value(
        "SELECT uid FROM counterparty WHERE company = ?1 AND name = ?2 AND data->>'countryCode' = ?3 "
        "AND (?4 = '' OR data->>'vatId' = ?4)",
        company.id, name, country, vat_id,
    )  # fmt: skip
    return uid


def list_companies(call: ReceivedCall) -> Reply:
    """Handle GET /companies: a bare array."""
    parameters = Parameters(call)
    status = parameters.integer("statusFilter", 0)
    kind = parameters.text("companyTypeFilter", "0")
    with_portals = parameters.boolean("returnPortalRecords", default=False)
    if status not in (0, *_STATUSES) or kind not in ("", "0", "ONLINE_PORTAL", "CUSTOM_COMPANY"):
        raise GetMyInvoicesRefusal(102, "Invalid parameter: statusFilter or companyTypeFilter")
    found = []
    for uid, text in call.world.store.rows(
        "SELECT uid, data FROM counterparty WHERE company = ? ORDER BY uid", call.company.id
    ):
        data = json_codec.parse(text)
        if (status and data["status"] != _STATUSES[status]) or (kind not in ("", "0") and data["companyType"] != kind):
            continue
        is_portal = data["companyType"] == "ONLINE_PORTAL"
        portals = [{"uid": str(data["supplierUid"]), "name": data["name"]}] if with_portals and is_portal else []
        shown = (
            "name",
            "companyType",
            "note",
            "tags",
            "supplierUid",
            "countryUid",
            "countryCode",
            "taxNumber",
            "vatId",
        )
        found.append({"companyUid": uid, **{name: data[name] for name in shown}, "portalRecords": portals})
    return ok(found)


def get_company(call: ReceivedCall) -> Reply:
    """Handle GET /companies/{companyUid}."""
    uid, data = _known(call, 139)
    country = country_by_uid(data["countryUid"])
    shown = {name: data[name] for name in ("name", "companyType", "note", "tags", *_TEXTS, "supplierUid")}
    return ok({"companyUid": uid, **shown, "country": country["name"] if country else ""})


def create_company(call: ReceivedCall) -> Reply:
    """Handle POST /companies."""
    body = call.json
    if not body:
        raise GetMyInvoicesRefusal(119, "Required parameters not set")
    name = body.get("name")
    if not isinstance(name, str) or not name.strip():
        raise GetMyInvoicesRefusal(114, "Company name is missing")
    if not body.get("countryUid"):
        raise GetMyInvoicesRefusal(115, "Country is missing")
    country = _country(body["countryUid"])
    _refuse_taken_name(call, name, 0)
    uid = add(
        call.world, call.company, name, country=country["countryCode"], country_uid=country["countryUid"],
        call=call.seq, **_fields(body),
    )  # fmt: skip
    return ok({"success": True, "companyUid": uid, "name": name})


def update_company(call: ReceivedCall) -> Reply:
    """Handle PUT /companies/{companyUid}: one of name, country or tags suffices (code 121)."""
    uid, data = _own(call)
    body = call.json
    if not any(body.get(name) not in (None, "") for name in ("name", "countryUid", "tags")):
        raise GetMyInvoicesRefusal(121, "Name, country or tags must be given")
    changes = _fields(body)
    if name := body.get("name"):
        _refuse_taken_name(call, str(name), uid)
        changes["name"] = str(name)
    if body.get("countryUid"):
        country = _country(body["countryUid"])
        changes |= {"countryUid": country["countryUid"], "countryCode": country["countryCode"]}
    if "tags" in changes:
        changes["tags"] = keep_tags(call.world, call.company, changes["tags"])
    data |= changes
    call.world.store.execute("UPDATE counterparty SET name = ?, data = ? WHERE uid = ?",
                             data["name"], json_codec.text(data), uid)  # fmt: skip
    call.effect("updated", "company", uid, fields=sorted(changes))
    return ok({"success": True, "companyUid": uid, "name": data["name"]})


def delete_company(call: ReceivedCall) -> Reply:
    """Handle DELETE /companies/{companyUid}: only one that the account added, without documents."""
    uid, _ = _own(call)
    used = "SELECT 1 FROM document WHERE counterparty = ? AND company = ? AND deleted IS NULL"
    if call.world.store.value(used, uid, call.company.id):
        raise GetMyInvoicesRefusal(129, "Company has documents")
    call.world.store.execute("DELETE FROM counterparty WHERE uid = ?", uid)
    call.effect("deleted", "company", uid)
    return ok({"success": True})


def _known(call: ReceivedCall, code: int) -> tuple[int, dict[str, Any]]:
    uid = as_integer(call.params["uid"], "companyUid", code)
    text = call.world.store.value("SELECT data FROM counterparty WHERE uid = ? AND company = ?", uid, call.company.id)
    if text is None:
        raise GetMyInvoicesRefusal(code, "Company id is invalid")
    return uid, json_codec.parse(text)


def _own(call: ReceivedCall) -> tuple[int, dict[str, Any]]:
    uid, data = _known(call, 131)
    if data["companyType"] != "CUSTOM_COMPANY":
        raise GetMyInvoicesRefusal(125, "Company is not a custom company")
    return uid, data


def _country(value: object) -> dict[str, Any]:
    country = country_by_uid(as_integer(str(value), "countryUid", 117))
    if country is None:
        raise GetMyInvoicesRefusal(117, "Country is unknown")
    return country


def _refuse_taken_name(call: ReceivedCall, name: str, own_uid: int) -> None:
    sql = "SELECT 1 FROM counterparty WHERE company = ? AND fold(name) = ? AND uid <> ?"
    if call.world.store.value(sql, call.company.id, name.casefold(), own_uid):
        raise GetMyInvoicesRefusal(116, "Company name exists already")


def _fields(body: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {name: str(body[name]) for name in _TEXTS if body.get(name) is not None}
    if isinstance(body.get("tags"), list):
        fields["tags"] = [str(tag) for tag in body["tags"]]
    return fields
