"""Environment, settings, look-ups and schemas (D 3.3, 8.1, 8.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debitoor_provider.sandbox import contract
from debitoor_provider.sandbox.debitoor import entities
from debitoor_provider.sandbox.debitoor.refusal import invalid, not_found
from debitoor_provider.sandbox.debitoor.schemas import PUBLISHED
from debitoor_provider.sandbox.debitoor.validation import is_date
from debitoor_provider.sandbox.http import ReceivedCall, Reply, ok
from debitoor_provider.sandbox.territories import country_names

if TYPE_CHECKING:
    from debitoor_provider.sandbox.companies import Company


def get_environment(call: ReceivedCall) -> Reply:
    """Handle GET /api/environment/v1 (A27)."""
    company = call.company
    environment = {
        "id": company.debitoor_id,
        "email": company.email,
        "countryCode": company.country,
        "currency": company.currency,
    }
    left_out = company.switches.environment_without
    return ok({name: value for name, value in environment.items() if name not in left_out})


def get_settings(call: ReceivedCall) -> Reply:
    """Handle GET /api/settings/v3."""
    return ok(_settings(call))


def replace_settings(call: ReceivedCall) -> Reply:
    """Handle PUT /api/settings/v3: replaces what may be written; ``vatReported`` is refused (D 8.1)."""
    now = _settings(call)
    unknown = [name for name in call.json if name not in now or name == "vatReported"]
    if unknown:
        raise invalid([{"property": "root", "value": name, "message": "has additional properties"} for name in unknown])
    kept = {name: value for name, value in call.json.items() if name in ("companyProfile", "shoeboxEmailAlias")}
    company = call.world.companies.change(call.company, settings=kept)
    call.caller = company
    call.effect("updated", "settings", company.debitoor_id, fields=sorted(kept))
    return ok(_settings(call))


def list_categories(call: ReceivedCall) -> Reply:  # noqa: ARG001  as each operation
    """Handle GET /api/expenses/categories/v1 (A26)."""
    return ok([{"id": ident, "name": name, "type": kind} for ident, name, kind in contract.EXPENSE_CATEGORY_LIST])


def get_tax_rates(call: ReceivedCall) -> Reply:
    """Handle GET /api/purchase/taxrates/v1: the rates of the account's country, and those of a reverse charge."""
    supplier, day = call.one("supplierCountry"), call.one("date")
    if day and not is_date(day):
        raise invalid([{"property": "date", "value": day, "message": "must be date format"}])
    home = call.company.country
    rates = list(contract.STANDARD_VAT.get(home, (0,)))
    intra_eu = supplier in contract.EU and home in contract.EU and supplier != home
    foreign = bool(supplier) and supplier != home
    answer: dict[str, Any] = {
        "supplierCountry": supplier,
        "date": day,
        "categoryId": call.one("categoryId"),
        "baseTax": {"defaultRate": 0 if foreign else rates[0], "rates": [0] if foreign else [*rates, 0]},
        "reverseCharge": {"rates": rates} if intra_eu else False,
    }
    return ok({name: value for name, value in answer.items() if value is not None})


def list_payment_accounts(call: ReceivedCall) -> Reply:
    """Handle GET /api/paymentaccounts/v1: one bank account and one cash box."""
    ident, currency = call.company.debitoor_id, call.company.currency
    return ok(
        [
            {"id": f"{ident}-bank", "name": "Bank", "type": "bank", "currency": currency, "archived": False},
            {"id": f"{ident}-cash", "name": "Cash", "type": "cash", "currency": currency, "archived": False},
        ]
        if call.one("archived") != "true"
        else []
    )


def list_account_rows(call: ReceivedCall) -> Reply:
    """Handle GET payments or transactions of a payment account: none are kept."""
    if call.params["id"] not in (f"{call.company.debitoor_id}-bank", f"{call.company.debitoor_id}-cash"):
        raise not_found()
    return ok([])


def list_payment_terms(call: ReceivedCall) -> Reply:  # noqa: ARG001  as each operation
    """Handle GET /api/sales/paymentterms/v1."""
    return ok(list(contract.PAYMENT_TERM_LIST))


def list_countries(call: ReceivedCall) -> Reply:
    """Handle GET /api/countries/v1 and /api/countries/{lang}/v1."""
    try:
        names = country_names(call.params.get("lang", "en"))
    except LookupError:
        raise not_found() from None
    return ok([{"id": code, "name": name, "isEU": code in contract.EU} for code, name in names.items()])


def get_schema(call: ReceivedCall) -> Reply:
    """Handle GET /api/schemas/{name}/v{N}; needs no token."""
    schema = PUBLISHED.get((call.params["name"], call.params["version"]))
    if schema is None:
        raise not_found()
    return ok(schema)


def _settings(call: ReceivedCall) -> dict[str, Any]:
    company: Company = call.company
    alias = f"box-{company.debitoor_id[:8]}"
    profile = {
        "name": company.name,
        "address": "",
        "countryCode": company.country,
        "vatNumber": "",
        "taxEnabled": True,
        "cashAccounting": False,
        "email": company.email,
    }
    return {
        "id": company.debitoor_id,
        "accountEmail": company.email,
        "companyProfile": profile,
        "strictBookkeeping": company.switches.strict_bookkeeping,
        "featuresQuota": {"documents": 1000, "income": 1000},
        "featuresCount": {"documents": 0, "income": 0},
        "shoeboxEmailAlias": alias,
        "shoeboxEmailDomain": "in.example",
        "supplierSettings": {"lastSupplierNumber": entities.next_number(call.world, call.company, "supplier") - 1},
        "vatReported": False,
        **company.settings,
    }
