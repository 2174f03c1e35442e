"""Amounts, rates and dates as e-invoices write them, read strictly: what could mean something else is an error."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from debitoor_provider.messages import Message
from debitoor_provider.sync.countries import iso_code
from debitoor_provider.sync.invoice.problems import Unreadable

_SHOWN = 40  # characters of a text that is no number
# So many digits that sums and products of amounts stay exact in the 28 digits of decimal arithmetic.
_NUMBER = re.compile(r"[+-]?(?:0{0,20}[0-9]{1,14}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:Z|[+-]\d{2}:\d{2})?", re.ASCII)
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_VAT_ID = re.compile(r"[A-Z]{2}[0-9A-Z+*]{2,14}")  # as long as CHE123456788MWST


def to_amount(text: str | None) -> Decimal | None:
    """Return an amount; ``None`` when there is no text.

    :raises Unreadable: when it is not a plain decimal number, or has more digits than any amount
    """
    written = (text or "").strip()
    if not written:
        return None
    if not _NUMBER.fullmatch(written):
        raise Unreadable(Message("invoice_not_a_number", text=written[:_SHOWN]))
    return Decimal(written)


def to_rate(text: str | None) -> Decimal | None:
    """Return a rate in per cent without superfluous zeros: ``19``, ``19.0`` and ``19.00`` are one rate.

    :raises Unreadable: when it is not a plain decimal number
    """
    rate = to_amount(text)
    return None if rate is None else plain(rate)


def plain(rate: Decimal) -> Decimal:
    """Return a rate without superfluous zeros and without an exponent."""
    return Decimal(f"{rate.normalize():f}") + 0  # no negative zero


def to_day(text: str | None) -> date | None:
    """Return a day of the form ``2016-04-04``, with or without a time zone, or ``20160404`` (format 102).

    A month alone (format 610) is no day.
    """
    written = (text or "").strip()
    match = _DAY.fullmatch(written) or _COMPACT_DAY.fullmatch(written)
    if match is None:
        return None
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return None


def to_country(text: str | None) -> str:
    """Return a country as ISO 3166 alpha-2; what is no code of a country stays as it is written, for people to see."""
    written = (text or "").strip().upper()
    return iso_code(written) or written


def to_vat_id(text: str | None) -> str:
    """Return a VAT id without blanks, dots and dashes; ``""`` for a tax number that stands in its place."""
    written = re.sub(r"[\s.\-]", "", text or "").upper()
    return written if _VAT_ID.fullmatch(written) else ""
