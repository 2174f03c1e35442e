"""The names of what is known of a document's figures, as filters, lists and reports have them."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

Mark: TypeAlias = Literal["nearest_split", "paid_before", "possible_duplicate", "unbooked"]
"""What a person should know of a document although it was sent."""
PAID_BEFORE: Mark = "paid_before"
"""The mark of a document of which a part was paid before, so that it may be booked with another invoice already."""
POSSIBLE_DUPLICATE: Mark = "possible_duplicate"
"""The mark that a document may have in addition to another."""
UNBOOKED: Mark = "unbooked"
"""The mark of a document whose record at the target has no number yet."""
BOOKED_TWICE = "booked_twice"
"""The reason of a document that is held since the target has more than one record of it."""
STORED_DIFFERENTLY = "stored_differently"
"""The reason of a document that is rejected since the target's record has other figures than were sent."""
EInvoice: TypeAlias = Literal["proven", "supplied", "contradicts", "unproven", "unreadable", "none"]
"""The result of looking for an e-invoice in a document's file; without a look there is none of these results."""

MARKS: tuple[str, ...] = get_args(Mark)
E_INVOICES: tuple[str, ...] = get_args(EInvoice)
