"""The books that a Debitoor connection leads to, checked before anything is read from or written into them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.http.errors import Misconfigured

if TYPE_CHECKING:
    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.debitoor.models import Environment
    from debitoor_provider.sync.accounts.settings import OfDebitoor

OPERATION = "check_account"


def books_of(debitoor: DebitoorClient, account: OfDebitoor) -> Environment:
    """Ask whose books they are, in which currency and country.

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
            operation=OPERATION,
        )
    return books
