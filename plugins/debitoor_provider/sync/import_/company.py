"""The company that imported documents are assigned to in GetMyInvoices (contract A-26)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.http.errors import Misconfigured
from debitoor_provider.sync.countries import iso_code
from debitoor_provider.sync.text import fold
from debitoor_provider.sync.vat_ids import same_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.sync.accounts.settings import ImportAccount


def find_company(
    account: ImportAccount, getmyinvoices: GetMyInvoicesClient, home: Callable[[], str] | None = None
) -> int | None:
    """Return the company of the settings, found by name or VAT id; ``None`` when none is wanted, or it can be created.

    :param home: returns the country of the books, which a new company gets; ``None``: it is not looked at
    :raises Misconfigured: when it does not exist, and is not to be created or cannot be
    """
    found = _found(account, getmyinvoices)
    if found is None and account.defaults.company is not None and home is not None:
        _country(account.defaults.company, getmyinvoices, home())
    return found


def find_or_create_company(
    account: ImportAccount, getmyinvoices: GetMyInvoicesClient, home: Callable[[], str]
) -> int | None:
    """Return the company of the settings, created when it does not exist and the settings say so.

    A new company gets the country of the books: it is the seller of the invoices.

    :param home: returns the country of the books
    :raises Misconfigured: when it does not exist and cannot be created
    """
    wanted = account.defaults.company
    found = _found(account, getmyinvoices)
    if found is not None or wanted is None:
        return found
    return getmyinvoices.create_company(wanted, _country(wanted, getmyinvoices, home()))


def _found(account: ImportAccount, getmyinvoices: GetMyInvoicesClient) -> int | None:
    wanted = account.defaults.company
    if wanted is None:
        return None
    key = fold(wanted)
    for company in getmyinvoices.companies():
        if fold(company.name) == key or same_id(company.vat_id, wanted):
            return company.company_uid
    if account.defaults.create_company:
        return None
    message = Message("company_missing", company=repr(wanted))
    raise Misconfigured(message, service="GetMyInvoices", operation="find_company")


def _country(wanted: str, getmyinvoices: GetMyInvoicesClient, home: str) -> int:
    """Return the number of the country that a new company gets."""
    for country in getmyinvoices.countries():
        if home and iso_code(country.country_code) == home:
            return country.country_uid
    message = Message("company_country", company=repr(wanted), country=home or "-")
    raise Misconfigured(message, service="GetMyInvoices", operation="create_company")
