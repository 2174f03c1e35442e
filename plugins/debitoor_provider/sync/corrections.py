"""What a person has stated about one document, where its record is silent or wrong; the record itself is not changed.

The ledger keeps it as words, e.g. ``date=2026-03-01 tax=19:119.00,7:10.70``, next to the person's other decisions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from debitoor_provider.messages import Message
from debitoor_provider.services.http.reading import is_ambiguous, plain_number
from debitoor_provider.sync.accounts.values import quoted
from debitoor_provider.sync.money import LARGEST, cents, is_currency
from debitoor_provider.sync.period import AHEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SupplyKind: TypeAlias = Literal["domestic", "eu", "outside"]
"""A domestic purchase, one from another EU country (reverse charge), or one from outside the EU's VAT area."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """Facts about one document that count instead of its record's.

    :param date: document date
    :param currency: of the document's amounts
    :param tax: gross amount at each tax rate in per cent, in the document's currency; ``None`` for the amount of a
        single rate: the whole gross amount of the record
    :param exchange_rate: worth of one unit of the document's currency in the currency of the books
    :param supply: where the supply comes from
    """

    date: date | None = None
    currency: str = ""
    tax: tuple[tuple[Decimal, Decimal | None], ...] = ()
    exchange_rate: Decimal | None = None
    supply: SupplyKind | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what a document's history keeps."""
        stated: dict[str, Any] = {f"own_{name}": text for name, text in self.texts().items()}
        if self.tax:
            amounts = {f"{rate:f}": f"{gross:f}" for rate, gross in self.tax if gross is not None}
            stated["own_tax"] = amounts or self.rates_text()
        return stated or {"own_withdrawn": True}

    def rates_text(self) -> list[str]:
        """Return the tax rates that are stated, e.g. ``19 %``."""
        return [f"{rate:f} %" for rate, _ in self.tax]

    def words(self) -> str:
        """Return what the ledger keeps."""
        return " ".join(f"{name}={text}" for name, text in self.texts().items())

    def texts(self) -> dict[str, str]:
        """Return what is stated, each fact as a text by its name."""
        parts = {
            "date": self.date.isoformat() if self.date else "",
            "currency": self.currency,
            "tax": ",".join(f"{rate:f}" if gross is None else f"{rate:f}:{gross:f}" for rate, gross in self.tax),
            "exchange_rate": f"{self.exchange_rate:f}" if self.exchange_rate else "",
            "supply": self.supply or "",
        }
        return {name: text for name, text in parts.items() if text}


NO_CORRECTIONS = Corrections()


def to_corrections(words: Mapping[str, str]) -> Corrections:
    """Return what a person has stated, from the words that the ledger keeps, by their names.

    :raises ValueError: when a word does not have its form
    """
    supply = words.get("supply", "")
    return Corrections(
        date=date.fromisoformat(words["date"]) if words.get("date") else None,
        currency=words.get("currency", ""),
        tax=tuple(_tax(part) for part in words["tax"].split(",")) if words.get("tax") else (),
        exchange_rate=_number(words["exchange_rate"], "not_an_exchange_rate") if words.get("exchange_rate") else None,
        supply=next((kind for kind in get_args(SupplyKind) if kind == supply), None),
    )


def typed_number(text: str, read: Callable[[str], Decimal | None]) -> Decimal | Message:
    """Return a number that a person typed, or what is wrong with it.

    :param read: one of the readers of numbers: what has no meaning for it, or two, is wrong; ``1.190`` is a thousand
        and more in most of Europe
    """
    number = read(text)
    if number is not None:
        return number
    code = "correct_two_meanings" if is_ambiguous(text.strip()) else "correct_not_a_number"
    return Message(code, value=quoted(text))


def problems_of(
    stated: Corrections, gross: Decimal | None, start: date | None, end: date | None, *, today: date
) -> Sequence[Message]:
    """Return what is wrong with facts that a person states about a document, as far as it shows without a draft.

    :param gross: the document's gross amount as its record states it, in the books perhaps with the other sign;
        ``None`` where it is not known or does not count
    :param start: first document date that the account takes
    :param end: last document date that the account takes
    """
    problems = []
    if stated.date and stated.date.year < 1970:  # Debitoor contract section 3.4
        problems.append(Message("correction_date_old", date=stated.date))
    elif stated.date and stated.date > today + AHEAD:
        problems.append(Message("correction_date_far", date=stated.date))
    elif stated.date and ((start and stated.date < start) or (end and stated.date > end)):
        problems.append(Message("correction_date_outside", date=stated.date, start=start, end=end))
    if stated.currency and not is_currency(stated.currency):
        problems.append(Message("correction_currency", currency=stated.currency))
    rate = stated.exchange_rate
    if rate is not None and not (0 < rate <= LARGEST and (not gross or cents(gross * rate))):
        problems.append(Message("correction_exchange_rate", rate=stated.exchange_rate))
    problems += _problems_of_tax(stated.tax, gross)
    if stated.supply == "eu" and any(rate for rate, _ in stated.tax):
        problems.append(Message("stated_eu_taxed", tax=stated.rates_text()))
    return problems


def _problems_of_tax(tax: Sequence[tuple[Decimal, Decimal | None]], gross: Decimal | None) -> list[Message]:
    rates = [rate for rate, _ in tax]
    if any(not 0 <= rate <= 100 or rate != cents(rate) for rate in rates) or len(set(rates)) < len(rates):
        return [Message("correction_rates", rates=[f"{rate:f} %" for rate in rates])]
    amounts = [amount for _, amount in tax if amount is not None]
    if len(tax) > 1 and len(amounts) < len(tax):
        return [Message("correction_amount_missing")]
    if any(amount != cents(amount) or abs(amount) > LARGEST for amount in amounts):
        return [Message("correction_amount", largest=LARGEST)]
    if amounts and gross and abs(sum(amounts, Decimal(0))) != abs(gross):
        return [Message("tax_not_total", total=cents(sum(amounts, Decimal(0))), gross=cents(gross))]
    return []


def _tax(part: str) -> tuple[Decimal, Decimal | None]:
    rate, colon, gross = part.partition(":")
    return _number(rate), _number(gross) if colon else None


def _number(text: str, problem: str = "correct_not_a_number") -> Decimal:
    number = plain_number(text)
    if number is None:
        raise ValueError(str(Message(problem, value=quoted(text))))
    return number
