"""E-invoices by the hundred: what is proven is right, and what was altered is never proven."""

from __future__ import annotations

import io
import random
import resource
import time
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
CHANGES: list[Callable[[Decimal], Decimal]] = [
    lambda amount: amount + CENT,
    lambda amount: amount - CENT,
    lambda amount: amount * 10,
    lambda amount: amount / 10,
    lambda amount: -amount,
]
ALTERED = ("net", "tax", "gross", "base", "group tax")


def examples(number: int) -> settings:
    """Run as many examples as are worth their time, with a fixed seed."""
    return settings(
        max_examples=number,
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


def test_what_is_proven_is_right_to_the_cent(sample: Callable[[int, int], int]) -> None:
    """10,000 with ``--soak``."""
    examples(sample(300, 10_000))(given(invoices(), st.sampled_from(WRITERS))(_check_right))()


def _check_right(invoice: Stated, write: Callable[[Stated], bytes]) -> None:
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


def test_an_altered_figure_is_never_proven(sample: Callable[[int, int], int]) -> None:
    """10,000 with ``--soak``."""
    one_altered = given(
        invoices(),
        st.sampled_from(WRITERS),
        st.sampled_from(ALTERED),
        st.sampled_from(CHANGES),
        st.integers(min_value=0),
    )
    examples(sample(500, 10_000))(one_altered(_check_altered_figure))()


def _check_altered_figure(
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


def test_an_altered_rate_is_never_proven(sample: Callable[[int, int], int]) -> None:
    """10,000 with ``--soak``."""
    factors = st.sampled_from(["0.01", "0.1", "2", "10"])
    examples(sample(200, 10_000))(given(invoices(), st.sampled_from(WRITERS), factors)(_check_altered_rate))()


def _check_altered_rate(invoice: Stated, write: Callable[[Stated], bytes], factor: str) -> None:
    first, *others = invoice.groups
    altered = replace(invoice, groups=(replace(first, rate=(first.rate * Decimal(factor)).normalize() + 0), *others))
    (read_back,) = read(io.BytesIO(write(altered))).invoices
    assert disproof(read_back) != ()


AMOUNTS = stated(Group(Decimal(19), Decimal("100.00"), Decimal("19.00")))
PDFS = [in_pdf(cii(AMOUNTS)), in_pdf(ubl(AMOUNTS), levels=3), in_pdf(cii(AMOUNTS), associated=True, password="")]
XMLS = [write(AMOUNTS) for write in WRITERS]
SLOWEST = 5.0  # seconds of the processor; a file takes milliseconds
MOST_MEMORY = 256_000  # kB


@pytest.mark.parametrize("originals", [PDFS, XMLS], ids=["pdf", "xml"])
def test_damaged_files_are_read_or_have_a_reason(originals: list[bytes], sample: Callable[[int, int], int]) -> None:
    """Reading ends soon, with invoices, a reason, or neither; 10,000 with ``--soak``."""
    chance = random.Random(1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(sample(400, 10_000)):
        damaged = _damaged(originals[number % len(originals)], chance)
        started = time.process_time()
        found = read(io.BytesIO(damaged))
        assert time.process_time() - started < SLOWEST
        assert not (found.invoices and found.problem)
        for invoice in found.invoices:
            assert disproof(invoice) or by_rate(invoice) is not None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_MEMORY


def _damaged(original: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(original)
    for _ in range(chance.randint(1, 12)):
        place = chance.randrange(len(damaged))
        kind = chance.randrange(5)
        if kind == 0:
            damaged[place] = chance.randrange(256)
        elif kind == 1 and len(damaged) > 100:
            del damaged[place : place + chance.randint(1, 40)]
        elif kind == 2:
            damaged[place:place] = damaged[place : place + chance.randint(1, 40)]
        elif kind == 3:  # a number becomes another one: a length, a reference, an amount
            damaged[place : place + 3] = str(chance.randrange(10 ** chance.randint(1, 12))).encode()
        elif kind == 4 and chance.random() < 0.1:
            del damaged[place + 100 :]
    return bytes(damaged)
