"""The suppliers of the documents, with their postcode where it decides about tax.

The list of companies leaves the postcode out (GetMyInvoices contract section 3.3), and for most suppliers nothing
depends on it. The company is read only for an untaxed supply from another country that has territories outside the VAT
area.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from debitoor_provider.services.http.errors import NotFound
from debitoor_provider.sync.export.supply import is_taxed
from debitoor_provider.sync.export.vat_area import has_outlying_territories, iso_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from debitoor_provider.services.debitoor.models import Environment
    from debitoor_provider.services.getmyinvoices.models import Company, Document


class Suppliers:
    """The companies of an account; each is read once at most.

    :param listed: as the list gives them
    :param read: reads one company with its address
    """

    def __init__(self, listed: Iterable[Company], read: Callable[[int], Company]) -> None:
        self._listed = {company.company_uid: company for company in listed}
        self._read = read
        self._addresses: dict[int, str] = {}

    def of(self, document: Document, books: Environment) -> Company | None:
        """Return a document's supplier; ``None`` for a document without one, or with one that is not listed.

        :param books: the account that the document is booked in
        """
        company = self._listed.get(document.company_uid or 0)
        if company is None or company.postcode or is_taxed(document):
            return company
        country = iso_code(company.country_code)
        if country == iso_code(books.country_code) or not has_outlying_territories(country):
            return company
        uid = company.company_uid
        if uid not in self._addresses:
            try:
                self._addresses[uid] = self._read(uid).postcode
            except NotFound:  # deleted since it was listed
                self._addresses[uid] = ""
        return replace(company, postcode=self._addresses[uid])
