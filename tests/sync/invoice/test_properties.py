"""E-invoices by the hundred: what is proven is right, and what was altered is never proven."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from debitoor_provider.sync.invoice.proof import by_rate, disproof
from debitoor_provider.sync.invoice.reading import read
from tests.sync.invoice.writers import Group, Stated, cii, facturae, fatturapa, in_pdf, oioubl, stated, ubl, zugferd1

CENT = Decimal("0.01")
WRITERS: list[Callable[[Stated], bytes]] = [cii, zugferd1, ubl, oioubl, fatturapa, facturae]
ALTERED = ("net", "tax", "gross", "base", "group tax")


def examples(ci: int) -> settings:
    """As many examples as are worth their time; the seed is fixed, so that each run tries the same."""
    return settings(
        max_examples=ci,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def rounded(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


@st.composite
def invoices(draw: st.DrawFn) -> Stated:
    rates = draw(st.lists(st.sampled_from(["5.5", "7", "10", "19", "20", "25"]), min_size=1, max_size=4, unique=True))
    bases = [draw(st.integers(min_value=100, max_value=10_000_000)) * CENT for _ in rates]
    groups = [
        Group(Decimal(rate), base, rounded(base * Decimal(rate) / 100)) for rate, base in zip(rates, bases, strict=True)
    ]
    return stated(*groups, is_credit_note=draw(st.booleans()), number=draw(st.text("AZaz09-/&<", min_size=1)))


@given(invoice=invoices(), write=st.sampled_from(WRITERS))
@examples(300)
def test_what_is_proven_is_right_to_the_cent(invoice: Stated, write: Callable[[Stated], bytes]) -> None:
    found = read(io.BytesIO(in_pdf(write(invoice))))
    (read_back,) = found.invoices
    sign = -1 if invoice.is_credit_note else 1
    assert disproof(read_back) == ()
    assert (read_back.net, read_back.tax, read_back.gross) == (
        invoice.net * sign,
        invoice.tax * sign,
        invoice.gross * sign,
    )
    assert by_rate(read_back) == {group.rate: (group.base + group.tax) * sign for group in invoice.groups}


@given(
    invoice=invoices(),
    write=st.sampled_from(WRITERS),
    figure=st.sampled_from(ALTERED),
    change=st.sampled_from([lambda x: x + CENT, lambda x: x - CENT, lambda x: x * 10, lambda x: x / 10, lambda x: -x]),
    place=st.integers(min_value=0),
)
@examples(500)
def test_an_altered_figure_is_never_proven(
    invoice: Stated,
    write: Callable[[Stated], bytes],
    figure: str,
    change: Callable[[Decimal], Decimal],
    place: int,
) -> None:
    place %= len(invoice.groups)
    groups = list(invoice.groups)
    if figure == "base":
        groups[place] = replace(groups[place], base=change(groups[place].base))
    elif figure == "group tax":
        groups[place] = replace(groups[place], tax=change(groups[place].tax))
    altered = replace(invoice, groups=tuple(groups))
    if figure in {"net", "tax", "gross"}:
        altered = replace(altered, **{figure: change(getattr(altered, figure))})
    if (write is fatturapa and figure in {"net", "tax"}) or (write is oioubl and figure == "net"):
        return  # the format has no element for it
    (read_back,) = read(io.BytesIO(write(altered))).invoices
    assert disproof(read_back) != ()


@given(invoice=invoices(), write=st.sampled_from(WRITERS), factor=st.sampled_from(["0.01", "0.1", "2", "10"]))
@examples(200)
def test_an_altered_rate_is_never_proven(invoice: Stated, write: Callable[[Stated], bytes], factor: str) -> None:
    first, *others = invoice.groups
    altered = replace(invoice, groups=(replace(first, rate=(first.rate * Decimal(factor)).normalize() + 0), *others))
    (read_back,) = read(io.BytesIO(write(altered))).invoices
    assert disproof(read_back) != ()


@pytest.mark.parametrize("seed", range(8))
def test_damaged_files_are_read_or_have_a_reason(seed: int) -> None:
    """Whatever happened to a file, reading it ends, with invoices, a reason, or neither."""
    chance = random.Random(seed)
    amounts = stated(Group(Decimal(19), Decimal("100.00"), Decimal("19.00")))
    originals = [in_pdf(cii(amounts)), in_pdf(ubl(amounts), levels=3), *(write(amounts) for write in WRITERS)]
    for original in originals:
        for _ in range(12):
            damaged = bytearray(original)
            for _ in range(chance.randint(1, 12)):
                place = chance.randrange(len(damaged))
                kind = chance.randrange(3)
                if kind == 0:
                    damaged[place] = chance.randrange(256)
                elif kind == 1:
                    del damaged[place : place + chance.randint(1, 40)]
                else:
                    damaged[place:place] = damaged[place : place + chance.randint(1, 40)]
            found = read(io.BytesIO(bytes(damaged)))
            assert not (found.invoices and found.problem)
            for invoice in found.invoices:
                disproof(invoice)
