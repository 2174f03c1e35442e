"""Parameters, body and answer of each operation of GetMyInvoices (G 3 to 7)."""

from __future__ import annotations

from debitoor_provider.sandbox import contract as c
from debitoor_provider.sandbox.openapi.gmi_records import (
    BASE64,
    COMPANY,
    COMPANY_STORED,
    COMPANY_WRITTEN,
    DONE,
    KINDS,
    LISTED,
    MOMENT,
    PARTY,
    READ,
    STORED,
    UID,
    WRITTEN,
)
from debitoor_provider.sandbox.openapi.shapes import (
    DAY,
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

PATH: dict[str, Schema] = {"uid": UID, "attachment_uid": UID}
ERROR: Schema = {  # G 1.6: the shape is a switch
    "anyOf": [
        record({"success": {"const": False}, "errors": rows(record({"code": WHOLE, "detail": TEXT}, more=True))}),
        record({"success": {"const": False}, "detail": TEXT, "error_code": WHOLE}, more=True),
        record({"code": WHOLE, "detail": TEXT}, more=True),
    ]
}
_PAGE: dict[str, Schema] = {
    "pageNumber": {"type": "integer", "minimum": 1},
    "perPage": {"type": "integer", "maximum": 500},
}

SHAPES: dict[str, OperationShape] = {
    "gmi.status": OperationShape(DONE),
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
                    **COMPANY,
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
    "gmi.companies.create": OperationShape(COMPANY_STORED, body=COMPANY_WRITTEN),
    "gmi.companies.get": OperationShape(record({**COMPANY, **each(("country", *PARTY), TEXT)})),
    "gmi.companies.update": OperationShape(COMPANY_STORED, body=COMPANY_WRITTEN),
    "gmi.companies.delete": OperationShape(DONE, body=record({})),
    "gmi.documents.list": OperationShape(
        record(
            {
                **each(("totalCount", "maxPages", "maxAmount", "offset"), WHOLE),
                "records": {"anyOf": [rows(LISTED), {"type": "object", "additionalProperties": LISTED}]},
            }
        ),
        {
            **_PAGE,
            "archivedFilter": one_of(0, 1, 2),
            "documentTypeFilter": KINDS,
            "companyFilter": WHOLE,
            "startDateFilter": DAY,
            "endDateFilter": DAY,
            "updatedOrNewSinceFilter": MOMENT,
            "tagFilter[]": rows(TEXT),
            "paymentStatusFilter": one_of("all", *c.GMI_PAYMENT_STATUS_FILTERS),
            "documentUidStartFilter": WHOLE,
            "documentUidExclusionFilter[]": rows(UID),
            **each(("documentNumberFilter", "noteFilter", "searchQuery"), TEXT),
            **each(("loadLineItems", "includeThumbnailUrl"), YES_OR_NO),
        },
    ),
    "gmi.documents.create": OperationShape(
        STORED,
        body=record(
            {"fileName": {"type": "string", "pattern": r"^[\w ]{1,40}\.pdf$"}, "fileContent": BASE64, **WRITTEN},
            *WRITTEN,
        ),
    ),
    "gmi.documents.exists": OperationShape(
        record({"success": {"const": True}, "exists": YES_OR_NO}),
        body=record({"fileHash": TEXT, "fileContent": BASE64}, "fileHash"),
    ),
    "gmi.documents.deleted": OperationShape(
        record({"totalCount": WHOLE, "records": rows(record({"documentUid": UID, "deletedAt": TEXT}))}),
        {**_PAGE, "deletedSinceFilter": MOMENT},
    ),
    "gmi.documents.get": OperationShape(
        record({"meta_data": READ, "fileContent": TEXT, "readableContent": TEXT}, "fileContent", "readableContent"),
        each(("loadLineItems", "readableText", "includeDocument", "transactions", "documentApproval"), YES_OR_NO),
    ),
    "gmi.documents.update": OperationShape(STORED, body=record({**WRITTEN, "isArchived": FLAG}, *WRITTEN)),
    "gmi.documents.delete": OperationShape(DONE, body=record({})),
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
        body=record({"fileName": TEXT, "fileContent": BASE64, "description": TEXT}, "description"),
    ),
    "gmi.attachments.get": OperationShape(
        record(
            {
                "meta_data": record({"attachmentUid": UID, **each(("filename", "description", "attachedAt"), TEXT)}),
                "fileContent": TEXT,
            }
        )
    ),
    "gmi.attachments.delete": OperationShape(DONE, body=record({})),
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
