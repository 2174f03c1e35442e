"""The JSON Schemas of what may be written, in the service's draft-3-like dialect (D 3.3).

They are served as they are and decide what a ``POST`` or ``PUT`` accepts. Sources: D 6.3 to 6.5 for expenses, 8.2 for
suppliers, 8.3 for customers, 8.4 for income.
"""

from __future__ import annotations

from typing import Any, Final

ServedSchema = dict[str, Any]


def _of(kind: str, *, required: bool = False, nullable: bool | None = None, **keywords: Any) -> ServedSchema:
    """Return the schema of a property; optional ones also accept null."""
    accepts_null = not required if nullable is None else nullable
    return {"type": [kind, "null"] if accepts_null else kind, "required": required, **keywords}


def _readonly(kind: str) -> ServedSchema:
    return {"type": [kind, "null"], "required": False, "readonly": True}


def _object(properties: dict[str, ServedSchema], **keywords: Any) -> ServedSchema:
    return {"type": "object", "additionalProperties": False, "properties": properties, **keywords}


def _list_of(item: ServedSchema, **keywords: Any) -> ServedSchema:
    return {**_of("array", **keywords), "items": item}


def _text(**keywords: Any) -> ServedSchema:
    return _of("string", **keywords)


def _amount(**keywords: Any) -> ServedSchema:
    return _of("number", format="currency", **keywords)


def _rate(**keywords: Any) -> ServedSchema:
    return _of("number", format="rate", **keywords)


def _date(**keywords: Any) -> ServedSchema:
    return _of("string", format="date", **keywords)


def _country(**keywords: Any) -> ServedSchema:
    return _of("string", format="country", **keywords)


_STAMPS = {"createdDate": _readonly("string"), "lastModifiedDate": _readonly("string")}
_TOTALS = {
    name: _readonly("number") for name in ("totalGrossAmount", "totalNetAmount", "totalTaxAmount", "unpaidAmount")
}

_PAYMENT = _object(
    {
        "paymentAccountId": _text(required=True),
        "amount": _amount(required=True),
        "currency": _text(required=True, format="currencyCode"),
        "paymentDate": _date(),
        **{
            name: _text()
            for name in (
                "text", "paymentTransactionId", "expenseId", "invoiceId", "creditNoteId", "incomeId",
                "matchedPaymentAccountId", "matchedPaymentTransactionId", "customerName", "supplierName",
            )
        },
        **{
            name: _readonly("string")
            for name in (
                "id", "createdDate", "integrationType", "paymentType", "invoiceNumber", "creditNoteNumber",
                "description",
            )
        },
        "categoryIds": _readonly("array"),
    }
)  # fmt: skip

_DEPRECIATION = _object(
    {
        "depreciationCost": _amount(required=True),
        "depreciationDate": _readonly("string"),
        "bookValue": _readonly("number"),
        "accumulatedDepreciation": _readonly("number"),
    }
)

_REVERSE_CHARGE = _object(
    {
        "taxRate": _rate(required=True),
        "productOrService": _text(required=True, enum=["product", "service"]),
        "consumptionOrResale": _text(required=True, enum=["consumption", "resale"]),
        "taxAmount": _readonly("number"),
    },
    required=False,
)
_REVERSE_CHARGE["type"] = ["object", "null"]

_LINE = {
    "taxRate": _rate(required=True),
    "description": _text(),
    "categoryId": _text(),
    "categoryType": _text(),
    "priceDisplayType": _text(enum=["gross", "net"]),
    "grossAmount": _amount(),
    "netAmount": _amount(),
    "taxAmount": _amount(),
    "incomeTaxDeductionAmount": _readonly("number"),
    "assetLifetime": _of("integer", minimum=1),
    "assetSalvageValue": _amount(minimum=0),
    "assetDepreciation": _list_of(_DEPRECIATION, minItems=1, maxItems=100),
}

EXPENSE_V4: Final = _object(
    {
        "id": _readonly("string"),
        "date": _date(required=True),
        "lines": _list_of(_object(_LINE | {"reverseCharge": _REVERSE_CHARGE}), required=True, minItems=1),
        "fileId": _text(),
        "file": _readonly("object"),
        "supplierId": _text(),
        "supplierName": _text(),
        "supplierCountry": _country(),
        "supplierCiNumber": _text(),
        "number": _of("integer", minimum=1),
        "currency": _readonly("string"),
        **_TOTALS,
        "taxGroups": _readonly("array"),
        "payments": _list_of(_PAYMENT, nullable=False),
        "incomeTaxDeductionAmount": _amount(),
        "createdFromEmail": _readonly("boolean"),
        "attachmentOverQuota": _readonly("boolean"),
        "links": _readonly("array"),
        "generated": _readonly("object"),
        **_STAMPS,
        "deletedDate": _readonly("string"),
    }
)

_ATTACHMENT = _object({"fileId": _text(required=True), "file": _readonly("object")})

# D 6.6: an array of attachments takes the place of fileId.
EXPENSE_V5: Final = _object(
    {name: value for name, value in EXPENSE_V4["properties"].items() if name not in ("fileId", "file")}
    | {"attachments": _list_of(_ATTACHMENT)}
)

INCOME: Final = _object(
    {
        name: value
        for name, value in EXPENSE_V4["properties"].items()
        if not name.startswith("supplier") and name not in ("links", "generated", "createdFromEmail")
    }
    | {
        "customerId": _text(),
        "customerName": _text(),
        "customerCountry": _country(required=True, nullable=True),
        "customerCiNumber": _text(),
        "customerVatNumber": _text(),
        "timestamp": _text(),
        "lines": _list_of(
            _object(
                _LINE
                | {
                    "taxEnabled": _of("boolean", required=True),
                    "productOrService": _text(enum=["product", "service"]),
                }
            ),
            required=True,
            minItems=1,
        ),
    }
)

_PARTY = {
    "id": _readonly("string"),
    "name": _text(required=True, minLength=1),
    "countryCode": _country(required=True),
    "countryName": _text(),
    "number": _of("integer", minimum=1),
    "address": _text(),
    "phone": _text(),
    "email": _text(format="email"),
    "ciNumber": _text(),
    "isArchived": _of("boolean"),
    **_STAMPS,
}

SUPPLIER: Final = _object(_PARTY)

CUSTOMER: Final = _object(
    _PARTY
    | {
        "paymentTermsId": _of("integer", required=True, minimum=1, maximum=7),
        "customPaymentTermsDays": _of("integer", minimum=0),
        "homepage": _text(),
        "vatNumber": _text(),
        "notes": _text(maxLength=500),
        "reference": _text(),
    }
)

PUBLISHED: Final = {
    ("expense", "v4"): EXPENSE_V4,
    ("expense", "v5"): EXPENSE_V5,
    ("income", "v2"): INCOME,
    ("supplier", "v1"): SUPPLIER,
    ("customer", "v2"): CUSTOMER,
}


def partial(schema: ServedSchema) -> ServedSchema:
    """Return the schema of a PATCH: everything optional and nullable (D 3.5)."""
    return schema | {
        "properties": {
            name: value
            | {"required": False, "type": value["type"] if isinstance(value["type"], list) else [value["type"], "null"]}
            for name, value in schema["properties"].items()
        }
    }
