"""What ``make bench`` asks of the page is answered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from airflow import settings
from starlette.testclient import TestClient

from benchmarks import page_calls
from benchmarks.page_server import Page
from benchmarks.shelf import fill_airflow, fill_ledger, write_accounts
from debitoor_provider.configuration import ledger_url
from tests.ui.conftest import ORIGIN


class Untimed:
    """A session that knows no time limits, as the test client knows none."""

    def __init__(self, client: TestClient) -> None:
        self._client = client

    def get(self, url: str, *, params: dict[str, object] | None = None, timeout: float = 0) -> object:
        return self._answer("GET", url, params=params)

    def post(self, url: str, *, json: object, timeout: float = 0) -> object:
        return self._answer("POST", url, json=json)

    def _answer(self, method: str, url: str, **options: object) -> object:
        answer = self._client.request(method, url, **options)
        answer.ok = answer.is_success
        return answer


def test_each_call_that_is_measured_is_answered(page: Callable[..., TestClient], accounts: Path) -> None:
    accounts.rmdir()
    write_accounts(accounts, 12)
    assert settings.engine
    fill_airflow(settings.engine, 12)
    fill_ledger(ledger_url(), 12, 600)

    times, refused = page_calls.milliseconds(Page(ORIGIN, Untimed(page())), 2)

    assert refused == []
    assert {len(taken) for taken in times.values()} == {2}
    assert len(times) > 60
