"""A source record as text for the ledger, and back; and for how long it tells the document as it is."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

from debitoor_provider.services.debitoor.models import SalesDocument
from debitoor_provider.services.getmyinvoices.models import Document

if TYPE_CHECKING:
    from datetime import datetime

    from debitoor_provider.sync.ledger import Entry

_FRESH = timedelta(minutes=10)
_DOCUMENT = TypeAdapter(Document)
_SALES_DOCUMENT = TypeAdapter(SalesDocument)


def dump(record: Document | SalesDocument) -> str:
    """Write a record as JSON; amounts are kept to the digit, dates in ISO form.

    Halves of characters, as a careless service cuts them, become U+FFFD: no database stores them.
    """
    adapter: TypeAdapter[Any] = _DOCUMENT if isinstance(record, Document) else _SALES_DOCUMENT
    try:
        text: bytes = adapter.dump_json(record, exclude_defaults=True)
    except PydanticSerializationError:
        text = _json(adapter.dump_python(record, mode="json", exclude_defaults=True))
    return text.decode(errors="replace")


def is_fresh(entry: Entry, settings: str, now: datetime) -> bool:
    """Tell whether an entry's record still counts as the document as it is now.

    A run that ended early leaves entries behind; until the next one, people edit documents and settings.

    :param settings: the fingerprint of the account's settings
    """
    if entry.asked_at is None or entry.settings_fingerprint != settings:
        return False
    return abs(now - entry.asked_at) <= _FRESH  # abs: the clocks of two workers may differ


def load_document(text: str) -> Document:
    """Read a document of GetMyInvoices."""
    return _DOCUMENT.validate_json(text)


def load_sales_document(text: str) -> SalesDocument:
    """Read a sales document of Debitoor."""
    return _SALES_DOCUMENT.validate_json(text)


def _json(record: Any) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass")
