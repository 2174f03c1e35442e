"""Generate realistic documents and sales invoices; the same seed and period give the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import TYPE_CHECKING, Any

from debitoor_provider.sandbox import contract, people_actions
from debitoor_provider.sandbox.data.suppliers import CUSTOMERS, HOSTILE, HOSTILE_FILES, SUPPLIERS, Supplier
from debitoor_provider.sandbox.invoice_pdf import PdfInvoice, PdfLine, invoice_pdf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from debitoor_provider.sandbox.companies import Company
    from debitoor_provider.sandbox.world import World

_CENT = Decimal("0.01")
_NOTES = ("", "", "please check", "Danke ✓")
_TAGS = ("books", "private", "Steuerberater", "project-7", "Büro")
# Kinds of documents in the order in which they are generated.
_HOSTILE_EVERY = 10
_KINDS = (
    "plain", "items", "two_rates_items", "credit_note", "foreign", "hostile", "two_rates", "no_date", "no_number",
    "three_rates_items", "plain", "items", "plain", "receipt", "plain", "hostile", "plain", "zero", "items",
    "statement",
)  # fmt: skip


def fill(
    world: World,
    company: Company,
    *,
    documents: int = 0,
    invoices: int = 0,
    seed: int = 0,
    from_date: str | None = None,
    to_date: str | None = None,
) -> dict[str, int]:
    """Generate documents in GetMyInvoices and sales documents in Debitoor.

    :param from_date: first document date, by default twelve months before the sandbox's now
    :param to_date: last document date, by default the sandbox's today
    :return: how many were made
    """
    today = world.clock.now().date()
    last = date.fromisoformat(to_date) if to_date else today
    first = date.fromisoformat(from_date) if from_date else last - timedelta(days=365)
    if first > last:
        raise ValueError("the period ends before it starts")
    random = Random(seed)
    with world.store.transaction():
        for index in range(documents):
            _add_document(world, company, _invented(random, index, company, first, last), random)
        for index in range(invoices):
            _add_sale(world, company, random, index, first, last)
    return {"documents": documents, "invoices": invoices}


@dataclass(frozen=True, slots=True)
class _Invented:
    kind: str
    index: int
    supplier: Supplier
    number: str
    date: date
    currency: str
    lines: tuple[PdfLine, ...]

    @property
    def net(self) -> Decimal:
        return sum((line.net for line in self.lines), Decimal(0))

    @property
    def gross(self) -> Decimal:
        return sum((_gross(line) for line in self.lines), Decimal(0))

    @property
    def rates(self) -> list[Decimal]:
        return list(dict.fromkeys(line.rate for line in self.lines))


def _invented(random: Random, index: int, company: Company, first: date, last: date) -> _Invented:
    kind = _KINDS[index % len(_KINDS)]
    at_home = [supplier for supplier in SUPPLIERS if supplier.country == company.country] or list(SUPPLIERS)
    several_rates = kind.startswith(("two", "three"))  # only domestic suppliers charge several domestic rates
    pool: Sequence[Supplier] = at_home if random.random() < 0.7 or several_rates else SUPPLIERS
    if kind == "hostile":
        pool = HOSTILE
    elif kind == "foreign":
        pool = [supplier for supplier in SUPPLIERS if supplier.currency != company.currency]
    supplier = pool[index // _HOSTILE_EVERY % len(pool)] if kind == "hostile" else random.choice(pool)
    day = first + timedelta(days=random.randrange((last - first).days + 1))
    sign = -1 if kind == "credit_note" else 1
    rates = _rates(random, kind, supplier, company)
    count = max(len(rates), random.randint(1, 5))
    lines = tuple(
        PdfLine(
            text=random.choice(supplier.goods),
            quantity=Decimal(random.randint(1, 9)),
            net=sign * Decimal(0 if kind == "zero" else random.randint(199, 99_999)).scaleb(-2),
            rate=rates[position % len(rates)],
        )
        for position in range(count)
    )
    number = "" if kind == "no_number" else _number(random, index, day)
    currency = supplier.currency if kind == "foreign" else company.currency
    return _Invented(kind, index, supplier, number, day, currency, lines)


def _rates(random: Random, kind: str, supplier: Supplier, company: Company) -> list[Decimal]:
    if supplier.country != company.country:
        return [Decimal(0)]
    known = [Decimal(str(rate)) for rate in contract.STANDARD_VAT.get(supplier.country, (0,))]
    if kind == "three_rates_items":
        return [*known[:2], Decimal(0)]
    if kind.startswith("two_rates"):
        return known[:2] if len(known) > 1 else [known[0], Decimal(0)]
    return [known[0] if random.random() < 0.8 else known[-1]]


def _number(random: Random, index: int, day: date) -> str:
    return random.choice(
        (
            f"RE-{day.year}-{index + 1:05d}",
            f"{4711 + index}",
            f"{day:%Y%m%d}/{index:03d}/A",
            f"R {index + 1}.{day.month}",
        )
    )


def _add_document(world: World, company: Company, invented: _Invented, random: Random) -> None:
    kind, supplier = invented.kind, invented.supplier
    day = "" if kind == "no_date" else invented.date.isoformat()
    title = {"credit_note": "Credit note", "receipt": "Receipt", "statement": "Statement"}.get(kind, "Invoice")
    content = invoice_pdf(
        PdfInvoice(
            title=title, number=invented.number, date=day, seller=supplier.name, buyer=company.name,
            currency=invented.currency, net=invented.net, gross=invented.gross, lines=invented.lines,
            reference=f"{invented.index:06d}-{random.getrandbits(32):08x}",
        )
    )  # fmt: skip
    fields: dict[str, Any] = {}
    if kind.endswith("items"):
        fields["line_items"] = [_item(line) for line in invented.lines]
    if (draw := random.random()) < 0.6:
        fields["workflow"] = {"is_completed": draw < 0.45}
    arrived = datetime.combine(invented.date, time(9, tzinfo=UTC)) + timedelta(seconds=random.randrange(5 * 86400))
    name = f"{title.lower().replace(' ', '-')}-{invented.index + 1:05d}.pdf"
    if kind == "hostile":
        name = HOSTILE_FILES[invented.index // _HOSTILE_EVERY % len(HOSTILE_FILES)]
    paid = random.choice(contract.GMI_PAYMENT_STATUSES)
    people_actions.add_document(
        world, company, content, name,
        supplier=supplier.name, supplier_country=supplier.country, created_at=min(arrived, world.clock.now()),
        document_type=_TYPES.get(kind, "INCOMING_INVOICE"), document_number=invented.number, document_date=day,
        net_amount=invented.net, gross_amount=invented.gross, tax_rates=invented.rates, currency=invented.currency,
        tags=sorted(random.sample(_TAGS, random.randint(0, 2))), note=random.choice(_NOTES),
        payment_status=paid, paid_at=day if paid == "Paid" else "", text=f"{title} {invented.number} {supplier.name}",
        **fields,
    )  # fmt: skip


def _add_sale(world: World, company: Company, random: Random, index: int, first: date, last: date) -> None:
    customer, country = random.choice(CUSTOMERS)
    rates = contract.STANDARD_VAT.get(company.country, (0,)) if country == company.country else (0,)
    lines = [
        {
            "description": random.choice(("Consulting", "Lizenz", "Travel")),
            "quantity": random.randint(1, 8),
            "unit_net_price": Decimal(random.randint(500, 50_000)).scaleb(-2),
            "tax_rate": random.choice(rates),
        }
        for _ in range(random.randint(1, 4))
    ]
    people_actions.add_invoice(
        world, company,
        kind="creditNote" if index % 8 == 7 else "invoice",
        date=(first + timedelta(days=random.randrange((last - first).days + 1))).isoformat(),
        customer_name=customer, customer_country=country, lines=lines, paid=random.random() < 0.5,
    )  # fmt: skip


def _item(line: PdfLine) -> dict[str, Any]:
    return {
        "description": line.text,
        "quantity": line.quantity,
        "unit_net_price": (line.net / line.quantity).quantize(_CENT, ROUND_HALF_UP),
        "tax_percentage": line.rate,
        "tax_amount": _gross(line) - line.net,
        "total_gross": _gross(line),
    }


def _gross(line: PdfLine) -> Decimal:
    return (line.net * (1 + line.rate / 100)).quantize(_CENT, ROUND_HALF_UP)


_TYPES = {"credit_note": "CREDIT_NOTE", "receipt": "RECEIPT", "statement": "STATEMENT"}
