from __future__ import annotations

from contextlib import nullcontext

import pytest

from debitoor_provider.services.errors import (
    BadAnswer,
    CredentialsRefused,
    NotFound,
    NotSent,
    RateLimited,
    Refused,
    TooSlow,
    Unavailable,
    UnclearOutcome,
)
from debitoor_provider.services.http.call import Call
from debitoor_provider.services.http.retry import ONCE, QUESTION, READ, REPEATABLE, WRITE, Backoff, RetryRule
from debitoor_provider.services.http.transport import Transport


class Calls:
    """Fails with each of these errors in turn, then succeeds."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.made = 0

    def __call__(self) -> str:
        self.made += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


class _NoService(Transport):
    """Sends nothing: an attempt is what the call's reader makes of it."""

    def _send(self, call: Call):
        return nullcontext()


def with_retries(calls: Calls, rule: RetryRule, backoff: Backoff) -> str:
    transport = _NoService(None, service="Example", explain=lambda *_: None, backoff=backoff)
    return transport._send_until_read(Call("read", "GET", "/a", rule=rule), lambda _: calls())


@pytest.mark.parametrize("rule", [READ, WRITE, REPEATABLE, QUESTION])
@pytest.mark.parametrize("error", [RateLimited("slow"), NotSent("refused")])
def test_an_unexecuted_call_is_sent_again_whatever_it_is(rule, error, backoff):
    assert with_retries(calls := Calls(error), rule, backoff) == "done"
    assert calls.made == 2


@pytest.mark.parametrize("rule", [READ, REPEATABLE])
@pytest.mark.parametrize("error", [Unavailable("503"), BadAnswer("html")])
def test_a_fault_of_a_read_is_tried_again(rule, error, backoff):
    assert with_retries(calls := Calls(error, error), rule, backoff) == "done"
    assert calls.made == 3


@pytest.mark.parametrize("error", [Unavailable("503", status=503, service="S", operation="o"), BadAnswer("html")])
def test_a_fault_of_a_write_is_an_unclear_outcome_and_never_sent_again(error, backoff, naps):
    with pytest.raises(UnclearOutcome) as unclear:
        with_retries(calls := Calls(error), WRITE, backoff)
    assert calls.made == 1
    assert naps == []
    assert unclear.value.status == error.status


def test_an_unclear_outcome_keeps_the_wait_that_the_service_requested(backoff):
    with pytest.raises(UnclearOutcome) as unclear:
        with_retries(Calls(Unavailable("503", retry_after=300)), WRITE, backoff)
    assert unclear.value.retry_after == 300
    assert unclear.value.after(RateLimited("later", retry_after=600)).retry_after == 600
    assert unclear.value.after(RateLimited("soon", retry_after=5)).retry_after == 600


def test_a_call_that_took_too_long_is_not_made_again(backoff, naps):
    for rule, kind in ((READ, TooSlow), (REPEATABLE, TooSlow), (QUESTION, TooSlow), (WRITE, UnclearOutcome)):
        with pytest.raises(kind) as failed:
            with_retries(calls := Calls(TooSlow("slow")), rule, backoff)
        assert type(failed.value) is kind
        assert (calls.made, naps) == (1, [])


@pytest.mark.parametrize("error", [RateLimited("slow"), NotSent("refused"), Unavailable("503")])
def test_an_unrepeatable_call_is_never_repeated(error, backoff):
    with pytest.raises(type(error)):
        with_retries(calls := Calls(error), ONCE, backoff)
    assert calls.made == 1


def test_a_fault_of_a_read_is_raised_unchanged(backoff):
    with pytest.raises(Unavailable):
        with_retries(calls := Calls(Unavailable("503")), QUESTION, backoff)
    assert calls.made == 1


@pytest.mark.parametrize("rule", [READ, WRITE, REPEATABLE, QUESTION])
@pytest.mark.parametrize("error", [NotFound("x"), Refused("x"), CredentialsRefused("x")])
def test_a_permanent_failure_is_raised_at_once(rule, error, backoff):
    with pytest.raises(type(error)):
        with_retries(calls := Calls(error), rule, backoff)
    assert calls.made == 1


def test_without_a_time_the_waits_double(backoff, naps):
    with pytest.raises(RateLimited):
        with_retries(calls := Calls(*[RateLimited("slow")] * 9), WRITE, backoff)
    assert naps == [10, 20, 40]
    assert calls.made == 4


def test_a_call_waits_no_longer_than_a_minute_however_often_the_service_asks(backoff, naps):
    asked = RateLimited("slow", retry_after=25)
    with pytest.raises(RateLimited) as limited:
        with_retries(calls := Calls(asked, asked, asked), READ, backoff)
    assert (limited.value.retry_after, calls.made, naps) == (25, 3, [25, 25])


def test_the_time_a_service_asks_for_is_kept(backoff, naps):
    with_retries(Calls(RateLimited("slow", retry_after=7), Unavailable("503", retry_after=3)), READ, backoff)
    assert naps == [7, 3]


def test_a_wait_that_is_too_long_is_left_to_the_scheduler(backoff, naps):
    with pytest.raises(RateLimited) as limited:
        with_retries(calls := Calls(RateLimited("slow", retry_after=61)), READ, backoff)
    assert (limited.value.retry_after, calls.made, naps) == (61, 1, [])


def test_the_number_of_attempts_is_a_setting(naps):
    with pytest.raises(Unavailable):
        with_retries(calls := Calls(*[Unavailable("503")] * 9), READ, Backoff(fault=(0.5,), sleep=naps.append))
    assert (calls.made, naps) == (2, [0.5])
