"""The closed choices of GetMyInvoices. A DAG file needs them and no record, and records cost time to load."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class DocumentType(StrEnum):
    """Contract section 8.1. Records may carry values that are not listed here."""

    INCOMING_INVOICE = "INCOMING_INVOICE"
    RECEIPT = "RECEIPT"
    PAYMENT_RECEIPT = "PAYMENT_RECEIPT"
    EXPENSE_REIMBURSEMENT = "EXPENSE_REIMBURSEMENT"
    SALES_INVOICE = "SALES_INVOICE"
    CREDIT_NOTE = "CREDIT_NOTE"
    STATEMENT = "STATEMENT"
    DELIVERY_NOTE = "DELIVERY_NOTE"
    ORDER_CONFIRMATION = "ORDER_CONFIRMATION"
    PAYROLL = "PAYROLL"
    COMPANY_REGISTRATION_DOCUMENT = "COMPANY_REGISTRATION_DOCUMENT"
    MISC = "MISC"
    TRAVEL_EXPENSES = "TRAVEL_EXPENSES"
    REMINDER = "REMINDER"


class PaymentStatus(StrEnum):
    """Contract section 8.2."""

    PAID = "Paid"
    PARTIALLY = "Partially"
    NOT_PAID = "Not paid"
    UNKNOWN = "Unknown"


class Archived(IntEnum):
    """``archivedFilter`` of the document list (contract section 4.1)."""

    NO = 0
    ANY = 1
    ONLY = 2
