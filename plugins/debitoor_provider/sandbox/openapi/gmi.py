"""Parameters, body and answer of each operation of GetMyInvoices (G 3 to 7)."""

from __future__ import annotations

from debitoor_provider.sandbox import contract as c
from debitoor_provider.sandbox.openapi.shapes import (
    DAY,
    DAY_OR_EMPTY,
    FILE,
    FLAG,
    JSON,
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

UID: Schema = {"type": "integer", "minimum": 1, "maximum": 10**15}
PATH: dict[str, Schema] = {"uid": UID, "attachment_uid": UID}
ERROR: Schema = {  # G 1.6: the shape is a switch
    "anyOf": [
        record({"success": {"const": False}, "errors": rows(record({"code": WHOLE, "detail": TEXT}, more=True))}),
        record({"success": {"const": False}, "detail": TEXT, "error_code": WHOLE}, more=True),
        record({"code": WHOLE, "detail": TEXT}, more=True),
    ]
}
_DONE = record({"success": {"const": True}})
_MOMENT: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$"}
_KINDS = one_of(*sorted(c.GMI_DOCUMENT_TYPES))
_STATUS = one_of(*c.GMI_PAYMENT_STATUSES)
_METHOD = one_of(*sorted(c.GMI_PAYMENT_METHODS))
_AMOUNT: Schema = {"anyOf": [NUMBER, TEXT]}  # G 4.3: a switch
_PAGE: dict[str, Schema] = {
    "pageNumber": {"type": "integer", "minimum": 1},
    "perPage": {"type": "integer", "maximum": 500},
}

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
    "documentType": _KINDS,
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
_LISTED = record(
    {name: shape for name, shape in _DOCUMENT.items() if name not in ("transactions", "workflowDetails")},
    *("lineItems", "thumbnailUrl", "sourceUser", "attachments"),
)
_READ = record(_DOCUMENT, "lineItems", "thumbnailUrl", "transactions", "workflowDetails")
_WRITTEN: dict[str, Schema] = {  # G 6.1, 7.1
    "documentType": _KINDS,
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
_BASE64: Schema = {"type": "string", "contentEncoding": "base64", "pattern": "^(?:[A-Za-z0-9+/]{4})+$"}
_PARTY = (
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
_COMPANY: dict[str, Schema] = {  # G 3.3
    "companyUid": UID,
    "name": TEXT,
    "companyType": one_of("ONLINE_PORTAL", "CUSTOM_COMPANY"),
    "note": TEXT,
    "tags": rows(TEXT),
    "supplierUid": WHOLE,
}
_COMPANY_WRITTEN = record(
    {"name": {"type": "string", "minLength": 1}, "countryUid": {"type": "integer", "minimum": 1, "maximum": 200},
     "tags": rows(TEXT), **each(_PARTY, TEXT)},
    *("tags", *_PARTY),
)  # fmt: skip
_COMPANY_STORED = record({"success": {"const": True}, "companyUid": UID, "name": TEXT})
_STORED = record({"success": {"const": True}, "documentUid": UID})

SHAPES: dict[str, OperationShape] = {
    "gmi.status": OperationShape(_DONE),
    "gmi.account": OperationShape(
        record(
            {
                **each(("name", "profileImage", "organization", "email", "currency", "timezone", "apiKeyType"), TEXT),
                "accountId": {"type": "string", "pattern": r"^G-\d+-\d+$"},
                "hasBankingAccess": YES_OR_NO,
            }
        )
    ),
    "gmi.companies.list": OperationShape(
        rows(
            record(
                {
                    **_COMPANY,
                    "countryUid": WHOLE,
                    **each(("countryCode", "taxNumber", "vatId"), TEXT),
                    "portalRecords": rows(record({"uid": TEXT, "name": TEXT})),
                }
            )
        ),
        {
            "statusFilter": one_of(0, 1, -1, -2),
            "companyTypeFilter": one_of("0", "ONLINE_PORTAL", "CUSTOM_COMPANY"),
            "returnPortalRecords": FLAG,
        },
    ),
    "gmi.companies.create": OperationShape(_COMPANY_STORED, body=_COMPANY_WRITTEN),
    "gmi.companies.get": OperationShape(record({**_COMPANY, **each(("country", *_PARTY), TEXT)})),
    "gmi.companies.update": OperationShape(_COMPANY_STORED, body=_COMPANY_WRITTEN),
    "gmi.companies.delete": OperationShape(_DONE, body=record({})),
    "gmi.documents.list": OperationShape(
        record(
            {
                **each(("totalCount", "maxPages", "maxAmount", "offset"), WHOLE),
                "records": {"anyOf": [rows(_LISTED), {"type": "object", "additionalProperties": _LISTED}]},
            }
        ),
        {
            **_PAGE,
            "archivedFilter": one_of(0, 1, 2),
            "documentTypeFilter": _KINDS,
            "companyFilter": WHOLE,
            "startDateFilter": DAY,
            "endDateFilter": DAY,
            "updatedOrNewSinceFilter": _MOMENT,
            "tagFilter[]": rows(TEXT),
            "paymentStatusFilter": one_of("all", *c.GMI_PAYMENT_STATUS_FILTERS),
            "documentUidStartFilter": WHOLE,
            "documentUidExclusionFilter[]": rows(UID),
            **each(("documentNumberFilter", "noteFilter", "searchQuery"), TEXT),
            **each(("loadLineItems", "includeThumbnailUrl"), YES_OR_NO),
        },
    ),
    "gmi.documents.create": OperationShape(
        _STORED,
        body=record(
            {"fileName": {"type": "string", "pattern": r"^[\w ]{1,40}\.pdf$"}, "fileContent": _BASE64, **_WRITTEN},
            *_WRITTEN,
        ),
    ),
    "gmi.documents.exists": OperationShape(
        record({"success": {"const": True}, "exists": YES_OR_NO}),
        body=record({"fileHash": TEXT, "fileContent": _BASE64}, "fileHash"),
    ),
    "gmi.documents.deleted": OperationShape(
        record({"totalCount": WHOLE, "records": rows(record({"documentUid": UID, "deletedAt": TEXT}))}),
        {**_PAGE, "deletedSinceFilter": _MOMENT},
    ),
    "gmi.documents.get": OperationShape(
        record({"meta_data": _READ, "fileContent": TEXT, "readableContent": TEXT}, "fileContent", "readableContent"),
        each(("loadLineItems", "readableText", "includeDocument", "transactions", "documentApproval"), YES_OR_NO),
    ),
    "gmi.documents.update": OperationShape(_STORED, body=record({**_WRITTEN, "isArchived": FLAG}, *_WRITTEN)),
    "gmi.documents.delete": OperationShape(_DONE, body=record({})),
    "gmi.documents.file": OperationShape(FILE, kinds=(*c.GMI_FILE_TYPES.values(), "application/octet-stream", *JSON)),
    "gmi.attachments.list": OperationShape(
        record(
            {
                "totalCount": WHOLE,
                "records": rows(
                    record({"attachmentUid": UID, **each(("fileName", "description", "attachedAt"), TEXT)})
                ),
            }
        )
    ),
    "gmi.attachments.create": OperationShape(
        record({"success": {"const": True}, "attachmentUid": UID}),
        body=record({"fileName": TEXT, "fileContent": _BASE64, "description": TEXT}, "description"),
    ),
    "gmi.attachments.get": OperationShape(
        record(
            {
                "meta_data": record({"attachmentUid": UID, **each(("filename", "description", "attachedAt"), TEXT)}),
                "fileContent": TEXT,
            }
        )
    ),
    "gmi.attachments.delete": OperationShape(_DONE, body=record({})),
    "gmi.tags.list": OperationShape(record({"success": {"const": True}, "data": rows(TEXT)})),
    "gmi.countries.list": OperationShape(
        rows(
            record(
                {
                    "countryUid": UID,
                    "name": TEXT,
                    "translations": record({"en_us": TEXT, "de_de": TEXT}),
                    "countryCode": TEXT,
                    "vat": NUMBER,
                    "is_eu": FLAG,
                }
            )
        )
    ),
    "gmi.currencies.list": OperationShape(rows(record({"name": TEXT, "currencyCode": TEXT}))),
    "gmi.vat_rates.list": OperationShape(
        record({"success": {"const": True}, "data": rows({"type": "string", "pattern": r"^\d+\.\d\d$"})})
    ),
    "gmi.portals.list": OperationShape(
        record(
            {
                **each(("totalCount", "maxAmount", "offset"), WHOLE),
                "records": rows(record({"supplier_uid": UID, "name": TEXT})),
            }
        ),
        {"pageNumber": {"type": "integer", "minimum": 1}},
    ),
}
