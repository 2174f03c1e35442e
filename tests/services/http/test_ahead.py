from __future__ import annotations

import threading

import pytest

from debitoor_provider.services.http.ahead import PagesAhead


def test_a_page_without_known_successors_is_got_in_the_thread_that_asks():
    with PagesAhead(lambda number: (number, threading.current_thread())) as pages:
        assert pages.get(1) == (1, threading.current_thread())


def test_the_next_page_is_got_at_the_same_time_and_each_once():
    asked: list[int] = []
    together = threading.Barrier(2, timeout=10)

    def fetch(number: int) -> int:
        asked.append(number)
        if number <= 4:
            together.wait()
        return 10 * number

    with PagesAhead(fetch) as pages:
        assert [pages.get(number, range(number + 1, 6)) for number in range(1, 6)] == [10, 20, 30, 40, 50]
    assert sorted(asked) == [1, 2, 3, 4, 5]


def test_an_error_is_raised_where_the_page_is_asked_for():
    def fetch(number: int) -> int:
        if number == 2:
            raise OSError("page 2")
        return number

    with PagesAhead(fetch) as pages:
        assert pages.get(1, [2, 3]) == 1
        with pytest.raises(OSError, match="page 2"):
            pages.get(2, [3])
        assert pages.get(3) == 3
