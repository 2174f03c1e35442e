"""The books that a Debitoor connection leads to, checked before anything is read from or written into them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.debitoor.models import Environment
from debitoor_provider.services.errors import (
    CredentialsRefused,
    Misconfigured,
    NotFound,
    PathGone,
    PermissionMissing,
    Refused,
    ServiceError,
)
from debitoor_provider.sync.countries import iso_code
from debitoor_provider.sync.text import fold, shown
from debitoor_provider.sync.vat_ids import country_of, same_id

if TYPE_CHECKING:
    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.debitoor.models import Settings
    from debitoor_provider.sync.accounts.sections import Books
    from debitoor_provider.sync.accounts.settings import DebitoorSettings

OPERATION = "check_account"
_CURRENCY = re.compile(r"[A-Z]{3}")
_NOT_TOLD = (CredentialsRefused, PermissionMissing, PathGone, Refused, NotFound)


class _Answers:
    """What Debitoor says about the account of a token, each asked for once and only if it is needed.

    Only the id of the environment is certain (contract A27).
    """

    def __init__(self, debitoor: DebitoorClient, environment: Environment | None = None) -> None:
        self._debitoor = debitoor
        self.environment = environment or debitoor.environment()

    @cached_property
    def _settings(self) -> Settings | None:
        try:
            return self._debitoor.settings()
        except _NOT_TOLD:  # the token is good: the environment has just been read
            return None

    @property
    def email(self) -> str:
        """The e-mail address of the account; empty when none is reported."""
        settings = None if self.environment.email else self._settings
        return self.environment.email or (settings.account_email if settings else "")

    def country(self, stated: str = "") -> tuple[str, str]:
        """Return the ISO code of the country, and what is reported in its place if that is none.

        :param stated: by the account file, for an account whose country is not reported
        """
        reported = self.environment.country_code
        found = iso_code(reported) or stated
        if not found and self._settings:
            reported = reported or self._settings.country_code
            found = iso_code(self._settings.country_code)
        return found, reported

    @cached_property
    def vat_id(self) -> str:
        """The VAT id of the company, as it is recorded; empty when it is not, or cannot be read now.

        No document waits for it: it only keeps what is no expense from being booked.
        """
        try:
            return self._settings.vat_number if self._settings else ""
        except ServiceError:
            return ""


@dataclass(frozen=True)
class OwnBooks(Environment):
    """The books of an account, and who they belong to, as far as Debitoor tells it."""

    _answers: _Answers = field(repr=False, compare=False, kw_only=True)
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False, kw_only=True)

    def has_vat_id(self, vat_id: str) -> bool:
        """Return whether a VAT id is that of the company whose books they are.

        Debitoor is asked once for all documents of a run, and only when it may be: for an id of the books' country.
        """
        if not vat_id or country_of(vat_id) not in {"", self.country_code}:
            return False
        with self._lock:
            own = self._answers.vat_id
        return bool(own) and any(same_id(vat_id, one) for one in (own, f"{self.country_code}{own}"))


def books_of(debitoor: DebitoorClient, account: DebitoorSettings) -> Environment:
    """Return whose books they are, with the country and the currency that the environment has, if any.

    :raises Misconfigured: when they are not those that the account file states
    """
    return _checked(_Answers(debitoor), account)


def complete_books_of(debitoor: DebitoorClient, account: DebitoorSettings, stated: Books) -> OwnBooks:
    """Return the books as :func:`books_of`, with currency and country, without which no document can be booked right.

    What Debitoor does not report is taken from the account file, and only what is not there either from its other
    calls.

    :param stated: currency and country by the account file
    :raises Misconfigured: also when one of these is not known, or Debitoor reports another one
    """
    answers = _Answers(debitoor)
    books = _checked(answers, account)
    country, reported = answers.country(stated.country or "")
    currency = books.currency or stated.currency or currency_of_payments(debitoor)
    for name, here, wanted in (("currency", currency, stated.currency), ("country", country, stated.country)):
        if wanted and here != wanted:
            raise _misconfigured(Message("books_differ", field=name, stated=wanted, reported=here))
    if reported and not country:
        raise _misconfigured(Message("books_country", country=shown(reported)))
    if not (currency and country):
        raise _misconfigured(Message("books_incomplete"))
    return OwnBooks(books.id, books.email, country, currency, _answers=answers)


def email_of(debitoor: DebitoorClient, environment: Environment) -> str:
    """Return an account's e-mail address; empty when Debitoor does not tell it."""
    return _Answers(debitoor, environment).email


def country_of_books(debitoor: DebitoorClient) -> str:
    """Return the ISO code of the country of the books; empty when Debitoor does not tell it."""
    return _Answers(debitoor).country()[0]


def country_of_own_books(debitoor: DebitoorClient, account: DebitoorSettings) -> str:
    """Return the ISO code of the country of an account's books, even if something else that a run needs is missing.

    :raises Misconfigured: when they are not those that the account file states
    """
    answers = _Answers(debitoor)
    _checked(answers, account)
    return answers.country()[0]


def currency_of_payments(debitoor: DebitoorClient) -> str:
    """Return the currency that all payment accounts have; empty when they differ or cannot be read."""
    try:
        currencies = {row.currency for row in debitoor.payment_accounts()}
    except _NOT_TOLD:
        return ""
    return currencies.pop() if len(currencies) == 1 else ""


def _checked(answers: _Answers, account: DebitoorSettings) -> Environment:
    """Return the environment, if it is the account's.

    The account names it by its e-mail address, or by its id only where no address is reported: by two names, two
    accounts with the same books would not know of each other.
    """
    books, expected = answers.environment, account.debitoor_id
    if not _CURRENCY.fullmatch(books.currency):
        books = replace(books, currency="")
    if "@" not in expected and books.id != expected:
        raise _misconfigured(Message("books_of_another_account", email=shown(books.id), expected=expected))
    email = answers.email.strip()
    if "@" not in expected:
        if email:
            raise _misconfigured(Message("books_have_email", id=shown(books.id), email=shown(email)))
        return books
    if not email:
        raise _misconfigured(Message("books_without_email", id=shown(books.id), expected=expected))
    if fold(email) != fold(expected):
        raise _misconfigured(Message("books_of_another_account", email=shown(email), expected=expected))
    return replace(books, email=email)


def _misconfigured(message: Message) -> Misconfigured:
    return Misconfigured(message, service="Debitoor", operation=OPERATION)
