"""An expense as it is about to be booked, and what the ledger keeps of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message
from debitoor_provider.sync.export.booked_amounts import BookedAmounts
from debitoor_provider.sync.ledger import Sent
from debitoor_provider.sync.marks import PAID_BEFORE
from debitoor_provider.sync.money import ZERO
from debitoor_provider.sync.rate_sums import gross_amounts
from debitoor_provider.sync.statement import Statement, sums_by_rate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from debitoor_provider.services.debitoor.models import NewExpense
    from debitoor_provider.services.getmyinvoices.models import Document
    from debitoor_provider.sync.export.conversion import ConversionRate
    from debitoor_provider.sync.export.evidence import Evidence
    from debitoor_provider.sync.export.two_rates import Span


@dataclass(frozen=True)
class Booking:
    """An expense ready to be booked, but for its file.

    :param expense: without ``file_id``
    :param document: with the figures that are booked, in its own currency: those of its e-invoice where that decided
    :param currency: of the books
    :param rounding: what was put on the largest line so that the lines sum to the document's gross amount
    :param nearest: what each line can be instead, where the document's figures leave several splits by tax rate;
        empty if the lines are exact
    :param rate: at which the document was converted; ``None`` if its amounts are those of the document
    :param evidence: what the e-invoice in the document's file says; ``None`` if the file was not read
    :param remarks: why it is booked so, where that is not seen from the figures, by their names in the history
    :ivar figures: what the books will say
    """

    expense: NewExpense
    document: Document
    currency: str
    rounding: Decimal = ZERO
    nearest: tuple[Span, ...] = ()
    evidence: Evidence | None = None
    rate: ConversionRate | None = None
    remarks: Mapping[str, Message] = field(default_factory=dict)
    figures: BookedAmounts = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "figures", BookedAmounts.of(self.expense.date, self.expense.lines))

    def with_file(self, file_id: str) -> NewExpense:
        """Attach the uploaded file."""
        return replace(self.expense, file_id=file_id)

    @cached_property
    def statement(self) -> Statement:
        """What the books will say."""
        figures = self.figures
        by_rate = sums_by_rate(figures.by_rate.items())
        return Statement(figures.date, by_rate, figures.gross, self.currency, figures.reverse_charge)

    @cached_property
    def sent(self) -> Sent:
        """What the ledger keeps of the figures."""
        document, figures = self.document, self.figures
        own = (document.stated_net, document.stated_gross, document.currency, document.document_number)
        names = document.company_name, document.filename
        is_reverse = self.expense.lines[0].reverse_charge is not None
        by_rate = gross_amounts(self.statement.by_rate, reverse_charge=is_reverse)
        return Sent(figures.gross, self.currency, figures.date, *own, *names, by_rate=by_rate)

    def as_json(self) -> dict[str, Any]:
        """Return what the history keeps: the figures, ``rounding``, ``nearest``, ``exchange_rate`` and the reasons."""
        detail = self.figures.as_json() | self.spans()
        if self.rounding:
            detail["rounding"] = f"{self.rounding:f}"
        if self.rate:
            detail["exchange_rate"] = self.rate.message.as_json()
        return detail | self.reasons()

    def reasons(self) -> dict[str, Any]:
        """Return what the history keeps in addition to the figures: ``invoice``, ``invoice_says``, and the remarks."""
        proof = self.evidence.as_json() if self.evidence else {}
        return proof | {name: remark.as_json() for name, remark in self.remarks.items()}

    @property
    def mark(self) -> Message | None:
        """That the split is the nearest of several, with the bounds of each rate; or that a part was paid before."""
        if self.nearest:
            return Message("nearest_split", spans=[span_message(span) for span in self.nearest])
        return self.remarks.get(PAID_BEFORE)

    @property
    def marks(self) -> tuple[Message, ...]:
        """What to know of it before it is booked: the mark, and the rule of its reverse charge."""
        rule, why = self.expense.lines[0].reverse_charge, self.remarks.get("reverse_charge")
        known = [self.mark]
        if rule and why:
            bought, use = rule.product_or_service, rule.consumption_or_resale
            known.append(Message("booked_with_reverse_charge", bought=bought, use=use, why=why))
        return tuple(filter(None, known))

    @property
    def invoice(self) -> str:
        """The result of looking for an e-invoice in the document's file; empty if the file was not read."""
        return str(self.evidence.outcome) if self.evidence else ""

    def spans(self) -> dict[str, Any]:
        """Return the bounds of a split that is the nearest of several: lowest and highest amount of each rate."""
        spans = {f"{span.rate:f}": [f"{span.lowest:f}", f"{span.highest:f}"] for span in self.nearest}
        return {"nearest": spans} if spans else {}


def span_message(span: Span) -> Message:
    """Return the lowest and the highest amount at a rate."""
    return Message("gross_at_rate", lowest=span.lowest, highest=span.highest, rate=span.rate)
