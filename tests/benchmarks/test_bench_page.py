"""What is made of the page's times."""

from __future__ import annotations

import pytest

from benchmarks import page_calls
from benchmarks.page_calls import SCRIPT


def test_the_slowest_call_is_that_with_the_largest_95th_percentile() -> None:
    times = {"one outlier": [1.0] * 99 + [500.0], "often slow": [1.0] * 50 + [30.0] * 50, "quick": [2.0] * 100}

    assert page_calls.slowest(times) == ("often slow", 30.0)


def test_the_slowest_of_a_kind_is_looked_for_by_its_name() -> None:
    times = {"accounts by name": [3.0, 3.0], "accounts, searched": [5.0, 5.0], "runs": [9.0, 9.0]}

    assert page_calls.slowest(times, " by ") == ("accounts by name", 3.0)
    assert page_calls.slowest(times, "searched") == ("accounts, searched", 5.0)


def test_what_looks_through_everything_is_no_usual_call() -> None:
    times = {"everything, sums": [900.0, 900.0], "everything, looked through": [500.0, 500.0], "runs": [9.0, 9.0]}

    assert page_calls.slowest(times) == ("runs", 9.0)
    assert page_calls.slowest(times, page_calls.THOROUGH) == ("everything, sums", 900.0)


@pytest.mark.parametrize(("script", "limit"), [(5.0, 50.0), (10.0, 100.0), (2.5, 25.0)])
def test_the_limit_goes_with_what_the_script_takes_on_the_machine(script: float, limit: float) -> None:
    assert page_calls.limit_here({SCRIPT: [script] * 3}, 50.0, 5.0) == pytest.approx(limit)


def test_each_order_that_the_api_knows_is_measured() -> None:
    orders = {"name": "order", "schema": {"enum": ["name", "-name"]}}
    described = {"paths": {"/debitoor/api/documents": {"get": {"parameters": [{"name": "search"}, orders]}}}}

    assert page_calls._orders(described, "/api/documents") == ["name", "-name"]


def test_a_list_without_an_order_is_an_error() -> None:
    with pytest.raises(LookupError, match="has no order"):
        page_calls._orders({"paths": {"/api/documents": {"get": {"parameters": []}}}}, "/api/documents")
