"""The books that a Debitoor connection leads to, checked before anything is read from or written into them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.http.errors import Misconfigured, PathGone, Refused
from debitoor_provider.sync.accounts.settings import Books, ExportAccount

if TYPE_CHECKING:
    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.debitoor.models import Environment
    from debitoor_provider.sync.accounts.settings import Account

_OPERATION = "check_account"


def books_of(debitoor: DebitoorClient, account: Account) -> Environment:
    """Return whose books they are, in which currency and country.

    Only the id of the environment is certain (contract A27). The rest is taken from the settings, from the account file
    and, for the currency, from the payment accounts, each asked only for what is still missing.

    :raises Misconfigured: when they are another company's than the account file says, or when what an export has to
        know is found nowhere: without the currency and the country no document can be booked right
    """
    books = debitoor.environment()
    stated = account.books if isinstance(account, ExportAccount) else Books()
    if not books.email or not books.country_code:
        profile = debitoor.settings()
        books = replace(
            books,
            email=books.email or profile.account_email,
            country_code=books.country_code or profile.country_code or stated.country or "",
        )
    if books.email.strip().casefold() != account.debitoor_id.casefold():
        raise Misconfigured(
            Message(
                "books_of_another_account",
                email=books.email or Message("account_without_email"),
                expected=account.debitoor_id,
            ),
            service="Debitoor",
            operation=_OPERATION,
        )
    if isinstance(account, ExportAccount):
        books = replace(books, currency=books.currency or stated.currency or _currency_of_payments(debitoor))
        if not (books.currency and books.country_code):
            raise Misconfigured(Message("books_incomplete"), service="Debitoor", operation=_OPERATION)
    return books


def _currency_of_payments(debitoor: DebitoorClient) -> str:
    """Return the currency that all payment accounts have; empty when they differ or cannot be read."""
    try:
        currencies = {row.currency.upper() for row in debitoor.payment_accounts()}
    except (PathGone, Refused):
        return ""
    return currencies.pop() if len(currencies) == 1 else ""
