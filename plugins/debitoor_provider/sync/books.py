"""The books that a Debitoor connection leads to, checked before anything is read from or written into them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.http.errors import Misconfigured
from debitoor_provider.sync.accounts.settings import ExportAccount

if TYPE_CHECKING:
    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.debitoor.models import Environment
    from debitoor_provider.sync.accounts.settings import Account

_OPERATION = "check_account"


def books_of(debitoor: DebitoorClient, account: Account) -> Environment:
    """Ask whose books they are, in which currency and country.

    :raises Misconfigured: when they are another company's than the account file says, or do not tell what an export
        has to know: without the currency and the country no document can be booked right
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
    if isinstance(account, ExportAccount) and not (books.currency and books.country_code):
        raise Misconfigured(Message("books_incomplete"), service="Debitoor", operation=_OPERATION)
    return books
