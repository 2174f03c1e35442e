"""Ids of documents as people write them."""

from __future__ import annotations

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import Misconfigured
from debitoor_provider.sync.text import shorten


def not_an_id(text: str, service: str, example: str) -> Misconfigured:
    """Build the error of a text that cannot be the id of a document."""
    return Misconfigured(
        Message("not_a_document_id", text=repr(shorten(text, 40)), example=example), service=service, operation="plan"
    )
