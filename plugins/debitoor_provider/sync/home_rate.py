"""Whether the country of the books has the rate of an account's reverse charge."""

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
    """Return a finding if a country does not have a rate today.

    Reduced rates count, and so does 0 %, as for exempt supplies. For a country outside the EU there is no finding: its
    books have no reverse charge.

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
    """Return the same for the country that the account's file states, if it states one."""
    return rate_doubts(*account.stated_home_rate) if account.stated_home_rate else []
