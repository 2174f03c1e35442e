"""Whether two records seem to stand for the same document although nothing connects them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from debitoor_provider.sync.parties import same_first_words, same_party
from debitoor_provider.sync.text import fold

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

_SAME_NUMBER_DAYS = 180  # many suppliers begin with number 1 again each year
_RUN = re.compile(r"[^\W_]+")
_SHORTEST_IN_TEXT = 4  # a shorter number is found by accident


@dataclass(frozen=True, slots=True)
class Facts:
    """What a record states of its document.

    :param number: that the supplier gave the document; empty when it is not known
    :param gross: signed: a credit note is negative
    :param party: supplier or customer; empty when it is not known
    :param text: other text of the record, which may hold the number
    """

    number: str
    date: date | None
    gross: Decimal | None
    currency: str
    party: str
    text: str = ""

    @classmethod
    def of(cls, document: Any) -> Facts:
        """Return the facts of an entry of the ledger, or of a document that is to be one."""
        return cls(
            document.document_number,
            document.document_date,
            document.gross_amount,
            document.currency,
            document.company,
        )


def alike(one: Facts, other: Facts, *, numbers_decide: bool = False) -> bool:
    """Return whether two records may stand for one document.

    They may when the supplier is the same, and either the number or date and gross amount. A supplier that is not
    known, or whose names only begin alike, counts as the same if number, date and gross amount are anyway.

    :param numbers_decide: different numbers mean different documents, because one program numbered all of them
    """
    if one.gross is not None and other.gross is not None and one.gross * other.gross < 0:
        return False  # an invoice and what credits it
    same_number = _same_number(one, other)
    if numbers_decide and one.number and other.number and not same_number:
        return False
    same_amount = _same_amount(one, other)
    if same_number and same_amount:
        known = one.party.strip() and other.party.strip()
        return not known or same_first_words(one.party, other.party) or same_party(one.party, other.party)
    return (same_number or same_amount) and same_party(one.party, other.party)


def number_key(number: str) -> str:
    """Return a document's number without blanks, marks and case; empty when nothing is left of it."""
    return "".join(_runs(number))[:80]


def digit_words(text: str) -> set[str]:
    """Return the words of a text that have a digit, as numbers of documents do."""
    return {word for word in _runs(text) if any(map(str.isdigit, word))}


def _same_number(one: Facts, other: Facts) -> bool:
    if one.date and other.date and abs((one.date - other.date).days) > _SAME_NUMBER_DAYS:
        return False
    if one.number and other.number:
        return bool(number_key(one.number)) and number_key(one.number) == number_key(other.number)
    return _holds(other.text, one.number) or _holds(one.text, other.number)


def _same_amount(one: Facts, other: Facts) -> bool:
    return bool(one.date and one.gross) and (one.date, one.gross, one.currency.upper()) == (
        other.date,
        other.gross,
        other.currency.upper(),
    )


def _holds(text: str, number: str) -> bool:
    """Return whether a text has a number as words of its own."""
    words, wanted = _runs(text), _runs(number)
    if len("".join(wanted)) < _SHORTEST_IN_TEXT or not any(char.isdigit() for char in number):
        return False
    return any(words[start : start + len(wanted)] == wanted for start in range(len(words) - len(wanted) + 1))


def _runs(text: str) -> list[str]:
    return _RUN.findall(fold(text))
