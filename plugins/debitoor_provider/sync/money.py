"""Amounts: two decimals, half up, as the books want them (Debitoor contract section 3.4, A23)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal(0)
LARGEST = Decimal("10000000000000")
"""Amounts beyond are misread, and from some seven times as much on a JSON number would lose its cents (section 3.4)."""


def cents(amount: Decimal) -> Decimal:
    """Round an amount to two decimals, half up (A23)."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def net_of(gross: Decimal, rate: Decimal) -> Decimal:
    """Compute the net amount that Debitoor derives from a gross line (contract section 6.4)."""
    return cents(gross / (1 + rate / 100))
