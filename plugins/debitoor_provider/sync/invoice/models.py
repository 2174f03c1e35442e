"""An e-invoice's figures, whatever format they were written in.

Amounts have the sign that they have in the books of the buyer: positive raises what is owed, negative lowers it,
so that a credit note is negative although most formats write its amounts as positive.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from debitoor_provider.messages import Message

VAT = "VAT"


class Syntax(StrEnum):
    """The format that an e-invoice is written in."""

    CII = "cii"
    ZUGFERD_1 = "zugferd1"
    UBL = "ubl"
    OIOUBL = "oioubl"
    FATTURAPA = "fatturapa"
    FACTURAE = "facturae"


class InvoiceKind(StrEnum):
    """What an e-invoice is (UNTDID 1001, as far as the books differ)."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    CORRECTION = "correction"
    SELF_BILLED = "self_billed"
    PREPAYMENT = "prepayment"
    NOT_PAYABLE = "not_payable"
    NO_INVOICE = "no_invoice"


NO_INVOICES = {InvoiceKind.NOT_PAYABLE, InvoiceKind.NO_INVOICE}
"""What proves nothing. The former says of itself that it is nothing to be paid, such as a pro-forma invoice.

The latter may be the data of an invoice, as a booking aid (751) is, whose PDF is the invoice.
"""


@dataclass(frozen=True, slots=True)
class Party:
    """Seller or buyer.

    :param country: ISO 3166 alpha-2, ``""`` if it is not stated
    :param postcode: as written, ``""`` if it is not stated
    :param vat_id: without blanks and dots, ``""`` if it is not stated
    """

    name: str = ""
    country: str = ""
    vat_id: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """The part of an invoice with one tax category and rate.

    :param category: UNCL 5305 code: ``S``, ``Z``, ``E``, ``AE``, ``K``, ``G``, ``O``, ``B`` …
    :param rate: per cent without superfluous zeros; ``None`` if it is not stated
    :param base: net amount; ``None`` if it is not stated
    :param tax: tax amount; ``None`` if it is not stated
    :param tax_type: ``VAT``, or the format's own code of another tax
    """

    category: str
    rate: Decimal | None
    base: Decimal | None
    tax: Decimal | None
    tax_type: str = VAT


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice. Amounts that are not stated are ``None``; one that is stated as 0 is 0.

    :param net: total without tax (BT-109)
    :param tax: total of the tax in the invoice's currency (BT-110)
    :param gross: total with tax (BT-112), which is what is booked
    :param payable: what is still to be paid (BT-115)
    :param prepaid: what was paid before (BT-113)
    :param rounding: rounding of the payable amount (BT-114)
    :param accounting_currency: currency of the tax office, if another one (BT-6)
    :param accounting_tax: total of the tax in that currency (BT-111)
    :param exchange_rate: units of ``accounting_currency`` for ``exchange_units`` of ``currency``, if stated
    :param exchange_units: of ``currency``, whose worth ``exchange_rate`` is
    """

    syntax: Syntax
    kind: InvoiceKind
    number: str
    date: date | None
    currency: str
    net: Decimal | None
    tax: Decimal | None
    gross: Decimal | None
    groups: tuple[TaxGroup, ...]
    seller: Party = Party()
    buyer: Party = Party()
    payable: Decimal | None = None
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    accounting_currency: str = ""
    accounting_tax: Decimal | None = None
    exchange_rate: Decimal | None = None
    exchange_units: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in a document's file.

    :param invoices: none if the file holds no e-invoice; several where one file holds several
    :param problem: why the file, or an e-invoice in it, could not be read, maybe next to others that could; ``None`` if
        there is simply none
    """

    invoices: tuple[Invoice, ...] = ()
    problem: Message | None = None
