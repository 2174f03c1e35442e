"""Everything about Debitoor that may have to be corrected one day: the pinned profile of the contract, section 1."""

from __future__ import annotations

from datetime import date
from typing import Final

SERVICE: Final = "Debitoor"

FIRST_DAY: Final = date(1970, 1, 1)  # 3.4

API_BASE: Final = "https://api.debitoor.com"
AUTHORIZE_URL: Final = "https://app.debitoor.com/login/oauth2/authorize"  # 4.2
TOKEN_URL: Final = "https://app.debitoor.com/login/oauth2/access_token"  # 4.2  # noqa: S105 - no secret
TOKEN_HEADER: Final = "x-token"  # 4.1  # noqa: S105 - no secret

ENVIRONMENT: Final = "/api/environment/v1"  # 8.1
SETTINGS: Final = "/api/settings/v3"  # 8.1
FILES: Final = "/api/files/v1"  # 5.1
FILE: Final = "/api/files/{id}/v1"  # 5.2
FILE_PART: Final = "file"  # 5.1: name of the part that holds the bytes
EXPENSES: Final = "/api/expenses/v4"  # 6.1
EXPENSE: Final = "/api/expenses/{id}/v4"
EXPENSE_BOOK: Final = "/api/expenses/{id}/book/v4"  # A21
EXPENSE_CATEGORIES: Final = "/api/expenses/categories/v1"  # 8.5, A26
SUPPLIERS: Final = "/api/suppliers/v1"  # 8.2
SUPPLIER: Final = "/api/suppliers/{id}/v1"
CUSTOMERS: Final = "/api/customers/v2"  # 8.3
CUSTOMER: Final = "/api/customers/{id}/v2"
INVOICES: Final = "/api/sales/invoices/v8"  # 7.1
INVOICE: Final = "/api/sales/invoices/{id}/v8"
INVOICE_PDF: Final = "/api/sales/invoices/{id}/pdf/v1"
CREDIT_NOTES: Final = "/api/sales/creditnotes/v4"
CREDIT_NOTE: Final = "/api/sales/creditnotes/{id}/v4"
CREDIT_NOTE_PDF: Final = "/api/sales/creditnotes/{id}/pdf/v4"
INCOME: Final = "/api/income/v2"  # 8.4
INCOME_ITEM: Final = "/api/income/{id}/v2"
PURCHASE_TAX_RATES: Final = "/api/purchase/taxrates/v1"  # 8.5
PAYMENT_ACCOUNTS: Final = "/api/paymentaccounts/v1"  # 8.5
COUNTRIES: Final = "/api/countries/v1"  # 8.5
SCHEMA: Final = "/api/schemas/{name}/v{version}"  # 3.3

AUTONUMBER: Final = {"autonumber": "true"}  # 6.3: needed in practice on every create
MOMENT_FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"  # 3.4, A8
UPLOAD_TIMEOUT: Final = 120.0  # seconds
MAX_FILE_BYTES: Final = 10 * 1024 * 1024  # A11
FILE_TYPES: Final = {  # A10
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
}

PAGE_SIZE: Final = 500
"""Rows to ask for in one call, where a list may be long; the service may give fewer (section 9)."""
