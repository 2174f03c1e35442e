"""The suppliers of the documents, with their postcode where it decides about tax.

The list of companies leaves the postcode out (GetMyInvoices contract section 3.3), and for most suppliers nothing
depends on it. The company is read only for an untaxed supply from a country that has territories outside the VAT area.
The country may be there as its number alone, which the list of countries explains.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from debitoor_provider.services.errors import NotFound
from debitoor_provider.sync.countries import iso_code
from debitoor_provider.sync.export.supply import is_taxed, vat_id_of
from debitoor_provider.sync.export.vat_area import has_outlying_territories
from debitoor_provider.sync.vat_ids import country_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from debitoor_provider.services.getmyinvoices.models import Company, CountryInfo, Document


class Suppliers:
    """The companies of an account; each is read once at most.

    :param listed: as the list gives them
    :param read: reads one company with its address
    :param countries: lists the countries that companies refer to
    """

    def __init__(
        self,
        listed: Iterable[Company],
        read: Callable[[int], Company],
        countries: Callable[[], Iterable[CountryInfo]],
    ) -> None:
        self._listed = {company.company_uid: company for company in listed}
        self._read = read
        self._list_countries = countries
        self._countries: dict[int, str] | None = None
        self._addresses: dict[int, str] = {}

    def of(self, document: Document) -> Company | None:
        """Return a document's supplier; ``None`` for a document without one, or with one that is not listed."""
        company = self._listed.get(document.company_uid or 0)
        if company is None:
            return None
        if not company.country_code and company.country_uid:
            company = replace(company, country_code=self._country(company.country_uid))
        if company.postcode or is_taxed(document):
            return company
        country = iso_code(company.country_code) or country_of(vat_id_of(document, company))
        if not has_outlying_territories(country):
            return company
        return replace(company, postcode=self._postcode(company.company_uid))

    def _country(self, uid: int) -> str:
        if self._countries is None:
            self._countries = {country.country_uid: country.country_code for country in self._list_countries()}
        return self._countries.get(uid, "")

    def _postcode(self, uid: int) -> str:
        if uid not in self._addresses:
            try:
                self._addresses[uid] = self._read(uid).postcode
            except NotFound:  # deleted since it was listed
                self._addresses[uid] = ""
        return self._addresses[uid]
