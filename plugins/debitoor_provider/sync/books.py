"""The books that a Debitoor connection leads to, checked before anything is read from or written into them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.http.errors import Misconfigured, PathGone, Refused
from debitoor_provider.sync.accounts.sections import Books

if TYPE_CHECKING:
    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.debitoor.models import Environment
    from debitoor_provider.sync.accounts.settings import OfDebitoor

OPERATION = "check_account"


def books_of(debitoor: DebitoorClient, account: OfDebitoor, stated: Books | None = None) -> Environment:
    """Return whose books they are, in which country, and in which currency if Debitoor reports that.

    Only the id of the environment is certain (contract A27). The rest is taken from the settings and from the account
    file, each asked only for what is still missing.

    :param stated: currency and country by the account file
    :raises Misconfigured: when they are not those that the account file states
    """
    books = debitoor.environment()
    stated = stated or Books()
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
            operation=OPERATION,
        )
    books = replace(books, currency=books.currency or stated.currency or "")
    for field, reported, wanted in (
        ("currency", books.currency, stated.currency),
        ("country", books.country_code, stated.country),
    ):
        if wanted and reported.upper() != wanted:
            message = Message("books_differ", field=field, stated=wanted, reported=reported)
            raise Misconfigured(message, service="Debitoor", operation=OPERATION)
    return books


def complete_books_of(debitoor: DebitoorClient, account: OfDebitoor, stated: Books) -> Environment:
    """Return the books as :func:`books_of`, with currency and country, without which no document can be booked right.

    :raises Misconfigured: also when one of these is not known
    """
    books = books_of(debitoor, account, stated)
    books = replace(books, currency=books.currency or currency_of_payments(debitoor))
    if not (books.currency and books.country_code):
        raise Misconfigured(Message("books_incomplete"), service="Debitoor", operation=OPERATION)
    return books


def currency_of_payments(debitoor: DebitoorClient) -> str:
    """Return the currency that all payment accounts have; empty when they differ or cannot be read."""
    try:
        currencies = {row.currency.upper() for row in debitoor.payment_accounts()}
    except (PathGone, Refused):
        return ""
    return currencies.pop() if len(currencies) == 1 else ""
