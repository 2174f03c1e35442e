"""Companies, and the lists that documents refer to (contract section 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, Unpack

from debitoor_provider.services.getmyinvoices import body, constants, parse
from debitoor_provider.services.getmyinvoices.core import GetMyInvoicesCore
from debitoor_provider.services.getmyinvoices.listing import all_records
from debitoor_provider.services.http.call import Subject
from debitoor_provider.services.http.reading import mapping, rates, rows, texts
from debitoor_provider.services.http.session import segment

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from debitoor_provider.services.getmyinvoices.models import Company, CountryInfo, Currency, Portal

T = TypeVar("T")


class MasterData(GetMyInvoicesCore):
    """Calls about everything but documents."""

    def companies(
        self, *, status: int = 0, company_type: str | None = None, portal_records: bool = False
    ) -> list[Company]:
        """Return the companies; the service does not page them.

        :param status: 1 active, -1 inactive, -2 pending, 0 any: always sent, since the default is only inferred
            (contract section 3.3)
        :param company_type: ``ONLINE_PORTAL`` or ``CUSTOM_COMPANY``
        :param portal_records: whether the service should add its portals' own records
        """
        params: dict[str, str | int | list[str] | list[int]] = {
            "returnPortalRecords": int(portal_records),
            "statusFilter": status,
        }
        if company_type is not None:
            params["companyTypeFilter"] = company_type
        return self._get(
            "list_companies", constants.COMPANIES, _each(parse.company, "companies"), params, subject=Subject.ACCOUNT
        )

    def company(self, uid: int) -> Company:
        """Return one company.

        :raises NotFound: when there is none of this id
        """
        return self._get("read_company", constants.COMPANY.format(uid=segment(uid)), parse.company)

    def create_company(self, name: str, country_uid: int, **fields: Unpack[body.CompanyFields]) -> int:
        """Create a company of the account's own.

        :param name: unique in the account
        :param country_uid: from :meth:`countries`
        :return: its id
        """
        return self._send(
            "create_company",
            "POST",
            constants.COMPANIES,
            lambda payload: parse.created(payload, "companyUid"),
            body.company_body(name, country_uid, fields),
            subject=Subject.ACCOUNT,
        )

    def update_company(self, uid: int, name: str, country_uid: int, **fields: Unpack[body.CompanyFields]) -> None:
        """Change one of the account's own companies; name and country are always sent, as the service may insist."""
        self._send(
            "change_company",
            "PUT",
            constants.COMPANY.format(uid=segment(uid)),
            parse.confirmed,
            body.company_body(name, country_uid, fields),
        )

    def delete_company(self, uid: int) -> None:
        """Delete one of the account's own companies that has neither documents nor e-mail rules."""
        self._send("delete_company", "DELETE", constants.COMPANY.format(uid=segment(uid)), parse.confirmed)

    def tags(self) -> list[str]:
        """Return the names of the account's tags."""
        return self._get(
            "list_tags", constants.TAGS, lambda payload: list(texts(_data(payload))), subject=Subject.ACCOUNT
        )

    def vat_rates(self) -> list[Decimal]:
        """Return the VAT rates in per cent."""
        return self._get(
            "list_vat_rates",
            constants.VAT_RATES,
            lambda payload: list(rates(_data(payload))),
            subject=Subject.ACCOUNT,
        )

    def countries(self) -> list[CountryInfo]:
        """Return the countries with the ids that companies refer to."""
        return self._get(
            "list_countries", constants.COUNTRIES, _each(parse.country, "countries"), subject=Subject.ACCOUNT
        )

    def currencies(self) -> list[Currency]:
        """Return the currencies."""
        return self._get(
            "list_currencies", constants.CURRENCIES, _each(parse.currency, "currencies"), subject=Subject.ACCOUNT
        )

    def portals(self) -> list[Portal]:
        """Return the portals of the vendor's catalogue; reads all pages."""

        def fetch(number: int) -> parse.Page[Portal]:
            return self._get(
                "list_portals",
                constants.PORTALS,
                lambda payload: parse.page(payload, "supplier_uid", parse.portal, number),
                {"pageNumber": number},
                subject=Subject.ACCOUNT,
            )

        found = {portal.supplier_uid: portal for portal in all_records(fetch)}
        return list(found.values())


def _each(read: Callable[[Any], T], what: str) -> Callable[[Any], list[T]]:
    return lambda payload: [read(record) for record in rows(payload, what)]


def _data(payload: Any) -> Any:
    return mapping(payload, "list").get("data")
