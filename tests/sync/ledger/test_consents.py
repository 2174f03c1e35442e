"""Pending consents, on both databases of the ledger."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.sync.ledger import Consent

if TYPE_CHECKING:
    from debitoor_provider.sync.ledger import Ledger
    from tests.sync.ledger.samples import Clock

WISH = Consent("anna", "debitoor_acme", "https://airflow.example/debitoor/oauth/callback", "new", "books@acme.example")


def test_a_consent_is_taken_once(ledger: Ledger):
    state = ledger.consents.ask(WISH)
    assert ledger.consents.take(state, "anna") == WISH
    assert ledger.consents.take(state, "anna") is None


def test_only_one_of_many_at_the_same_moment_gets_it(ledger: Ledger):
    state = ledger.consents.ask(WISH)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: ledger.consents.take(state, "anna"), range(8)))
    assert [wish for wish in taken if wish] == [WISH]


def test_another_user_neither_gets_it_nor_takes_it_away(ledger: Ledger):
    state = ledger.consents.ask(WISH)
    assert ledger.consents.take(state, "bert") is None
    assert ledger.consents.take(state, "anna") == WISH


def test_an_expired_consent_is_not_returned(ledger: Ledger, clock: Clock):
    in_time, late = ledger.consents.ask(WISH), ledger.consents.ask(WISH)
    clock.pass_by(minutes=9, seconds=59)
    assert ledger.consents.take(in_time, "anna") == WISH
    clock.pass_by(seconds=1)
    assert ledger.consents.take(late, "anna") is None


@pytest.mark.parametrize("state", ["", "guessed", "\x00", "\ud800", "x" * 100_000])
def test_a_state_of_any_kind_is_unknown(ledger: Ledger, state: str):
    ledger.consents.ask(WISH)
    assert ledger.consents.take(state, "anna") is None


def test_no_two_are_alike(ledger: Ledger):
    assert len({ledger.consents.ask(WISH) for _ in range(5)}) == 5
