"""The books that a Debitoor connection leads to, checked before anything is read from or written into them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.http.errors import Misconfigured, PathGone, Refused

if TYPE_CHECKING:
    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.debitoor.models import Environment
    from debitoor_provider.sync.accounts.settings import Books, OfDebitoor

_OPERATION = "check_account"


def books_of(debitoor: DebitoorClient, account: OfDebitoor) -> Environment:
    """Return whose books they are, with currency and country as far as Debitoor reports them.

    :raises Misconfigured: when they are another company's than the account file says
    """
    books = debitoor.environment()
    if not books.email or not books.country_code:  # nothing but the id is certain there (Debitoor contract A27)
        profile = debitoor.settings()
        books = replace(
            books,
            email=books.email or profile.account_email,
            country_code=books.country_code or profile.country_code,
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
    return books


def complete(books: Environment, debitoor: DebitoorClient, stated: Books) -> Environment:
    """Return the books with the currency and the country, without which no document can be booked right.

    Where Debitoor does not report them with the account (contract A27), they are those that the account file states, or
    the one currency that all payment accounts have.

    :param stated: in the account file
    :raises Misconfigured: when they are found nowhere
    """
    found = replace(
        books,
        currency=books.currency or stated.currency or _currency_of_payments(debitoor),
        country_code=books.country_code or stated.country or "",
    )
    if not (found.currency and found.country_code):
        raise Misconfigured(Message("books_incomplete"), service="Debitoor", operation=_OPERATION)
    return found


def _currency_of_payments(debitoor: DebitoorClient) -> str:
    """Return the currency that all payment accounts have; empty when they differ or cannot be read."""
    try:
        currencies = {row.currency.upper() for row in debitoor.payment_accounts()}
    except (PathGone, Refused):
        return ""
    return currencies.pop() if len(currencies) == 1 else ""
