"""The names of what is known of a document's figures, as filters, lists and reports have them."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

Mark: TypeAlias = Literal["nearest_split", "possible_duplicate"]
"""What a person should know of a document although it was sent, or the reason why it is held instead."""
EInvoice: TypeAlias = Literal["proven", "supplied", "contradicts", "unproven", "unreadable"]
"""The result of reading the e-invoice in a document's file."""

MARKS: tuple[str, ...] = get_args(Mark)
E_INVOICES: tuple[str, ...] = get_args(EInvoice)
