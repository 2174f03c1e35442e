"""Where a supply comes from, and what that means for its tax: domestic, intra-EU with reverse charge, or from outside.

Debitoor requires the reverse charge for purchases from another EU country and forbids it otherwise (contract section
6.4). A document whose supplier cannot be placed with certainty is held.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from debitoor_provider.sync.books import OwnBooks
from debitoor_provider.sync.countries import iso_code
from debitoor_provider.sync.export.vat_area import Area, Place, bare_postcode, place_of, share_their_tax
from debitoor_provider.sync.obstacle import Obstacle, held
from debitoor_provider.sync.statement import percent
from debitoor_provider.sync.text import cut, one_line
from debitoor_provider.sync.vat_ids import country_of
from debitoor_provider.sync.vat_rates import rates_on

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from decimal import Decimal

    from debitoor_provider.services.debitoor.models import Environment
    from debitoor_provider.services.getmyinvoices.models import Company, Document
    from debitoor_provider.sync.corrections import Corrections

_SHOWN = 40  # characters of a country as it is recorded


@dataclass(frozen=True, slots=True)
class Supply:
    """A supply as tax sees it.

    :param country: ISO code of the country whose tax law the supplier counts to; empty if unknown, taken for domestic
    :param needs_reverse_charge: whether it is a purchase from another EU country
    """

    country: str
    needs_reverse_charge: bool = False


def supply_of(document: Document, company: Company | None, home: str, day: date) -> Supply:
    """Decide where a supply comes from.

    :param document: with its tax rates, and its supplier's VAT number if it has one
    :param company: the supplier as GetMyInvoices knows it
    :param home: country of the books
    :param day: the document's date
    :raises Obstacle: when it cannot be decided, or when the supplier of another country charged tax
    """
    at_home = _home(home, day)
    supplier = _supplier(document, company, at_home, day)
    if supplier is None:
        if _is_untaxed(document) and document.gross_amount:
            raise held("no_country")
        return Supply("")
    if _is_domestic(supplier, at_home, document):
        return Supply(iso_code(home))
    if is_taxed(document):
        raise held("foreign_tax", country=supplier.name or supplier.state, tax=_tax(document))
    if supplier.state == at_home.state and at_home.territory and not supplier.territory:
        raise held("mainland", territory=at_home.territory, country=supplier.state)
    if supplier.state != at_home.state and (at_home.area is not Area.MEMBER or supplier.area is Area.OUTSIDE):
        return Supply(supplier.state)
    if supplier.area is Area.GOODS_ONLY:
        raise held("northern_ireland")
    if supplier.area is Area.OUTLYING:
        raise held("outlying_territory", territory=supplier.name, country=supplier.state)
    return Supply(supplier.state, needs_reverse_charge=True)


def stated_supply(stated: Corrections, document: Document, company: Company | None, home: str, day: date) -> Supply:
    """Return where a supply comes from, as a person has stated it, or else as :func:`supply_of` decides it.

    :raises Obstacle: when it cannot be decided, or when the reverse charge does not fit the document's tax
    """
    kind = stated.supply
    if kind is None:
        return supply_of(document, company, home, day)
    if kind == "domestic":
        return Supply(iso_code(home))
    try:
        place = _supplier(document, company, _home(home, day), day)
    except Obstacle:
        place = None
    country = place.state if place else country_of(vat_id_of(document, company)) or ""
    if kind == "outside":
        return Supply(country)
    if not country:
        raise held("stated_eu_without_country")
    if any(rate for rate, _ in stated.tax) or (is_taxed(document) and not stated.tax):
        tax = stated.rates_text() if stated.tax else _tax(document)
        raise held("stated_eu_taxed", tax=tax)
    return Supply(country, needs_reverse_charge=True)


def check_rates(
    rates: Iterable[Decimal], company: Company | None, home: str, day: date, accepted: Iterable[Decimal]
) -> None:
    """Check that the rates of a domestic supply are VAT rates of its day; 0 % always is one, as for exempt supplies.

    Books in a country whose rates are not known are not checked.

    :param rates: of the expense's lines
    :param company: the supplier, whose postcode may indicate a region with rates of its own
    :param home: country of the books
    :param accepted: further rates that the account accepts
    :raises Obstacle: when a rate is another tax, e.g. an insurance tax, which is no input VAT
    """
    place = place_of(iso_code(home), day)
    country = place.state if place and place.area is not Area.OUTLYING else iso_code(home)
    known = rates_on(country, day, _postcode(company))
    odd = [rate for rate in rates if rate and rate not in known and rate not in accepted]
    if known and odd:
        raise held("rate_unknown", rates=list(map(percent, odd)), country=country, date=day)


def vat_id_of(document: Document, company: Company | None) -> str:
    """Return the supplier's VAT number as the document states it, or else as the company's record does."""
    return document.vat_id or (company.vat_id if company else "")


def without_own_id(document: Document, company: Company | None, books: Environment) -> tuple[Document, Company | None]:
    """Return a document and its supplier without the VAT id of the books' own company, which is read as the supplier's.

    Where the supplier's country is recorded, an id of the books' country decides nothing, and Debitoor is not asked.
    """
    if not isinstance(books, OwnBooks) or (company and one_line(company.country_code)):
        return document, company
    if books.has_vat_id(document.vat_id):
        document = replace(document, vat_id="")
    if company and books.has_vat_id(company.vat_id):
        company = replace(company, vat_id="")
    return document, company


def is_taxed(document: Document) -> bool:
    """Return whether a document states any tax."""
    return any(_rates(document)) or bool(document.net_amount and document.net_amount != document.gross_amount)


def _is_untaxed(document: Document) -> bool:
    stated = bool(document.tax_rates or document.line_items) or document.net_amount == document.gross_amount
    return stated and not is_taxed(document)


def _rates(document: Document) -> list[Decimal]:
    rates = {*document.tax_rates, *(item.tax_percentage for item in document.line_items)}
    return sorted(rate for rate in rates if rate is not None)


def _tax(document: Document) -> list[str]:
    if document.tax_rates or document.stated_net is None or document.stated_gross is None:
        return [percent(rate) for rate in _rates(document) if rate]
    return [f"{document.stated_gross - document.stated_net:f} {document.currency}"]


def _is_domestic(supplier: Place, at_home: Place, document: Document) -> bool:
    """Return whether a supplier is where the books are; a state's territory outside the VAT area is elsewhere.

    Tax at the rates of the state is its own where it may be charged on both sides.
    """
    if supplier.state != at_home.state:
        return share_their_tax(supplier, at_home)
    if supplier.territory == at_home.territory:
        return True
    return is_taxed(document) and supplier.has_tax_of_state and at_home.has_tax_of_state


def _supplier(document: Document, company: Company | None, at_home: Place, day: date) -> Place | None:
    """Place the supplier by its country and its VAT number, which have to agree.

    A number of the books' country says nothing about a supplier elsewhere: it may be registered there, or the number
    may be that of the books' own company.

    :raises Obstacle: when they contradict each other, or the country is not in the tables
    """
    recorded = one_line(company.country_code) if company else ""
    state, in_area = at_home.state, at_home.area is Area.MEMBER
    issuer = country_of(vat_id_of(document, company))
    registered = place_of(issuer, day, "" if recorded else _postcode(company)) if issuer else None
    if not recorded:
        return registered
    seat = place_of(iso_code(recorded), day, _postcode(company))
    if seat is None:
        raise held("country_unknown", country=cut(recorded, _SHOWN))
    if registered is None or registered.state == state != seat.state:
        return seat
    if registered.state == seat.state:
        return registered if registered.area is Area.GOODS_ONLY else seat
    if state not in (seat.state, registered.state) and (seat.area is registered.area or not in_area):
        return seat
    raise held("country_unclear", country=seat.name or seat.state, issuer=registered.name or registered.state)


def _home(home: str, day: date) -> Place:
    """Return the place of the books.

    :raises Obstacle: when their country is none: every supply would seem to come from elsewhere
    """
    place = place_of(iso_code(home), day)
    if place is None:
        raise held("books_country", country=cut(one_line(home), _SHOWN))
    return place


def _postcode(company: Company | None) -> str:
    return bare_postcode(company.postcode) if company else ""
