from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from debitoor_provider.services.getmyinvoices.models import Document, LineItem
from debitoor_provider.sync.export.tax_lines import TaxSplit, split
from debitoor_provider.sync.money import LARGEST, cents, net_of
from debitoor_provider.sync.obstacle import Obstacle, ObstacleKind


def document(gross: str | None, net: str | None = None, rates: str = "", items: str = "") -> Document:
    """Return a document: ``rates`` as in ``"7 19"``, ``items`` as in ``"19:119.00 7:10.70"``, ``-`` if missing."""
    return Document(
        1,
        "INCOMING_INVOICE",
        gross_amount=Decimal(gross) if gross else None,
        net_amount=Decimal(net) if net else None,
        tax_rates=tuple(map(Decimal, rates.split())),
        line_items=tuple(item(*part.split(":")) for part in items.split()),
    )


def item(rate: str, gross: str) -> LineItem:
    def amount(text: str) -> Decimal | None:
        return None if text == "-" else Decimal(text)

    return LineItem("", None, None, amount(rate), None, amount(gross))


def lines(parts: TaxSplit) -> str:
    return " ".join(f"{line.rate:f}:{line.gross}" for line in parts.lines)


@pytest.mark.parametrize(
    ("source", "booked"),
    [
        # one rate: the gross amount, whatever else is missing
        (document("119.00", "100.00", "19"), "19:119.00"),
        (document("119.00", None, "19"), "19:119.00"),
        (document("119.00", "0", "19"), "19:119.00"),  # 0 means unknown
        (document("119.00", "100.00", "19.00 19"), "19:119.00"),
        (document("-119.00", "-100.00", "19"), "19:-119.00"),
        (document("1163.40", "1000.00", "16.34"), "16.34:1163.40"),
        (document("119.01", "100.00", "19"), "19:119.01"),  # a cent may come from rounding
        (document("50.00", "50.00", "0"), "0:50.00"),
        # nothing to pay: 0 is an amount
        (document("0.00", "0.00", "0"), "0:0"),
        (document("0.00", None, "19"), "19:0"),
        (document("0.00", "0.00", "7 19"), "7:0"),
        (document("0.00", "0.00", "", "19:0.00"), "0:0"),
        (document("0.00", "0.00", "19", "19:119.00 19:-119.00"), "19:0"),
        (document("0.00", "0.00", "", "19:119.00 7:-119.00"), "7:-119.00 19:119.00"),
        # no rate, but no tax either
        (document("50.00", "50.00"), "0:50.00"),
        # two rates: from net, tax and rates
        (document("226.00", "200.00", "7 19"), "7:107.00 19:119.00"),
        (document("226.00", "200.00", "19 7"), "7:107.00 19:119.00"),
        (document("-226.00", "-200.00", "7 19"), "7:-107.00 19:-119.00"),
        (document("169.00", "150.00", "0 19"), "0:50.00 19:119.00"),
        (document("119.00", "100.00", "7 19"), "19:119.00"),  # the other rate has no part in it
        (document("107.00", "100.00", "7 19"), "7:107.00"),
        (document("119.01", "100.00", "7 19"), "19:119.01"),  # a cent of rounding is no part
        # the line items say more than the rates
        (document("226.00", "200.00", "7 19", "19:119.00 7:107.00"), "7:107.00 19:119.00"),
        (document("336.00", None, "", "19:119.00 7:107.00 10:110.00"), "7:107.00 10:110.00 19:119.00"),
        (document("226.00", "200.00", "19", "19:60 19:59 7:107"), "7:107.00 19:119.00"),
        (document("109.00", None, "", "19:119.00 19:-10.00"), "19:109.00"),  # a discount
        (document("119.02", "100.00", "", "19:59.50 19:59.50"), "19:119.02"),
        (document("119.00", "100.00", "7", "19:119.00"), "19:119.00"),  # the net amount says which rate is right
        (document("226.00", None, "0 7 19", "19:119.00 7:107.00"), "7:107.00 19:119.00"),
        (document("226.00", "0.00", "7 19", "19:119.00 7:107.00"), "7:107.00 19:119.00"),
        (document("119.00", None, "7 19", "19:119.00 7:0"), "19:119.00"),
        (document("119.00", None, "19", "19:119.00 7:0"), "19:119.00"),
        (document("228.00", None, "7 19", "19:119.00 7:107.00 0:2.00"), "0:2.00 7:107.00 19:119.00"),
        (document("119.00", None, "", "19:119.00 7:0"), "19:119.00"),
        # line items that are incomplete or do not add up are ignored
        (document("119.00", "100.00", "19", "-:119.00"), "19:119.00"),
        (document("119.00", "100.00", "19", "19:-"), "19:119.00"),
        (document("119.00", "100.00", "19", "7:50.00"), "19:119.00"),
        (document("226.00", "200.00", "7 19", "7:226.00"), "7:107.00 19:119.00"),
    ],
)
def test_a_document_has_one_line_for_each_tax_rate(source: Document, booked: str) -> None:
    parts = split(source)
    assert lines(parts) == booked
    assert sum(line.gross for line in parts.lines) == source.gross_amount


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (document(None, None, "19"), "no_amount"),
        (replace(document(None, "100.00", "19"), unread_gross="1.190"), "gross_unreadable"),
        (replace(document("119.00", None, "19"), unread_net="1.000"), "net_unreadable"),
        (document("0.00", "0.00"), "zero_amount"),  # as GetMyInvoices writes an amount that it does not have
        (document("0.00"), "zero_amount"),
        (document("0.00", "0.00", "19", "19:119.00"), "zero_amount"),
        (document("119.005", None, "19"), "odd_amount"),
        (document("100000000000000", None, "19"), "odd_amount"),
        (document("119.00"), "no_tax_rate"),
        (document("119.00", "100.00"), "no_tax_rate"),
        (document("119.00", "100.00", "7"), "figures_disagree"),
        (document("119.00", "-100.00", "19"), "figures_disagree"),
        (document("226.00", None, "7 19"), "no_net_amount"),
        (document("226.00", "100.00", "7 19"), "figures_disagree"),
        (document("190.00", "200.00", "7 19"), "figures_disagree"),
        (document("336.00", "300.00", "7 10 19"), "too_many_rates"),
        (document("336.00", "300.00", "7 10 19", "7:107.00"), "too_many_rates"),
        # line items at other rates, and no net amount that would confirm them
        (document("119.00", "0.00", "7", "19:119.00"), "items_disagree"),
        (document("119.00", None, "7 19", "19:119.00"), "items_disagree"),
        (document("226.00", None, "19", "19:119.00 7:107.00"), "items_disagree"),
        (document("119.00", None, "19", "0:119.00"), "items_disagree"),
        (document("119.00", None, "0", "19:119.00"), "items_disagree"),
        (document("119.00", None, "-19"), "odd_rate"),
        (document("119.00", None, "101"), "odd_rate"),
        (document("119.00", None, "19.005"), "odd_rate"),
        (document("119.00", None, "19", "19.005:119.00"), "odd_rate"),
    ],
)
def test_unclear_figures_are_rejected_and_never_guessed(source: Document, code: str) -> None:
    with pytest.raises(Obstacle) as obstacle:
        split(source)
    assert (obstacle.value.kind, obstacle.value.code) == (ObstacleKind.REJECTED, code)
    assert obstacle.value.message.text().endswith(".")
    assert obstacle.value.message.remedy().endswith(".")
    assert "E+" not in obstacle.value.message.text()


@pytest.mark.parametrize("gross", [None, "0.00"])
@pytest.mark.parametrize("rates", ["", "19", "7 19"])
def test_a_net_amount_alone_is_held_and_no_gross_amount_is_computed(gross: str | None, rates: str) -> None:
    with pytest.raises(Obstacle) as obstacle:
        split(document(gross, "100", rates))
    assert (obstacle.value.kind, obstacle.value.code) == (ObstacleKind.HELD, "net_alone")
    assert obstacle.value.message.text().endswith("its net amount alone, 100.00.")


def test_a_rounding_difference_goes_to_the_largest_line_and_is_recorded() -> None:
    parts = split(document("226.02", "200.00", "", "7:107.00 19:119.00"))
    assert (lines(parts), parts.rounding) == ("7:107.00 19:119.02", Decimal("0.02"))
    parts = split(document("-226.02", None, "", "7:-107.00 19:-119.00"))
    assert (lines(parts), parts.rounding) == ("7:-107.00 19:-119.02", Decimal("-0.02"))


def many_items(gross: str, rates: str = "7 19") -> Document:
    """Return a document with 500 line items at three rates that come to 650.00."""
    items = " ".join(["7:1.00"] * 300 + ["19:1.50"] * 100 + ["0:2.00"] * 100)
    return document(gross, None, rates, items)


def test_a_rounding_difference_of_many_line_items_is_ten_cents_at_most() -> None:
    assert lines(split(many_items("650.10"))) == "0:200.00 7:300.10 19:150.00"
    for gross in ("650.11", "649.89", "655.00"):
        with pytest.raises(Obstacle) as obstacle:
            split(many_items(gross, "0 7 19"))
        assert obstacle.value.code == "too_many_rates"


amounts = st.decimals(-LARGEST, LARGEST, places=2)
rates = st.sampled_from([Decimal(rate) for rate in ("0", "5.5", "7", "10", "19", "20", "25")])


@given(st.dictionaries(rates, st.integers(1, 10**9), min_size=1, max_size=2), st.sampled_from([1, -1]))
def test_what_an_invoice_was_made_of_is_found_again(parts: dict[Decimal, int], sign: int) -> None:
    """Each part's tax is rounded once, as on a real invoice; the parts come out as exact as that allows."""
    nets = {rate: sign * Decimal(hundredths) / 100 for rate, hundredths in parts.items()}
    gross = {rate: cents(net * (1 + rate / 100)) for rate, net in nets.items()}
    whole, net = sum(gross.values(), Decimal(0)), sum(nets.values(), Decimal(0))
    found = split(document(str(whole), str(net), " ".join(map(str, nets))))
    assert sum(line.gross for line in found.lines) == whole
    low, high = min(nets), max(nets)
    slack = Decimal("0.03") * (100 + high) / (high - low) if high > low else 0
    by_rate = {line.rate: line.gross for line in found.lines}
    assert all(abs(by_rate.get(rate, Decimal(0)) - gross[rate]) <= slack for rate in nets)
    assert abs(sum(net_of(line.gross, line.rate) for line in found.lines) - net) <= Decimal("0.02")


@given(
    st.builds(
        Document,
        st.just(1),
        st.just("RECEIPT"),
        gross_amount=st.none() | amounts,
        net_amount=st.none() | amounts,
        tax_rates=st.lists(rates, max_size=4).map(tuple),
        line_items=st.lists(
            st.builds(
                LineItem,
                st.just(""),
                st.none(),
                st.none(),
                st.none() | rates,
                st.none(),
                st.none() | st.decimals(-10000, 10000, places=3),
            ),
            max_size=5,
        ).map(tuple),
    )
)
def test_lines_sum_to_the_gross_amount_or_there_are_none(source: Document) -> None:
    try:
        parts = split(source)
    except Obstacle:
        return
    assert sum(line.gross for line in parts.lines) == source.gross_amount
    assert len({line.rate for line in parts.lines}) == len(parts.lines)
    assert all(line.gross == cents(line.gross) for line in parts.lines)


@settings(deadline=None)
@given(st.lists(st.tuples(rates, st.decimals(-1000, 1000, places=2)), min_size=1, max_size=8), st.data())
def test_any_figures_of_any_service_are_read(items: list[tuple[Decimal, Decimal]], data: Any) -> None:
    strange = st.decimals(allow_nan=False, allow_infinity=False).filter(lambda n: abs(n.adjusted()) <= 18)
    gross = data.draw(strange)
    assume(gross)
    source = Document(
        1,
        "RECEIPT",
        gross_amount=gross,
        net_amount=data.draw(strange),
        tax_rates=tuple(data.draw(st.lists(strange, max_size=3))),
        line_items=tuple(LineItem("", None, None, rate, None, total) for rate, total in items),
    )
    try:
        parts = split(source)
    except Obstacle:
        return
    assert sum(line.gross for line in parts.lines) == gross
