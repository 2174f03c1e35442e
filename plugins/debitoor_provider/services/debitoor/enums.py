"""The closed choices of Debitoor. A DAG file needs them and no record, and records cost time to load."""

from __future__ import annotations

from enum import StrEnum


class ProductOrService(StrEnum):
    """Kind of supply of an intra-EU purchase (contract section 6.4)."""

    PRODUCT = "product"
    SERVICE = "service"


class ConsumptionOrResale(StrEnum):
    """Use of an intra-EU purchase (contract section 6.4)."""

    CONSUMPTION = "consumption"
    RESALE = "resale"


class SalesType(StrEnum):
    """``type`` of a sales document (contract section 7.3)."""

    INVOICE = "invoice"
    CREDIT_NOTE = "creditNote"
