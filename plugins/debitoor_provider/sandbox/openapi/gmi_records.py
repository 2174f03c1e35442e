"""The records of GetMyInvoices, as its API has them (G 3 to 7)."""

from __future__ import annotations

from debitoor_provider.sandbox import contract as c
from debitoor_provider.sandbox.openapi.shapes import (
    DAY,
    DAY_OR_EMPTY,
    FLAG,
    NUMBER,
    TEXT,
    WHOLE,
    YES_OR_NO,
    Schema,
    each,
    one_of,
    record,
    rows,
)

UID: Schema = {"type": "integer", "minimum": 1, "maximum": 10**15}
DONE = record({"success": {"const": True}})
MOMENT: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$"}
KINDS = one_of(*sorted(c.GMI_DOCUMENT_TYPES))
_STATUS = one_of(*c.GMI_PAYMENT_STATUSES)
_METHOD = one_of(*sorted(c.GMI_PAYMENT_METHODS))
_AMOUNT: Schema = {"anyOf": [NUMBER, TEXT]}  # G 4.3: a switch
_ITEM = record(
    {
        "description": TEXT,
        **each(("quantity", "tax_percentage", "tax_amount", "unit_net_price", "total_gross"), _AMOUNT),
    },
    more=True,
)
_DOCUMENT: dict[str, Schema] = {  # G 4.3
    "documentUid": UID,
    "createdAt": DAY,
    "dateTimeCreatedAt": TEXT,
    "companyUid": {"type": ["integer", "null"]},
    "companyName": TEXT,
    "supplierUid": WHOLE,
    "orderNumber": TEXT,
    "documentType": KINDS,
    "documentNumber": TEXT,
    "documentDate": {"anyOf": [DAY_OR_EMPTY, {"type": "null"}]},
    "documentDueDate": {"type": ["string", "null"]},
    **each(("netAmount", "grossAmount", "vat"), _AMOUNT),
    "taxRates": rows(_AMOUNT),
    "vat_id": TEXT,
    "currency": TEXT,
    "isArchived": YES_OR_NO,
    "isLocked": YES_OR_NO,
    "isOcrCompleted": FLAG,
    "tags": rows(TEXT),
    "note": TEXT,
    "source": TEXT,
    "filename": TEXT,
    "fileSize": {"type": "string", "pattern": r"^\d+\.\d\d$"},
    "paymentStatus": _STATUS,
    "paidAt": DAY_OR_EMPTY,
    "paymentMethod": {"anyOf": [_METHOD, {"const": ""}]},
    "paymentDetails": record(
        {
            **each(
                (
                    "sender_email", "recipient_email", "transaction_id", "card_number", "sepa_creditor_id",
                    "sepa_mandate_reference", "purposeOfUsage", "iban", "bic", "accountHolderName", "accountNumber",
                    "bank_name", "bank_address", "sort_code", "routing_number", "ifsc_code", "routing_code",
                    "cash_discount_date",
                ),
                TEXT,
            ),
            "cash_discount_value": _AMOUNT,
        }
    ),
    "lineItems": rows(_ITEM),
    "thumbnailUrl": TEXT,
    "sourceUser": TEXT,
    "attachments": WHOLE,
    "transactions": record({"totalCount": WHOLE, "records": rows({})}),
    "workflowDetails": record(
        {
            **each(("currentWorkflow", "currentWorkflowStep"), record({"id": WHOLE, "name": TEXT})),
            "isCompleted": YES_OR_NO,
        }
    ),
}  # fmt: skip
LISTED = record(
    {name: shape for name, shape in _DOCUMENT.items() if name not in ("transactions", "workflowDetails")},
    *("lineItems", "thumbnailUrl", "sourceUser", "attachments"),
)
READ = record(_DOCUMENT, "lineItems", "thumbnailUrl", "transactions", "workflowDetails")
WRITTEN: dict[str, Schema] = {  # G 6.1, 7.1
    "documentType": KINDS,
    "documentNumber": TEXT,
    **each(("documentDate", "documentDueDate", "paidAt", "cashDiscountDate"), DAY),
    **each(
        ("netAmount", "grossAmount", "cashDiscountValue"),
        {"anyOf": [NUMBER, {"type": "string", "pattern": r"^\d{1,9}\.\d\d$"}]},
    ),
    "currency": TEXT,
    "taxRates": rows({"type": "number", "minimum": 0, "maximum": 100}),
    "paymentMethod": _METHOD,
    "paymentStatus": _STATUS,
    "tags": rows(TEXT),
    "note": TEXT,
    "orderNumber": TEXT,
    "lineItems": rows(
        record(
            {
                "description": TEXT,
                "quantity": NUMBER,
                "unit_net_price": NUMBER,
                "tax_percentage": NUMBER,
                "total_gross": NUMBER,
            },
            "quantity",
            "unit_net_price",
            "tax_percentage",
            "total_gross",
        )
    ),
    "companyId": UID,
    "runOCR": YES_OR_NO,
}
BASE64: Schema = {"type": "string", "contentEncoding": "base64", "pattern": "^(?:[A-Za-z0-9+/]{4})+$"}
PARTY = (
    "street",
    "zip",
    "city",
    "email",
    "phone",
    "fax",
    "taxNumber",
    "vatId",
    "commercialRegister",
    "iban",
    "bic",
    "url",
)
COMPANY: dict[str, Schema] = {  # G 3.3
    "companyUid": UID,
    "name": TEXT,
    "companyType": one_of("ONLINE_PORTAL", "CUSTOM_COMPANY"),
    "note": TEXT,
    "tags": rows(TEXT),
    "supplierUid": WHOLE,
}
COMPANY_WRITTEN = record(
    {"name": {"type": "string", "minLength": 1}, "countryUid": {"type": "integer", "minimum": 1, "maximum": 200},
     "tags": rows(TEXT), **each(PARTY, TEXT)},
    *("tags", *PARTY),
)  # fmt: skip
COMPANY_STORED = record({"success": {"const": True}, "companyUid": UID, "name": TEXT})
STORED = record({"success": {"const": True}, "documentUid": UID})
