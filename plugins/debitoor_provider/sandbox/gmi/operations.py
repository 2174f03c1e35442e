"""All endpoints of the Accounts API that the sandbox answers (G 2, 12)."""

from __future__ import annotations

from debitoor_provider.sandbox import contract as c
from debitoor_provider.sandbox.gmi import attachments, counterparties, documents, reference, writes
from debitoor_provider.sandbox.http import Operation

OPERATIONS = (
    Operation("gmi.status", "GET", c.GMI_STATUS, reference.get_status),
    Operation("gmi.account", "GET", c.GMI_ACCOUNT, reference.get_account),
    Operation("gmi.companies.list", "GET", c.GMI_COMPANIES, counterparties.list_companies),
    Operation("gmi.companies.create", "POST", c.GMI_COMPANIES, counterparties.create_company),
    Operation("gmi.companies.get", "GET", c.GMI_COMPANY, counterparties.get_company),
    Operation("gmi.companies.update", "PUT", c.GMI_COMPANY, counterparties.update_company),
    Operation("gmi.companies.delete", "DELETE", c.GMI_COMPANY, counterparties.delete_company),
    Operation("gmi.documents.list", "GET", c.GMI_DOCUMENTS, documents.list_documents),
    Operation("gmi.documents.create", "POST", c.GMI_DOCUMENTS, writes.create_document),
    Operation("gmi.documents.exists", "POST", c.GMI_DOCUMENTS_EXISTS, documents.document_exists),
    Operation("gmi.documents.deleted", "GET", c.GMI_DOCUMENTS_DELETED, documents.list_deleted),
    Operation("gmi.documents.get", "GET", c.GMI_DOCUMENT, documents.get_document),
    Operation("gmi.documents.update", "PUT", c.GMI_DOCUMENT, writes.update_document),
    Operation("gmi.documents.delete", "DELETE", c.GMI_DOCUMENT, writes.delete_document),
    Operation("gmi.documents.file", "GET", c.GMI_DOCUMENT_FILE, documents.get_file),
    Operation("gmi.attachments.list", "GET", c.GMI_ATTACHMENTS, attachments.list_attachments),
    Operation("gmi.attachments.create", "POST", c.GMI_ATTACHMENTS, attachments.create_attachment),
    Operation("gmi.attachments.get", "GET", c.GMI_ATTACHMENT, attachments.get_attachment),
    Operation("gmi.attachments.delete", "DELETE", c.GMI_ATTACHMENT, attachments.delete_attachment),
    Operation("gmi.tags.list", "GET", c.GMI_TAGS, reference.list_tags),
    Operation("gmi.countries.list", "GET", c.GMI_COUNTRIES, reference.list_countries),
    Operation("gmi.currencies.list", "GET", c.GMI_CURRENCIES, reference.list_currencies),
    Operation("gmi.vat_rates.list", "GET", c.GMI_VAT_RATES, reference.list_vat_rates),
    Operation("gmi.portals.list", "GET", c.GMI_PORTALS, reference.list_portals),
)
