"""The company that imported documents are assigned to in GetMyInvoices (contract A-26)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.http.errors import Misconfigured
from debitoor_provider.sync.accounts.values import did_you_mean
from debitoor_provider.sync.text import fold
from debitoor_provider.sync.vat_ids import same_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.sync.accounts.settings import ImportAccount


@dataclass(frozen=True, slots=True)
class CompanyToCreate:
    """A company that GetMyInvoices does not have yet."""

    name: str
    country_uid: int


def find_company(
    account: ImportAccount, getmyinvoices: GetMyInvoicesClient, home: Callable[[], str]
) -> int | CompanyToCreate | None:
    """Return the company of the settings, found by name or VAT id, or what it is to be created with.

    A new company gets the country of the books: it is the seller of the invoices.

    :param home: returns the country of the books; asked for a company that is to be created
    :return: ``None`` when the settings name none
    :raises Misconfigured: when it does not exist, and is not to be created or cannot be
    """
    wanted = account.defaults.company
    if wanted is None:
        return None
    key = fold(wanted)
    companies = getmyinvoices.companies()
    for company in companies:
        if fold(company.name) == key or same_id(company.vat_id, wanted):
            return company.company_uid
    if not account.defaults.create_company:
        hint = did_you_mean(wanted, (company.name for company in companies if company.name))
        missing = Message("company_missing", company=repr(wanted))
        raise _misconfigured(Message("company_missing_near", company=repr(wanted), hint=hint) if hint else missing)
    code = home()
    for country in getmyinvoices.countries():
        if code and country.country_code.upper() == code.upper():
            return CompanyToCreate(wanted, country.country_uid)
    raise _misconfigured(Message("company_without_country", company=repr(wanted), country=code or "-"))


def create_company(found: int | CompanyToCreate | None, getmyinvoices: GetMyInvoicesClient) -> int | None:
    """Return the id of a company that :func:`find_company` found; one that is to be created is created."""
    if isinstance(found, CompanyToCreate):
        return getmyinvoices.create_company(found.name, found.country_uid)
    return found


def _misconfigured(message: Message) -> Misconfigured:
    return Misconfigured(message, service="GetMyInvoices", operation="find_company")
