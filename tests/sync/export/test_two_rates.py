from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debitoor_provider.sync.export.two_rates import Solution, solve
from debitoor_provider.sync.money import cents

RATES = [Decimal(rate) for rate in ("0", "2.1", "5", "5.5", "7", "9", "10", "12", "13", "16", "19", "20", "25", "25.5")]


def solved(gross: str, net: str, low: str, high: str) -> Solution | None:
    return solve(Decimal(gross), Decimal(net), Decimal(low), Decimal(high))


def shown(solution: Solution | None) -> str:
    assert solution
    spans = "".join(f" {span.rate}:{span.lowest}..{span.highest}" for span in solution.spans)
    return f"{solution.low} {solution.high}{spans}"


@pytest.mark.parametrize(
    ("figures", "split"),
    [
        ("226.00 200.00 7 19", "107.00 119.00 7:106.91..107.09 19:118.91..119.09"),
        ("-226.00 -200.00 7 19", "-107.00 -119.00 7:-107.09..-106.91 19:-119.09..-118.91"),
        ("169.00 150.00 0 19", "50.00 119.00 0:49.97..50.03 19:118.97..119.03"),
        ("130.00 110.00 0 20", "10.00 120.00 0:9.97..10.02 20:119.98..120.03"),
        ("0.60 0.50 7 19", "0.00 0.60"),  # one solution: no other rounds to ten cents
    ],
)
def test_a_split_has_bounds_unless_it_is_the_only_one(figures: str, split: str) -> None:
    assert shown(solved(*figures.split())) == split


@pytest.mark.parametrize(
    "figures",
    ["226.00 100.00 7 19", "190.00 200.00 7 19", "119.00 -100.00 7 19", "226.00 250.00 7 19", "105.00 100.00 7 19"],
)
def test_figures_that_no_split_has_are_not_solved(figures: str) -> None:
    assert solved(*figures.split()) is None


def test_a_tax_that_was_rounded_for_each_line_is_off_by_a_cent() -> None:
    assert shown(solved("119.01", "100.00", "7", "19")).startswith("0.00 119.01")


def brute_force(gross: int, net: int, low: Decimal, high: Decimal) -> set[int]:
    """Return every gross amount at the higher rate, in cents, by trying all with the books' own arithmetic."""

    def taxed(amount: int, rate: Decimal) -> Decimal:
        return cents(Decimal(amount) * rate / 10_000)

    found = set()
    for net_high in range(net + 1):
        net_low = net - net_high
        tax_low, tax_high = taxed(net_low, low), taxed(net_high, high)
        together = cents((net_low * low + net_high * high) / 10_000)
        tax = Decimal(gross - net) / 100
        if tax in (tax_low + tax_high, together):
            found |= {net_high + int(tax_high * 100), gross - net_low - int(tax_low * 100)}
    for gross_high in range(gross + 1):
        parts = (Decimal(gross_high) / (100 + high), Decimal(gross - gross_high) / (100 + low))
        if sum(map(cents, parts)) * 100 == net:
            found.add(gross_high)
    return {part for part in found if 0 <= part <= gross}


rates = st.lists(st.sampled_from(RATES), min_size=2, max_size=2, unique=True).map(sorted)


@given(rates, st.integers(0, 600), st.integers(0, 600), st.integers(-1, 1))
def test_the_bounds_are_those_of_trying_every_split(
    between: list[Decimal], net_low: int, net_high: int, off: int
) -> None:
    low, high = between
    net = net_low + net_high
    gross = net + int(100 * cents((net_low * low + net_high * high) / 10_000)) + off
    tried = brute_force(gross, net, low, high) if gross > 0 else set()
    if not tried:
        return
    found = solve(Decimal(gross) / 100, Decimal(net) / 100, low, high)
    assert found
    assert found.high * 100 in tried
    if len(tried) == 1:
        assert found.spans == ()
    else:
        at_low, at_high = found.spans
        assert (at_high.lowest * 100, at_high.highest * 100) == (min(tried), max(tried))
        assert (at_low.lowest * 100, at_low.highest * 100) == (gross - max(tried), gross - min(tried))


@given(rates, st.integers(1, 10**12), st.integers(1, 10**12), st.sampled_from([1, -1]), st.booleans())
def test_what_an_invoice_was_made_of_lies_within_the_bounds(
    between: list[Decimal], first: int, second: int, sign: int, by_till: bool
) -> None:
    parts = [sign * Decimal(first) / 100, sign * Decimal(second) / 100]
    if by_till:  # gross prices
        gross, net = parts, [cents(part / (1 + rate / 100)) for part, rate in zip(parts, between, strict=True)]
    else:
        net, gross = parts, [cents(part * (1 + rate / 100)) for part, rate in zip(parts, between, strict=True)]
    found = solve(sum(gross, Decimal(0)), sum(net, Decimal(0)), *between)
    assert found
    assert found.low + found.high == sum(gross)
    if not found.spans:
        assert [found.low, found.high] == gross
    for span, part, booked in zip(found.spans, gross, (found.low, found.high), strict=False):
        assert span.lowest <= part <= span.highest
        assert span.lowest <= booked <= span.highest
