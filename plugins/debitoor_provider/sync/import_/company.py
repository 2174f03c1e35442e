"""The company that imported documents are assigned to in GetMyInvoices (contract A-26)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import Misconfigured, Refused, UnclearOutcome
from debitoor_provider.services.getmyinvoices.constants import COMPANY_EXISTS
from debitoor_provider.sync.accounts.values import did_you_mean
from debitoor_provider.sync.countries import iso_code
from debitoor_provider.sync.text import fold
from debitoor_provider.sync.vat_ids import same_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.services.getmyinvoices.models import Company
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
    companies = getmyinvoices.companies()
    known = _company_of(companies, wanted)
    if known is not None:
        return known
    if not account.defaults.create_company:
        hint = did_you_mean(wanted, (company.name for company in companies if company.name))
        missing = Message("company_missing", company=repr(wanted))
        raise _misconfigured(Message("company_missing_near", company=repr(wanted), hint=hint) if hint else missing)
    code = home()
    for country in getmyinvoices.countries():
        if code and iso_code(country.country_code) == code:
            return CompanyToCreate(wanted, country.country_uid)
    raise _misconfigured(Message("company_without_country", company=repr(wanted), country=code or "-"))


def create_company(found: int | CompanyToCreate | None, getmyinvoices: GetMyInvoicesClient) -> int | None:
    """Return the id of a company that :func:`find_company` found, and create it if it is missing.

    :raises Refused: when it cannot be created
    """
    if not isinstance(found, CompanyToCreate):
        return found
    try:
        return getmyinvoices.create_company(found.name, found.country_uid)
    except (Refused, UnclearOutcome) as error:
        if isinstance(error, Refused) and error.code != COMPANY_EXISTS:
            raise
        created = _company_of(getmyinvoices.companies(), found.name)  # by another run, or by this very call
        if created is None:
            raise
        return created


def _company_of(companies: Iterable[Company], wanted: str) -> int | None:
    """Return the company of a name or a VAT id."""
    key = fold(wanted)
    for company in companies:
        if fold(company.name) == key or same_id(company.vat_id, wanted):
            return company.company_uid
    return None


def _misconfigured(message: Message) -> Misconfigured:
    return Misconfigured(message, service="GetMyInvoices", operation="find_company")
