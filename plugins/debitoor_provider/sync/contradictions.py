"""What record and e-invoice of a held document say differently, as values, so that a person can compare them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message
from debitoor_provider.sync.money import exact_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_DIFFERENCES: Mapping[str, Callable[[Message], Iterable[Any]]] = {
    "invoice_contradicts": lambda reason: reason.params.get("differences", ()),
    "unproven_contradicts": lambda reason: reason.params.get("differences", ()),
    "invoice_other_kind": lambda reason: [{"code": "differs_in_kind", "params": reason.params}],
}
"""By the reason of a document that is held for this: the differences."""
AMOUNTS = {"gross", "net", "by_rate"}
"""The figures that are amounts."""


@dataclass(frozen=True, slots=True)
class ComparedValue:
    """One value of a record or an e-invoice.

    :param text: a kind of document in words, a currency, a date as ``2026-01-31`` or an amount as ``119.00``; ``None``
        for a mere rate
    :param rate: tax rate in percent; ``None`` where the value belongs to the whole document
    """

    text: str | None = None
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One thing that record and e-invoice say differently.

    :param what: ``kind``, ``currency``, ``date``, ``gross``, ``net``, ``rates`` or ``by_rate``
    :param record: the record's values; none where it lacks an amount
    :param invoice: the e-invoice's
    """

    what: str
    record: tuple[ComparedValue, ...]
    invoice: tuple[ComparedValue, ...]


def contradictions(reason: Message | None, currency: str = "") -> list[Contradiction]:
    """Return what record and e-invoice of a document say differently.

    What another version of this package wrote, and cannot be read here, is left out: the reason's sentence says it.

    :param reason: why the document is held
    :param currency: of its record
    """
    if reason is None or reason.code not in _DIFFERENCES:
        return []
    found = []
    for difference in _DIFFERENCES[reason.code](reason):
        with suppress(KeyError, TypeError, AttributeError, InvalidOperation):
            found.append(_read(difference))
    of_record, of_invoice = currencies(found, currency)
    return [
        Contradiction(one.what, _canonical(one.record, of_record), _canonical(one.invoice, of_invoice))
        if one.what in AMOUNTS
        else one
        for one in found
    ]


def currencies(found: Iterable[Contradiction], currency: str) -> tuple[str, str]:
    """Return the currencies of the record and of the e-invoice: the record's, unless that is what they differ in."""
    for one in found:
        if one.what == "currency" and one.record and one.invoice:
            return one.record[0].text or "", one.invoice[0].text or ""
    return currency, currency


def lacks_amount(reason: Message | None) -> bool:
    """Return whether the record that an e-invoice contradicts has no amount: there is nothing of it to be booked."""
    return any(one.what == "gross" and not one.record for one in contradictions(reason))


def _read(difference: dict[str, Any]) -> Contradiction:
    what, values = _KINDS[difference["code"]]
    params = difference["params"]
    record = () if difference["code"] == _LACKS else values(params["record"])
    return Contradiction(what, record, values(params["invoice"]))


def _canonical(values: Iterable[ComparedValue], currency: str) -> tuple[ComparedValue, ...]:
    """Return amounts in their canonical form; what cannot be read is left as it is."""
    found = []
    for one in values:
        with suppress(InvalidOperation):
            one = replace(one, text=exact_text(Decimal(one.text or ""), currency))
        found.append(one)
    return tuple(found)


def _plain(stated: str) -> tuple[ComparedValue, ...]:
    return (ComparedValue(stated),)


def _kind(stated: dict[str, Any]) -> tuple[ComparedValue, ...]:
    return (ComparedValue(Message.from_json(stated).text()),)


def _rates(stated: list[str]) -> tuple[ComparedValue, ...]:
    return tuple(ComparedValue(rate=Decimal(rate.removesuffix(" %"))) for rate in stated)


def _amounts(stated: list[dict[str, Any]]) -> tuple[ComparedValue, ...]:
    return tuple(ComparedValue(one["params"]["gross"], Decimal(one["params"]["rate"])) for one in stated)


_LACKS = "lacks_gross"
_KINDS: Mapping[str, tuple[str, Callable[[Any], tuple[ComparedValue, ...]]]] = {
    "differs_in_kind": ("kind", _kind),
    "differs_in_currency": ("currency", _plain),
    "differs_in_date": ("date", _plain),
    "differs_in_gross": ("gross", _plain),
    _LACKS: ("gross", _plain),
    "differs_in_net": ("net", _plain),
    "differs_in_rates": ("rates", _rates),
    "differs_by_rate": ("by_rate", _amounts),
}
"""By the code of the difference: what it is about, and how its values are read."""
