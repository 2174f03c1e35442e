"""What is remembered while somebody is at Debitoor's consent page, on both databases of the ledger."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.ui import consents
from debitoor_provider.ui.consents import Consent
from debitoor_provider.ui.ledger import opened_ledger
from tests.postgresql import new_database

if TYPE_CHECKING:
    from collections.abc import Iterator

WISH = Consent("anna", "debitoor_acme", "https://airflow.example/debitoor/oauth/callback", "new", "books@acme.example")


@pytest.fixture(params=["sqlite", "postgresql"], autouse=True)
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if request.param == "sqlite":
        urls = iter([f"sqlite:///{tmp_path / 'ledger.db'}"])
    else:
        urls = new_database(request.getfixturevalue("postgresql_server"))
    for url in urls:
        monkeypatch.setenv("AIRFLOW__DEBITOOR__LEDGER_CONN", url)
        yield
        opened_ledger().close()


def test_what_was_asked_for_is_given_back_once():
    state = consents.ask(WISH)
    assert consents.take(state, "anna") == WISH
    assert consents.take(state, "anna") is None


def test_only_one_of_many_at_the_same_moment_gets_it():
    state = consents.ask(WISH)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: consents.take(state, "anna"), range(8)))
    assert [wish for wish in taken if wish] == [WISH]


def test_another_user_neither_gets_it_nor_takes_it_away():
    state = consents.ask(WISH)
    assert consents.take(state, "bert") is None
    assert consents.take(state, "anna") == WISH


def test_nobody_gets_it_late(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(consents, "LIFETIME", timedelta(0))
    assert consents.take(consents.ask(WISH), "anna") is None


@pytest.mark.parametrize("state", ["", "guessed", "\x00", "\ud800", "x" * 100_000])
def test_a_state_of_any_kind_is_unknown(state: str):
    consents.ask(WISH)
    assert consents.take(state, "anna") is None


def test_no_two_are_alike():
    assert len({consents.ask(WISH) for _ in range(5)}) == 5
