"""A source record as text for the ledger, and back."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import TypeAdapter

from debitoor_provider.services.debitoor.models import SalesDocument
from debitoor_provider.services.getmyinvoices.models import Document


def dump(record: Document | SalesDocument) -> str:
    """Write a record as JSON; amounts are kept to the digit, dates in ISO form."""
    text: bytes = _adapter(type(record)).dump_json(record, exclude_defaults=True)
    return text.decode()


def load_document(text: str) -> Document:
    """Read a document of GetMyInvoices."""
    document: Document = _adapter(Document).validate_json(text)
    return document


def load_sales_document(text: str) -> SalesDocument:
    """Read a sales document of Debitoor."""
    document: SalesDocument = _adapter(SalesDocument).validate_json(text)
    return document


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
