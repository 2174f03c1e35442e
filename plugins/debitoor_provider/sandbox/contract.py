"""Paths, versions and assumptions of both services, with the section of the contract that states them.

``G`` cites the GetMyInvoices contract, ``D`` the Debitoor contract. Paths and numbers that a contract defines are in
this module only; behaviour that can be switched at run time is in :mod:`debitoor_provider.sandbox.switches`.
"""

from __future__ import annotations

from typing import Final

# --- GetMyInvoices: paths -------------------------------------------------------------------------------------------
GMI_BASE: Final = "/accounts/v3"  # G 1.1
GMI_PREFIX: Final = "/accounts/"  # everything below it is this service's
GMI_RETIRED_BASES: Final = ("/accounts/v1", "/accounts/v2")  # G 1.1: v2 answers 410
GMI_STATUS: Final = GMI_BASE + "/apiStatus"  # G 3.1
GMI_ACCOUNT: Final = GMI_BASE + "/account"  # G 3.2
GMI_COMPANIES: Final = GMI_BASE + "/companies"  # G 3.3
GMI_COMPANY: Final = GMI_BASE + "/companies/{uid}"
GMI_DOCUMENTS: Final = GMI_BASE + "/documents"  # G 4
GMI_DOCUMENTS_EXISTS: Final = GMI_BASE + "/documents/exists"  # G 6.3
GMI_DOCUMENTS_DELETED: Final = GMI_BASE + "/documents/deleted"  # G 7.3
GMI_DOCUMENT: Final = GMI_BASE + "/documents/{uid}"  # G 5.1
GMI_DOCUMENT_FILE: Final = GMI_BASE + "/documents/{uid}/file"  # G 5.2
GMI_ATTACHMENTS: Final = GMI_BASE + "/documents/{uid}/attachments"  # G 7.4
GMI_ATTACHMENT: Final = GMI_BASE + "/documents/{uid}/attachments/{attachment_uid}"
GMI_TAGS: Final = GMI_BASE + "/tags"  # G 3.4
GMI_COUNTRIES: Final = GMI_BASE + "/countries"
GMI_CURRENCIES: Final = GMI_BASE + "/currencies"
GMI_VAT_RATES: Final = GMI_BASE + "/vatRates"
GMI_PORTALS: Final = GMI_BASE + "/portals"

# --- GetMyInvoices: words and numbers -------------------------------------------------------------------------------
GMI_TIMEZONE: Final = "Europe/Berlin"
GMI_CALLS_PER_MINUTE: Final = 100
GMI_CALLS_PER_HOUR: Final = 1000
GMI_CALLS_PER_DAY: Final = 2500
GMI_UPLOADS_PER_HOUR: Final = 100  # G 1.4
GMI_ATTACHMENTS_PER_DOCUMENT: Final = 25  # G 1.4
GMI_MAX_FILE_BYTES: Final = 25 * 1024 * 1024
GMI_PER_PAGE: Final = 500  # G 4.1, and the upper clamp of A-10
GMI_DEFAULT_ARCHIVED_FILTER: Final = 0
GMI_DEFAULT_DOCUMENT_TYPE: Final = "MISC"
GMI_DOCUMENT_TYPES: Final = frozenset(  # G 8.1
    {
        "INCOMING_INVOICE", "RECEIPT", "PAYMENT_RECEIPT", "EXPENSE_REIMBURSEMENT", "SALES_INVOICE", "CREDIT_NOTE",
        "STATEMENT", "DELIVERY_NOTE", "ORDER_CONFIRMATION", "PAYROLL", "COMPANY_REGISTRATION_DOCUMENT", "MISC",
        "TRAVEL_EXPENSES", "REMINDER",
    }
)  # fmt: skip
GMI_PAYMENT_STATUSES: Final = ("Paid", "Partially", "Not paid", "Unknown")  # G 8.2
GMI_PAYMENT_STATUS_FILTERS: Final = {"paid": "Paid", "not_paid": "Not paid", "unknown": "Unknown"}
GMI_PAYMENT_METHODS: Final = frozenset(  # G 8.3
    {
        "bank_transfer", "cash", "check", "direct_debit", "credit", "cc", "paypal", "online_payment", "amazon_pay",
        "apple_pay", "google_pay", "external_receivables_management", "cashbox", "offsetting", "other",
    }
)  # fmt: skip
GMI_FILE_TYPES: Final = {"pdf": "application/pdf", "eml": "message/rfc822", "xml": "application/xml"}  # G 6.1
GMI_ATTACHMENT_TYPES: Final = frozenset(  # G 7.4
    {
        "pdf", "xls", "xlsx", "doc", "docx", "ppt", "pptx", "txt", "zip", "xml", "jpg", "jpeg", "png", "tif", "tiff",
        "eml",
    }
)  # fmt: skip
GMI_VAT_RATE_LIST: Final = ("0.00", "5.50", "7.00", "10.00", "13.00", "16.00", "19.00", "20.00", "21.00", "25.00")

# --- Debitoor: paths (D 1) ------------------------------------------------------------------------------------------
DEBITOOR_PREFIXES: Final = ("/api/", "/login/oauth2/")  # D 3.1
AUTHORIZE: Final = "/login/oauth2/authorize"
ACCESS_TOKEN: Final = "/login/oauth2/access_token"  # noqa: S105 - a path, not a secret
ENVIRONMENT: Final = "/api/environment/v1"
SETTINGS: Final = "/api/settings/v3"
FILES: Final = "/api/files/v1"
FILE: Final = "/api/files/{id}/v1"
FILE_THUMBNAILS: Final = "/api/files/{id}/thumbnails/v1"
EXPENSES: Final = "/api/expenses/v4"
EXPENSE: Final = "/api/expenses/{id}/v4"
EXPENSE_BOOK: Final = "/api/expenses/{id}/book/v4"  # A21
EXPENSES_V5: Final = "/api/expenses/v5"  # D 6.6
EXPENSE_V5: Final = "/api/expenses/{id}/v5"
EXPENSE_CATEGORIES: Final = "/api/expenses/categories/v1"
SUPPLIERS: Final = "/api/suppliers/v1"
SUPPLIER: Final = "/api/suppliers/{id}/v1"
CUSTOMERS: Final = "/api/customers/v2"
CUSTOMER: Final = "/api/customers/{id}/v2"
INVOICES: Final = "/api/sales/invoices/v8"
INVOICE: Final = "/api/sales/invoices/{id}/v8"
INVOICE_PDF: Final = "/api/sales/invoices/{id}/pdf/v1"
CREDIT_NOTES: Final = "/api/sales/creditnotes/v4"
CREDIT_NOTE: Final = "/api/sales/creditnotes/{id}/v4"
CREDIT_NOTE_PDF: Final = "/api/sales/creditnotes/{id}/pdf/v4"
INCOME: Final = "/api/income/v2"
INCOME_ITEM: Final = "/api/income/{id}/v2"
PURCHASE_TAXRATES: Final = "/api/purchase/taxrates/v1"
PAYMENT_ACCOUNTS: Final = "/api/paymentaccounts/v1"
PAYMENT_ACCOUNT_PAYMENTS: Final = "/api/paymentaccounts/{id}/payments/v1"
PAYMENT_ACCOUNT_TRANSACTIONS: Final = "/api/paymentaccounts/{id}/transactions/v1"
PAYMENT_TERMS: Final = "/api/sales/paymentterms/v1"
COUNTRIES: Final = "/api/countries/v1"
COUNTRIES_IN: Final = "/api/countries/{lang}/v1"
SCHEMA: Final = "/api/schemas/{name}/{version}"

# --- Debitoor: words and numbers ------------------------------------------------------------------------------------
OAUTH_CODE_TTL_S: Final = 600  # A4
FILE_MAX_BYTES: Final = 10 * 1024 * 1024  # A11
FILE_TYPES: Final = {  # A10, keyed by extension because the name decides the type (D 5.1)
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
}
FILE_REJECT_STATUS: Final = 412  # A12
EXPENSE_CATEGORY_LIST: Final = (  # A26; the ids and types that D 6.4 names are among them
    ("advertising.marketing", "Advertising and marketing", "indirectCost"),
    ("facilities.rent", "Rent", "indirectCost"),
    ("goods.purchase", "Goods for resale", "directCost"),
    ("insurance.business", "Business insurance", "indirectCost"),
    ("office.equipment", "Office equipment", "asset"),
    ("office.phone_internet", "Phone and internet", "indirectCost"),
    ("office.software", "Software", "indirectCost"),
    ("office.supplies", "Office supplies", "indirectCost"),
    ("other.other", "Other", "indirectCost"),
    ("services.consulting", "Consulting", "indirectCost"),
    ("travel.accommodation", "Accommodation", "indirectCost"),
    ("travel.transport", "Transport", "indirectCost"),
    ("vehicles.car_insurance", "Car insurance", "indirectCost"),
)
PAYMENT_TERM_LIST: Final = (  # D 8.5
    {"id": 1, "type": "net", "days": 8, "name": "Net 8 days"},
    {"id": 2, "type": "paid", "name": "Paid"},
    {"id": 3, "type": "net", "days": 14, "name": "Net 14 days"},
    {"id": 4, "type": "net", "days": 30, "name": "Net 30 days"},
    {"id": 5, "type": "customNet", "name": "Custom"},
    {"id": 6, "type": "customEndOfMonth", "name": "Custom, end of month"},
    {"id": 7, "type": "fixed", "name": "Fixed date"},
)
EU: Final = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905 - one line
)
STANDARD_VAT: Final = {  # standard and reduced rates in per cent, for lifelike data and the tax rate look-up
    "DE": (19, 7), "AT": (20, 10, 13), "FR": (20, 10, 5.5), "NL": (21, 9), "ES": (21, 10, 4), "IT": (22, 10, 4),
    "BE": (21, 12, 6), "PL": (23, 8, 5), "DK": (25,), "SE": (25, 12, 6), "IE": (23, 13.5, 9), "GB": (20, 5),
    "CH": (8.1, 2.6), "US": (0,),
}  # fmt: skip

# --- The sandbox itself ---------------------------------------------------------------------------------------------
ADMIN: Final = "/sandbox/api"
MAX_REQUEST_BYTES: Final = 64 * 1024 * 1024
