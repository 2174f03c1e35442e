"""The two account files of the design, and the least that an account needs."""

from __future__ import annotations

from typing import Any

EXPORT = b"""\
type: export
name: Acme GmbH, receipts
debitoor_id: books@acme.example        # the e-mail registered at Debitoor
frequency: daily
timezone: Europe/Berlin
note: agreed with the tax adviser in March
connections: {getmyinvoices: getmyinvoices_acme, debitoor: debitoor_acme}
period: {from: 2026-01-01}
filter:
  document_types: [INCOMING_INVOICE, RECEIPT, CREDIT_NOTE]
  tags: {any: [books], none: [private]}
  companies: {exclude: [Example Portal]}
  payment_status: [Paid, Not paid]
  approved_only: true
rename: "{document_date}_{company}_{document_number}"
specification: [document_number, company, note]
archive_after_transfer: true
"""

IMPORT = b"""\
type: import
name: Acme GmbH, sales invoices
debitoor_id: books@acme.example
frequency: every 4 hours
connections: {getmyinvoices: getmyinvoices_acme, debitoor: debitoor_acme}
period: {from: 2026-01-01}
documents: [invoices, credit_notes]
defaults: {document_type: SALES_INVOICE, tags: [debitoor], company: Acme GmbH}
"""

LEAST: dict[str, Any] = {
    "name": "Acme",
    "debitoor_id": "books@acme.example",
    "connections": {"getmyinvoices": "gmi", "debitoor": "debitoor"},
}
