"""What a person has decided about a document: whose figures are booked, question by question, and facts of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from debitoor_provider.sync.corrections import NO_CORRECTIONS, Corrections, to_corrections
from debitoor_provider.sync.ledger import read_choices
from debitoor_provider.sync.money import ZERO

if TYPE_CHECKING:
    from debitoor_provider.services.getmyinvoices.models import Document

Choice: TypeAlias = Literal["invoice", "record"]
ChosenFigures: TypeAlias = Mapping[str, Choice]
"""Whose figures a person wants booked, by the reason for which the document was held."""

_KNOWN: dict[str, Choice] = {"invoice": "invoice", "record": "record"}


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a person has decided about a document.

    :param choices: each answers its own question and no other
    :param corrections: facts that count instead of the record's
    """

    choices: ChosenFigures = field(default_factory=dict)
    corrections: Corrections = NO_CORRECTIONS


UNDECIDED = Decisions()


def corrected(document: Document, stated: Corrections) -> Document:
    """Return a document with the date and the currency that a person has stated.

    If its record has no gross amount, those that were stated for its rates sum to it.
    """
    if stated.date or stated.currency:
        day, currency = stated.date or document.document_date, stated.currency or document.currency
        document = replace(document, document_date=day, currency=currency)
    if document.stated_gross is None and (gross := sum((amount or ZERO for _, amount in stated.tax), ZERO)):
        document = replace(document, gross_amount=gross, unread_gross="")
    return document


def to_decisions(stored: str) -> Decisions:
    """Return what a person has decided, as the ledger stores it."""
    if not stored:
        return UNDECIDED
    words = read_choices(stored)
    choices = {code: _KNOWN[figures] for code, figures in words.items() if figures in _KNOWN}
    return Decisions(choices, to_corrections(words))
