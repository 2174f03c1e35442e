"""What a person is asked about a document because of the e-invoice in its file, before it is booked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.sync.books import OwnBooks
from debitoor_provider.sync.export.evidence import Proof
from debitoor_provider.sync.money import cents
from debitoor_provider.sync.obstacle import held
from debitoor_provider.sync.text import shown

if TYPE_CHECKING:
    from debitoor_provider.services.debitoor.models import Environment
    from debitoor_provider.sync.accounts.settings import ExportAccount
    from debitoor_provider.sync.corrections import Corrections
    from debitoor_provider.sync.export.choices import ChosenFigures
    from debitoor_provider.sync.export.evidence import Evidence
    from debitoor_provider.sync.export.supply import Supply

_OF_THE_RECORD = ("invoice_reverse_charge", "invoice_partly_owed", "invoice_not_owed", "invoice_of_own_company")
"""Questions after which the record's figures are booked, although the invoice does not contradict them."""


def deciding(
    evidence: Evidence | None, account: ExportAccount, choices: ChosenFigures, books: Environment
) -> Evidence | None:
    """Return the evidence whose figures are booked; ``None`` when those of the record are.

    :raises Obstacle: when invoice and record contradict each other, also in their kind, when the invoice is none to be
        paid, or by the books' own company, or its tax is no VAT
    """
    if evidence is None:
        return None
    if evidence.other_taxes and choices.get("invoice_not_vat") != "record":
        raise held("invoice_not_vat", taxes=list(evidence.other_taxes))
    if evidence.is_not_payable and account.invoice == "prove" and choices.get("invoice_not_payable") != "record":
        raise held("invoice_not_payable")
    if account.invoice == "prove" and choices.get("invoice_of_own_company") != "record":
        _check_seller(evidence, books)
    if evidence.other_kind and account.invoice == "prove" and choices.get("invoice_other_kind") != "record":
        raise held("invoice_other_kind", **evidence.other_kind.params)
    is_wanted = True
    if evidence.outcome is Proof.CONTRADICTS:
        chosen = choices.get("invoice_contradicts")
        if chosen is None and account.invoice == "prove":
            raise held("invoice_contradicts", differences=list(evidence.reasons))
        is_wanted = chosen == "invoice"
    is_wanted = is_wanted and all(choices.get(question) != "record" for question in _OF_THE_RECORD)
    if not is_wanted or evidence.invoice is None:
        return None
    return evidence


def _check_seller(evidence: Evidence, books: Environment) -> None:
    """Check that a proven invoice is not that of the books' own company.

    :raises Obstacle: when it is, such as its own sales invoice, or a credit note that a customer wrote for it
    """
    vat_id = evidence.invoice.seller.vat_id if evidence.invoice else ""
    if isinstance(books, OwnBooks) and books.has_vat_id(vat_id):
        raise held("invoice_of_own_company", vat_id=shown(vat_id))


def check_unproven(evidence: Evidence, stated: Corrections) -> None:
    """Check that what is booked is not against all that an e-invoice states which is not proven.

    :param stated: by a person; it counts instead of the record
    :raises Obstacle: when it is
    """
    tax = stated.tax or stated.supply == "outside"
    settled = {"differs_in_currency": stated.currency, "differs_by_rate": tax, "differs_in_net": tax}
    if left := [one for one in evidence.other_figures if not settled.get(one.code)]:
        raise held("unproven_contradicts", differences=left)


def check_tax_owed(proven: Evidence, supply: Supply) -> None:
    """Check that a document is booked with the reverse charge if its e-invoice says so, and no other part of it is.

    :raises Obstacle: when it is not, or when the e-invoice says so of a part or of nothing, and all of it would be
    """
    if proven.buyer_owes_tax and not supply.needs_reverse_charge:
        raise held("invoice_reverse_charge")
    owed, rest = proven.taxed_apart
    if owed and rest and supply.needs_reverse_charge:
        raise held("invoice_partly_owed", owed=cents(owed), rest=cents(rest))
    if not owed and proven.categories and supply.needs_reverse_charge:
        raise held("invoice_not_owed", categories=list(map(shown, proven.categories)))
