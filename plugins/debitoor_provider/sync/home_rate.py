"""Whether the rate of an account's reverse charge is one of the country of its books."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.sync.accounts.finding import Finding
from debitoor_provider.sync.vat_rates import rates_on, standard_rate_on

if TYPE_CHECKING:
    from decimal import Decimal

    from debitoor_provider.sync.accounts.settings import Account

_FIELD = "reverse_charge.tax_rate"


def rate_doubts(rate: Decimal, country: str) -> list[Finding]:
    """Return that a rate is none of a country today.

    Reduced rates are, and 0 % always is one, as for exempt supplies. Nothing is said of a country outside the Union,
    whose books know no reverse charge.

    :param rate: of the reverse charge, in per cent
    :param country: ISO two-letter code of the country of the books
    """
    today = datetime.now(UTC).date()
    standard = standard_rate_on(country, today)
    if standard is None or not rate or rate in rates_on(country, today):
        return []
    message = Message("reverse_charge_rate_odd", rate=rate.normalize(), country=country, standard=standard.normalize())
    return [Finding(_FIELD, message)]


def stated_rate_doubts(account: Account) -> list[Finding]:
    """Return that the rate is none of the country that the account's file states, if it states one."""
    return rate_doubts(*account.stated_home_rate) if account.stated_home_rate else []
