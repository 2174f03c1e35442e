"""The account, its business partners, and the lists that documents refer to (contract section 8)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from pydantic.alias_generators import to_camel

from debitoor_provider.messages import Message
from debitoor_provider.services.debitoor import constants, parse
from debitoor_provider.services.debitoor.core import DebitoorCore
from debitoor_provider.services.errors import Refused
from debitoor_provider.services.http.call import Subject
from debitoor_provider.services.http.reading import mapping
from debitoor_provider.services.http.session import segment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from debitoor_provider.services.debitoor.models import (
        Category,
        Contact,
        Country,
        Environment,
        PaymentAccount,
        PurchaseTaxRates,
        Settings,
    )

_SCHEMA_NAME = re.compile(r"[a-z0-9_]+(?:/[a-z0-9_]+)*", re.ASCII)


class PartyFields(TypedDict, total=False):
    """What is known of a supplier or customer in addition to name and country (8.2)."""

    number: int
    address: str
    phone: str
    email: str
    ci_number: str
    is_archived: bool


class CustomerFields(PartyFields, total=False):
    """The further fields of a customer (8.3)."""

    homepage: str
    vat_number: str
    custom_payment_terms_days: int
    notes: str
    reference: str


class Lookups(DebitoorCore):
    """Calls about everything but documents and files."""

    def environment(self) -> Environment:
        """Return the account that the token stands for; the usual test of a token.

        Only the id is certain: e-mail, country and currency may be empty (contract A27).
        """
        return self._get("read_environment", constants.ENVIRONMENT, parse.environment, subject=Subject.ACCOUNT)

    def settings(self) -> Settings:
        """Return the account's settings."""
        return self._get("read_settings", constants.SETTINGS, parse.settings, subject=Subject.ACCOUNT)

    def categories(self) -> list[Category]:
        """Return the expense categories."""
        return self._whole("list_categories", constants.EXPENSE_CATEGORIES, parse.category)

    def payment_accounts(self) -> list[PaymentAccount]:
        """Return the accounts that payments are booked on."""
        return self._whole("list_payment_accounts", constants.PAYMENT_ACCOUNTS, parse.payment_account)

    def countries(self) -> list[Country]:
        """Return the countries."""
        return self._whole("list_countries", constants.COUNTRIES, parse.country)

    def purchase_tax_rates(self, country: str, date: date, category_id: str = "") -> PurchaseTaxRates:
        """Return the VAT rates that a purchase may have.

        :param country: two-letter code of the supplier's country
        """
        params: dict[str, str | int | list[str] | list[int]] = {"supplierCountry": country, "date": date.isoformat()}
        if category_id:
            params["categoryId"] = category_id
        return self._get(
            "read_tax_rates", constants.PURCHASE_TAX_RATES, parse.purchase_tax_rates, params, subject=Subject.ACCOUNT
        )

    def schema(self, name: str, version: int) -> Mapping[str, Any]:
        """Return the service's own schema of a resource (contract 3.3).

        :param name: such as ``expense`` or ``sales/invoice``
        """
        if not _SCHEMA_NAME.fullmatch(name):
            raise Refused(Message("schema_name_invalid"))
        path = constants.SCHEMA.format(name=name, version=int(version))
        return self._get("read_schema", path, lambda payload: mapping(payload, "schema"))

    def suppliers(
        self,
        *,
        changed_since: datetime | None = None,
        changed_before: datetime | None = None,
        page_size: int | None = None,
    ) -> list[Contact]:
        """Return the suppliers. Their names are not unique."""
        filters = {"changedSince": changed_since, "changedBefore": changed_before}
        return self._list("list_suppliers", constants.SUPPLIERS, parse.party, filters, page_size=page_size)

    def supplier(self, id: str) -> Contact:
        """Return one supplier.

        :raises NotFound: when there is none of this id
        """
        return self._get("read_supplier", constants.SUPPLIER.format(id=segment(id)), parse.party)

    def create_supplier(self, name: str, country_code: str, **fields: Unpack[PartyFields]) -> Contact:
        """Create a supplier; without a number it gets the next one."""
        return self._send(
            "create_supplier",
            "POST",
            constants.SUPPLIERS,
            parse.party,
            _party(name, country_code, fields),
            None if "number" in fields else constants.AUTONUMBER,
            subject=Subject.ACCOUNT,
        )

    def update_supplier(self, id: str, name: str, country_code: str, **fields: Unpack[PartyFields]) -> Contact:
        """Replace a supplier's data; fields left out are emptied."""
        path = constants.SUPPLIER.format(id=segment(id))
        return self._send("change_supplier", "PUT", path, parse.party, _party(name, country_code, fields))

    def customers(
        self,
        *,
        email: str | None = None,
        reference: str | None = None,
        archived: bool | None = None,
        changed_since: datetime | None = None,
        changed_before: datetime | None = None,
        page_size: int | None = None,
    ) -> list[Contact]:
        """Return the customers; those with another reference than the requested one are dropped (contract 8.3)."""
        filters = {
            "email": email,
            "reference": reference,
            "archived": archived,
            "changedSince": changed_since,
            "changedBefore": changed_before,
        }
        found = self._list("list_customers", constants.CUSTOMERS, parse.party, filters, page_size=page_size)
        return [customer for customer in found if reference is None or customer.reference == reference]

    def customer(self, id: str) -> Contact:
        """Return one customer.

        :raises NotFound: when there is none of this id
        """
        return self._get("read_customer", constants.CUSTOMER.format(id=segment(id)), parse.party)

    def create_customer(
        self, name: str, country_code: str, payment_terms_id: int, **fields: Unpack[CustomerFields]
    ) -> Contact:
        """Create a customer; without a number it gets the next one.

        :param payment_terms_id: 1 eight days, 2 paid, 3 fourteen days, 4 thirty days (contract 8.5)
        """
        return self._send(
            "create_customer",
            "POST",
            constants.CUSTOMERS,
            parse.party,
            {**_party(name, country_code, fields), "paymentTermsId": payment_terms_id},
            None if "number" in fields else constants.AUTONUMBER,
            subject=Subject.ACCOUNT,
        )

    def update_customer(
        self,
        id: str,
        name: str,
        country_code: str,
        payment_terms_id: int,
        **fields: Unpack[CustomerFields],
    ) -> Contact:
        """Replace a customer's data; fields left out are emptied."""
        return self._send(
            "change_customer",
            "PUT",
            constants.CUSTOMER.format(id=segment(id)),
            parse.party,
            {**_party(name, country_code, fields), "paymentTermsId": payment_terms_id},
        )


def _party(name: str, country_code: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "countryCode": country_code, **{to_camel(key): value for key, value in fields.items()}}
