"""Amounts: two decimals, half up, as the books want them (Debitoor contract section 3.4, A23)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import cache

CENT = Decimal("0.01")
ZERO = Decimal(0)
LARGEST = Decimal("10000000000000")
"""Amounts beyond are misread, and from some seven times as much on a JSON number would lose its cents (section 3.4)."""
# ISO 4217: currencies without a minor unit
_WITHOUT_CENTS = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV"}
_WITHOUT_CENTS |= {"XAF", "XOF", "XPF"}
_IN_THOUSANDTHS = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}


def is_currency(code: str) -> bool:
    """Return whether there is a currency of this code, or was one; those for none and for tests are none."""
    return code in _currencies()


@cache
def _currencies() -> frozenset[str]:
    from babel.numbers import list_currencies  # only foreign documents pay for the import

    return frozenset(list_currencies()) - {"XXX", "XTS"}


def cents(amount: Decimal) -> Decimal:
    """Round an amount to two decimals, half up (A23)."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def canonical(amount: Decimal, currency: str = "") -> Decimal:
    """Return an amount in the one form in which programs get it, however it was written: ``119.00`` for 119 EUR.

    It has the decimals that ISO 4217 gives its currency, and further ones only where they are not zero.

    :param currency: two decimals for one that is not known
    """
    usual = 0 if currency in _WITHOUT_CENTS else 3 if currency in _IN_THOUSANDTHS else 2
    exponent = amount.normalize().as_tuple().exponent
    own = -exponent if isinstance(exponent, int) else 0  # no amount is infinite
    return amount.quantize(Decimal(1).scaleb(-max(usual, own)))


def exact_text(amount: Decimal, currency: str = "") -> str:
    """Return an amount in its canonical form as a text."""
    return f"{canonical(amount, currency):f}"


def minor_units(amount: Decimal, currency: str) -> Decimal:
    """Round an amount half up to the digits that ISO 4217 gives its currency, at most the two that Debitoor takes."""
    return amount.quantize(Decimal(1), rounding=ROUND_HALF_UP) if currency in _WITHOUT_CENTS else cents(amount)


def net_of(gross: Decimal, rate: Decimal) -> Decimal:
    """Compute the net amount that Debitoor derives from a gross line (contract section 6.4)."""
    return cents(gross / (1 + rate / 100))
