"""The company that imported documents are assigned to in GetMyInvoices (contract A-26)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.getmyinvoices.constants import COMPANY_EXISTS
from debitoor_provider.services.http.errors import Misconfigured, Refused, UnclearOutcome
from debitoor_provider.sync.text import fold
from debitoor_provider.sync.vat_ids import same_id

if TYPE_CHECKING:
    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.sync.accounts.settings import ImportAccount


def find_company(account: ImportAccount, getmyinvoices: GetMyInvoicesClient) -> int | None:
    """Return the company of the settings, found by name or VAT id; ``None`` when there is none yet, or none is wanted.

    :raises Misconfigured: when it does not exist and is not to be created
    """
    wanted = account.defaults.company
    if wanted is None:
        return None
    key = fold(wanted)
    for company in getmyinvoices.companies():
        if fold(company.name) == key or same_id(company.vat_id, wanted):
            return company.company_uid
    if account.defaults.create_company:
        return None
    raise _missing(wanted)


def find_or_create_company(account: ImportAccount, getmyinvoices: GetMyInvoicesClient, home: str) -> int | None:
    """Return the company of the settings, created when it does not exist and the settings say so.

    A new company gets the country of the books: it is the seller of the invoices.

    :param home: country of the books
    :raises Misconfigured: when it does not exist and cannot be created
    """
    wanted = account.defaults.company
    found = find_company(account, getmyinvoices)
    if found is not None or wanted is None:
        return found
    country = next((row for row in getmyinvoices.countries() if row.country_code.upper() == home.upper()), None)
    if country is None:
        raise _missing(wanted)
    try:
        return getmyinvoices.create_company(wanted, country.country_uid)
    except (Refused, UnclearOutcome) as error:
        if isinstance(error, Refused) and error.code != COMPANY_EXISTS:
            raise
        found = find_company(account, getmyinvoices)  # another run may have created it, or this very call
        if found is None:
            raise
        return found


def _missing(wanted: str) -> Misconfigured:
    message = Message("company_missing", company=repr(wanted))
    return Misconfigured(message, service="GetMyInvoices", operation="find_company")
