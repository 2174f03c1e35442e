"""Ids of documents at both services."""

from __future__ import annotations

import re

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import Misconfigured
from debitoor_provider.sync.text import shorten

DOCUMENT_UID = re.compile("[1-9][0-9]{0,17}")
"""A document of GetMyInvoices (contract section 3.1)."""
SALES_ID = re.compile("[0-9a-f]{24}")
"""An invoice or credit note of Debitoor (contract section 3.4)."""


def not_an_id(text: str, service: str, example: str) -> Misconfigured:
    """Build the error of a text that cannot be the id of a document."""
    return Misconfigured(
        Message("not_a_document_id", text=repr(shorten(text, 40)), example=example), service=service, operation="plan"
    )
