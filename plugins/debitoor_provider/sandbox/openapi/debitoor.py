"""Parameters, body and answer of each operation of Debitoor (D 3 to 8), from the published schemas."""

from __future__ import annotations

from typing import Any

from debitoor_provider.sandbox import contract as c
from debitoor_provider.sandbox.debitoor import schemas
from debitoor_provider.sandbox.openapi.shapes import (
    DAY,
    FILE,
    NUMBER,
    TEXT,
    WHOLE,
    YES_OR_NO,
    OperationShape,
    Schema,
    each,
    one_of,
    record,
    rows,
)

_ID: Schema = {"type": "string", "pattern": "^[0-9a-f]{24}$"}
PATH: dict[str, Schema] = {
    "id": _ID,
    "lang": one_of("de", "en", "da", "fr"),
    "name": one_of(*sorted({name for name, _ in schemas.PUBLISHED})),
    "version": one_of(*sorted({version for _, version in schemas.PUBLISHED})),
}
ERROR = record(  # D 10
    {
        "code": WHOLE,
        "message": TEXT,
        "errors": rows(record({"property": TEXT, "message": TEXT, "value": {}, "type": TEXT}, "value", "type")),
    },
    "errors",
)
_DONE = record({"success": {"const": True}})
_MOMENT: Schema = {"type": "string", "pattern": r"^20\d\d-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T[01]\d:[0-5]\d:[0-5]\dZ$"}
_FILE_OBJECT = record(  # D 5.3
    {
        **each(("id", "url", "fileName", "lastModified", "type"), TEXT),
        "sizeBytes": WHOLE,
        "thumbnailsUrl": {"type": ["string", "null"]},
    }
)
_FORMATS: dict[str, Schema] = {
    "country": {"pattern": "^[A-Z]{2}$"},
    "currencyCode": {"pattern": "^[A-Z]{3}$"},
    "currency": {"multipleOf": 0.01, "minimum": -(10**9), "maximum": 10**9},
    "rate": {"minimum": 0, "maximum": 100, "multipleOf": 0.01},
    "date": {"format": "date"},
    "email": {"format": "email"},
}
_KEPT = ("enum", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems")


def written(schema: Schema) -> Schema:
    """Return the schema of a request body, without what is read-only, from the dialect of the published schemas."""
    return _translated(schema, lambda rule: not rule.get("readonly"))


def stored(schema: Schema) -> Schema:
    """Return the schema of an answer: properties without a value are left out (D 3.5)."""
    return _translated(schema, lambda _: True)


def _translated(schema: Schema, keep: Any) -> Schema:
    found: dict[str, Any] = {"type": schema["type"]}
    found |= {name: schema[name] for name in _KEPT if name in schema}
    found |= _FORMATS.get(schema.get("format", ""), {})
    if "enum" in found and "null" in schema["type"]:
        found["enum"] = [*found["enum"], None]
    if "items" in schema:
        found["items"] = _translated(schema["items"], keep)
    if "properties" in schema:
        kept = {name: rule for name, rule in schema["properties"].items() if keep(rule)}
        found["properties"] = {name: _translated(rule, keep) for name, rule in kept.items()}
        found["required"] = [name for name, rule in kept.items() if rule.get("required")]
        found["additionalProperties"] = False
    return found


def _entity(schema: Schema) -> Schema:
    """Return the schema of a stored record, with its id, times and file as in D 5.3."""
    found = stored(schema)
    found["required"] = [*found["required"], "id", "createdDate", "lastModifiedDate"]
    properties = found["properties"]
    properties |= {"file": _FILE_OBJECT} if "file" in properties else {}
    # A required property without a value is left out like any other.
    found["required"] = [
        name for name in found["required"] if "null" not in properties[name]["type"] or name in _ALWAYS
    ]
    return found


_ALWAYS = ("id", "createdDate", "lastModifiedDate")
_PAGES: dict[str, Schema] = {
    **each(("skip", "limit"), {"type": "integer", "minimum": 0, "maximum": 10**9}),
    **each(("changedSince", "changedBefore"), _MOMENT),
    **each(("fromDate", "toDate"), {"type": "string", "pattern": r"^20\d\d-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$"}),
    "includeDeleted": YES_OR_NO,
}
_NUMBERED: dict[str, Schema] = {"autonumber": YES_OR_NO}
_ALLOW: dict[str, Schema] = {"allowUnmatch": YES_OR_NO}
_SALES = record(  # D 7.3
    {
        **each(
            ("id", "number", "customerName", "customerCountry", "currency", "createdDate", "lastModifiedDate"), TEXT
        ),
        "type": one_of("invoice", "creditNote"),
        **each(("date", "dueDate"), DAY),
        **each(("totalNetAmount", "totalTaxAmount", "totalGrossAmount", "unpaidAmount"), NUMBER),
        **each(("paid", "booked", "sent", "viewed", "archived", "deleted", "compensated"), YES_OR_NO),
        **each(("taxGroups", "lines", "payments", "attachments"), rows({"type": "object"})),
        **each(("history", "companyProfile"), {"type": "object"}),
    },
    "compensated",
    more=True,
)
_SETTINGS = record(
    {
        **each(("id", "accountEmail", "shoeboxEmailAlias", "shoeboxEmailDomain"), TEXT),
        **each(("strictBookkeeping", "vatReported"), YES_OR_NO),
        **each(("companyProfile", "featuresQuota", "featuresCount", "supplierSettings"), {"type": "object"}),
    },
    more=True,
)


def _book(name: str, schema: Schema, party: str) -> dict[str, OperationShape]:
    one = _entity(schema)
    return {
        f"debitoor.{name}.list": OperationShape(rows(one), {**_PAGES, "isUnpaid": YES_OR_NO, f"{party}Id": TEXT}),
        f"debitoor.{name}.create": OperationShape(one, _NUMBERED, written(schema)),
        f"debitoor.{name}.get": OperationShape(one),
        f"debitoor.{name}.replace": OperationShape(one, {**_NUMBERED, **_ALLOW}, written(schema)),
        f"debitoor.{name}.delete": OperationShape(_DONE, _ALLOW),
    }


def _register(name: str, schema: Schema, filters: dict[str, Schema]) -> dict[str, OperationShape]:
    one = _entity(schema)
    return {
        f"debitoor.{name}.list": OperationShape(rows(one), {**_PAGES, **filters}),
        f"debitoor.{name}.create": OperationShape(one, _NUMBERED, written(schema)),
        f"debitoor.{name}.get": OperationShape(one),
        f"debitoor.{name}.replace": OperationShape(one, body=written(schema)),
        f"debitoor.{name}.patch": OperationShape(one, body=written(schemas.partial(schema))),
    }


_CONSENT: dict[str, Schema] = {
    **each(("client_id", "redirect_uri", "state", "lang"), TEXT),
    "response_type": one_of("code"),
}
_SALES_FILTERS: dict[str, Schema] = {**_PAGES, "number": TEXT, "customerId": TEXT, "isUnpaid": YES_OR_NO}

SHAPES: dict[str, OperationShape] = {
    "debitoor.oauth.consent": OperationShape(TEXT, _CONSENT, kinds=("text/html",)),
    "debitoor.oauth.answer": OperationShape(
        {},
        _CONSENT,
        record({"company": TEXT, "answer": one_of("allow", "refuse")}),
        "application/x-www-form-urlencoded",
        kinds=(),
        status="302",
    ),
    "debitoor.oauth.exchange": OperationShape(
        record({"access_token": TEXT, "token_type": TEXT}, "token_type"),
        body=record(each(("client_secret", "code", "redirect_uri"), TEXT)),
    ),
    "debitoor.schemas.get": OperationShape({"type": "object", "required": ["type", "properties"]}),
    "debitoor.environment": OperationShape(record(each(("id", "email", "countryCode", "currency"), TEXT))),
    "debitoor.settings.get": OperationShape(_SETTINGS),
    "debitoor.settings.replace": OperationShape(
        _SETTINGS, body=record({"companyProfile": {"type": "object"}, "shoeboxEmailAlias": TEXT})
    ),
    "debitoor.files.create": OperationShape(
        _FILE_OBJECT,
        {"fileName": {"type": "string", "pattern": r"^\w{1,20}\.(pdf|jpg|png|gif)$"}},
        record({"file": {"type": "string", "format": "binary"}}),
        "multipart/form-data",
    ),
    "debitoor.files.get": OperationShape(FILE, kinds=tuple(sorted(set(c.FILE_TYPES.values())))),
    "debitoor.files.thumbnails": OperationShape(rows({})),
    **_book("expenses", schemas.EXPENSE_V4, "supplier"),
    **_book("expenses_v5", schemas.EXPENSE_V5, "supplier"),
    **_book("income", schemas.INCOME, "customer"),
    "debitoor.expenses.book": OperationShape(_entity(schemas.EXPENSE_V4)),
    "debitoor.categories.list": OperationShape(rows(record(each(("id", "name", "type"), TEXT)))),
    **_register("suppliers", schemas.SUPPLIER, {}),
    **_register("customers", schemas.CUSTOMER, {"email": TEXT, "reference": TEXT, "archived": YES_OR_NO}),
    "debitoor.invoices.list": OperationShape(rows(_SALES), {**_SALES_FILTERS, "isCreditNote": YES_OR_NO}),
    "debitoor.invoices.get": OperationShape(_SALES),
    "debitoor.invoices.pdf": OperationShape(FILE, kinds=("application/pdf",)),
    "debitoor.credit_notes.list": OperationShape(rows(_SALES), _SALES_FILTERS),
    "debitoor.credit_notes.get": OperationShape(_SALES),
    "debitoor.credit_notes.pdf": OperationShape(FILE, kinds=("application/pdf",)),
    "debitoor.tax_rates.get": OperationShape(
        record(
            {
                **each(("supplierCountry", "date", "categoryId"), TEXT),
                "baseTax": record({"defaultRate": NUMBER, "rates": rows(NUMBER)}),
                "reverseCharge": {"anyOf": [{"const": False}, record({"rates": rows(NUMBER)})]},
            },
            *("supplierCountry", "date", "categoryId"),
        ),
        {
            "supplierCountry": {"type": "string", "pattern": "^[A-Z]{2}$"},
            "date": _PAGES["fromDate"],
            "categoryId": TEXT,
        },
    ),
    "debitoor.payment_accounts.list": OperationShape(
        rows(record({**each(("id", "name", "type", "currency"), TEXT), "archived": YES_OR_NO})), {"archived": YES_OR_NO}
    ),
    "debitoor.payment_accounts.payments": OperationShape(rows({})),
    "debitoor.payment_accounts.transactions": OperationShape(rows({})),
    "debitoor.payment_terms.list": OperationShape(
        rows(record({"id": WHOLE, "type": TEXT, "days": WHOLE, "name": TEXT}, "days"))
    ),
    "debitoor.countries.list": OperationShape(rows(record({"id": TEXT, "name": TEXT, "isEU": YES_OR_NO}))),
}
