"""What was sent of a document, and the columns of what the target has of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from debitoor_provider.sync.rate_sums import rates_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from debitoor_provider.sync.rate_sums import ByRate

NOT_BOOKED: Mapping[str, Any] = {"booked_gross": None, "booked_currency": "", "booked_rates": ""}
"""The columns of a document that was not booked, although that was tried."""


def booked_columns(gross: Decimal, currency: str, by_rate: ByRate) -> dict[str, Any]:
    """Return the columns of what the target has of a document."""
    return {"booked_gross": gross, "booked_currency": currency, "booked_rates": rates_text(by_rate)}


@dataclass(frozen=True, slots=True)
class Sent:
    """What is sent of a document, where that is known better than its record says.

    :param gross: in the target's currency
    :param currency: of the target
    :param date: of the document
    :param net_amount: in the document's own currency
    :param gross_amount: the same
    :param document_currency: that own currency
    :param document_number: of the document
    :param company: supplier or customer, as the record names it that is sent; ``None``: as the ledger has it
    :param source_name: the document's name at its source, likewise
    :param by_rate: the amounts of each tax rate
    """

    gross: Decimal
    currency: str
    date: date | None
    net_amount: Decimal | None
    gross_amount: Decimal | None
    document_currency: str
    document_number: str = ""
    company: str | None = None
    source_name: str | None = None
    by_rate: ByRate = field(default_factory=dict)

    @property
    def booked(self) -> dict[str, Any]:
        """The columns of what the target has."""
        return booked_columns(self.gross, self.currency, self.by_rate)

    @property
    def stated(self) -> dict[str, Any]:
        """The columns of the document's own facts."""
        names = {"company": self.company, "source_name": self.source_name}
        return {
            "document_number": self.document_number,
            "document_date": self.date,
            "net_amount": self.net_amount,
            "gross_amount": self.gross_amount,
            "currency": self.document_currency,
            **{column: name for column, name in names.items() if name is not None},
        }
