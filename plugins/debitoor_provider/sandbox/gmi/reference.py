"""Account, tags and reference data (G 3.1, 3.2, 3.4)."""

from __future__ import annotations

from functools import cache
from typing import Any

from debitoor_provider.sandbox import contract
from debitoor_provider.sandbox.gmi.parameters import Parameters
from debitoor_provider.sandbox.http import ReceivedCall, Reply, ok
from debitoor_provider.sandbox.territories import country_names, currency_names

_PORTALS = (
    "Example Cloud Hosting", "Example Domains", "Example Energy", "Example Freight", "Example Insurance",
    "Example Mobile", "Example Office Supplies", "Example Rail", "Example Software Store", "Example Telecom",
)  # fmt: skip


def get_status(call: ReceivedCall) -> Reply:  # noqa: ARG001 - the gateway has checked the key
    """Handle GET /apiStatus."""
    return ok({"success": True})


def get_account(call: ReceivedCall) -> Reply:
    """Handle GET /account."""
    company = call.company
    return ok(
        {
            "name": company.name,
            "accountId": company.gmi_account_id,
            "profileImage": "",
            "organization": company.name,
            "email": company.email,
            "currency": company.currency,
            "timezone": company.timezone,
            "apiKeyType": "FULL_PERMISSION" if company.switches.permission == "full" else "READ_PERMISSION",
            "hasBankingAccess": False,
        }
    )


def list_tags(call: ReceivedCall) -> Reply:
    """Handle GET /tags: names only."""
    rows = call.world.store.rows("SELECT name FROM tag WHERE company = ? ORDER BY folded", call.company.id)
    return ok({"success": True, "data": [name for (name,) in rows]})


def list_vat_rates(call: ReceivedCall) -> Reply:  # noqa: ARG001  as each operation
    """Handle GET /vatRates: decimal texts."""
    return ok({"success": True, "data": list(contract.GMI_VAT_RATE_LIST)})


def list_countries(call: ReceivedCall) -> Reply:  # noqa: ARG001  as each operation
    """Handle GET /countries: a bare array."""
    return ok(list(_countries().values()))


def list_currencies(call: ReceivedCall) -> Reply:  # noqa: ARG001  as each operation
    """Handle GET /currencies: a bare array."""
    return ok([{"name": name, "currencyCode": code} for code, name in currency_names().items()])


def list_portals(call: ReceivedCall) -> Reply:
    """Handle GET /portals: pages of 500."""
    page = max(1, Parameters(call).integer("pageNumber", 1))
    offset = (page - 1) * 500
    records = [{"supplier_uid": uid, "name": name} for uid, name in enumerate(_PORTALS, start=1)][offset : offset + 500]
    return ok({"totalCount": len(_PORTALS), "maxAmount": len(_PORTALS), "offset": offset, "records": records})


def country_by_uid(uid: int) -> dict[str, Any] | None:
    """Return the country with this number."""
    return _countries().get(uid)


def country_uid(code: str) -> int:
    """Return the number of a country by its two-letter code, 0 if it is unknown."""
    return next((uid for uid, country in _countries().items() if country["countryCode"] == code), 0)


@cache
def _countries() -> dict[int, dict[str, Any]]:
    german = country_names("de")
    return {
        uid: {
            "countryUid": uid,
            "name": name,
            "translations": {"en_us": name, "de_de": german.get(code, name)},
            "countryCode": code,
            "vat": contract.STANDARD_VAT.get(code, (0,))[0],
            "is_eu": int(code in contract.EU),
        }
        for uid, (code, name) in enumerate(country_names("en").items(), start=1)
    }
