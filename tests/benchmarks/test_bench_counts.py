"""Benchmarks count what the sandbox's log records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks import p6_quota


def _call(second: float, status: int = 200) -> dict[str, Any]:
    moment = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(seconds=second)
    return {"time": moment.isoformat(), "status": status}


def test_used_is_what_was_let_through_of_what_the_span_from_the_first_call_on_allows() -> None:
    calls = [_call(second) for second in range(5, 50)] + [_call(65)]

    assert p6_quota.count(calls, 100, timedelta(minutes=1)) == p6_quota.Used(used=45.0, refused=0.0)


def test_a_refused_call_uses_nothing_and_counts_among_all() -> None:
    calls = [_call(0), _call(1), _call(2), _call(3, 429)]

    assert p6_quota.count(calls, 4, timedelta(minutes=1)) == p6_quota.Used(used=75.0, refused=25.0)
