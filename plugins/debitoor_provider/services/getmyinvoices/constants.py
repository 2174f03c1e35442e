"""Everything about GetMyInvoices that may have to be corrected one day, each with its place in the contract."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

SERVICE: Final = "GetMyInvoices"

API_BASE: Final = "https://api.getmyinvoices.com/accounts/v3"  # 1.1
API_KEY_HEADER: Final = "X-API-KEY"  # 1.2
APPLICATION_HEADER: Final = "x-application"  # 1.2: becomes the document's source
APPLICATION: Final = "Apache Airflow"

API_STATUS: Final = "/apiStatus"  # 3.1
ACCOUNT: Final = "/account"  # 3.2
COMPANIES: Final = "/companies"  # 3.3
COMPANY: Final = "/companies/{uid}"
TAGS: Final = "/tags"  # 3.4
VAT_RATES: Final = "/vatRates"
COUNTRIES: Final = "/countries"
CURRENCIES: Final = "/currencies"
PORTALS: Final = "/portals"
DOCUMENTS: Final = "/documents"  # 4, 6
DOCUMENT: Final = "/documents/{uid}"  # 5.1, 7
DOCUMENT_FILE: Final = "/documents/{uid}/file"  # 5.2
DOCUMENTS_EXISTS: Final = "/documents/exists"  # 6.3
DOCUMENTS_DELETED: Final = "/documents/deleted"  # 7.3
ATTACHMENTS: Final = "/documents/{uid}/attachments"  # 7.4
ATTACHMENT: Final = "/documents/{uid}/attachments/{attachment_uid}"

COMPANY_EXISTS: Final = 116  # 1.7: a company of this name

PAGE_SIZE: Final = 500  # 4.1: the largest and the default
MOMENT_FORMAT: Final = "%Y-%m-%d %H:%M:%S"  # 4.1: a plain date is refused

CALLS_PER_MINUTE: Final = 100  # 1.4
CALLS_PER_DAY: Final = 2500  # 1.4
UPLOAD_TIMEOUT: Final = 120.0  # 6.4, seconds
MAX_FILE_BYTES: Final = 25 * 1024 * 1024

TIMEZONE: Final = "Europe/Berlin"
OVERLAP: Final = timedelta(hours=3)  # subtracted by the caller from the time it passes, never by the client
