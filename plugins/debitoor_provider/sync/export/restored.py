"""Documents restored from the expenses that were made of them, e.g. after the ledger was lost."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from debitoor_provider.sync.export.present import marked_lines
from debitoor_provider.sync.ledger import FoundDocument
from debitoor_provider.sync.markers import without_marker
from debitoor_provider.sync.money import ZERO
from debitoor_provider.sync.parties import same_party
from debitoor_provider.sync.rate_sums import RateAmounts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from debitoor_provider.services.debitoor.models import Expense, ExpenseLine
    from debitoor_provider.sync.statement import StatedRate

_NUMBER, _COMPANY = "document_number", "company"
_REAL_AMOUNT = re.compile(r"(-?\d+\.\d\d) ([A-Z]{3})(?: \(.+\))?", re.ASCII)


def found_documents(
    expenses: Iterable[Expense], key_of: Callable[[int], str], specification: Sequence[str]
) -> Iterator[FoundDocument]:
    """Yield the documents whose marker is on an expense, once for each expense.

    Of an expense that a person made of several documents, each of them has its own lines.

    :param key_of: returns the exchange key of a document
    :param specification: the fields that the account writes into the text of its expenses, in order
    """
    for expense in expenses:
        marked = marked_lines(expense)
        for uid, own in marked.items():
            part = expense if len(marked) == 1 else _part(expense, own)
            yield _restored(part, uid, key_of(uid), without_marker(own[0].description), specification)


def _part(expense: Expense, lines: Sequence[ExpenseLine]) -> Expense:
    """Return an expense as if it had no other lines."""
    gross, net = _total(line.gross_amount for line in lines), _total(line.net_amount for line in lines)
    return replace(expense, lines=tuple(lines), total_gross_amount=gross, total_net_amount=net)


def _total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    stated = list(amounts)
    return None if None in stated else sum(filter(None, stated), ZERO)


def _restored(expense: Expense, uid: int, key: str, text: str, specification: Sequence[str]) -> FoundDocument:
    words = text.split(" / ")
    net, gross, currency = expense.total_net_amount, expense.total_gross_amount, expense.currency
    real = _REAL_AMOUNT.fullmatch(words[0])
    if real and real[2] != currency.upper():  # a document in another currency, whose text begins with its own amount
        net, gross, currency = None, Decimal(real[1]), real[2]
        del words[0]
    return FoundDocument(
        source_id=str(uid),
        exchange_key=key,
        target_id=expense.id,
        target_name=expense.file.file_name if expense.file else None,
        document_date=expense.date,
        document_number=number_in(words, specification, [str(uid), str(expense.date or "")], expense.supplier_name),
        company=expense.supplier_name,
        currency=currency,
        net_amount=net,
        gross_amount=gross,
        booked_gross=expense.total_gross_amount or ZERO,  # what has no value is left out (Debitoor contract 3.5)
        booked_currency=expense.currency,
        by_rate=amounts_by_rate(expense),
        moved_at=expense.created_date,
    )


def amounts_by_rate(expense: Expense) -> dict[StatedRate, RateAmounts]:
    """Return the amounts of an expense by tax rate, if its lines state them."""
    found: dict[StatedRate, RateAmounts] = {}
    for line in expense.lines:
        gross, net, tax = line.gross_amount, line.net_amount, line.tax_amount
        if line.tax_rate is None or gross is None or net is None or tax is None:
            return {}
        others = found.get(line.tax_rate, RateAmounts(ZERO)).completed(line.tax_rate)
        is_reverse = line.has_reverse_charge and not line.tax_rate
        found[line.tax_rate] = RateAmounts(gross + others[0], net + others[1], tax + others[2], is_reverse)
    is_whole = sum(amounts.gross for amounts in found.values()) == expense.total_gross_amount
    return {rate: amounts for rate, amounts in found.items() if amounts.gross} if is_whole else {}


def number_in(words: Sequence[str], specification: Sequence[str], others: Collection[str], company: str) -> str:
    """Return the document's number among the fields of an expense's text; empty if it is not certain which it is.

    Fields that were empty are not in the text, and the account may have had another specification before.

    :param words: the fields as they are written
    :param others: values of other fields, which are no number
    :param company: the supplier's name
    """
    if _NUMBER not in specification:
        return ""
    place = specification.index(_NUMBER)
    if place == 0 and list(specification[1:2]) == [_COMPANY]:
        for after, word in enumerate(words):
            if same_party(word, company):
                return " / ".join(words[:after])  # a number may have the separator in it
    possible = [word for word in words[: place + 1] if _may_be_number(word, others, company)]
    if len(words) == len(specification) and words[place] in possible:
        return words[place]
    return possible[0] if len(possible) == 1 else ""


def _may_be_number(word: str, others: Collection[str], company: str) -> bool:
    return any(char.isdigit() for char in word) and word not in others and not same_party(word, company)
