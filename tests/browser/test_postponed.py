"""A run with a date in the future is named by the page, which ends it with one button."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import take
from tests.browser.test_pages import ACCOUNT, books, settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from demo.airflow import LocalAirflow

pytestmark = pytest.mark.system
__all__ = ["books"]
DAG_ID = f"debitoor__{ACCOUNT}"


def test_a_run_with_a_logical_date_in_the_future_is_ended_on_the_page(
    books: LocalAirflow, page: Page, barriers: Callable[[Page], list[str]]
) -> None:
    date = datetime.now(UTC) + timedelta(days=400)
    run = books.call("POST", f"/dags/{DAG_ID}/dagRuns", {"logical_date": date.isoformat(), "conf": {}})
    path = f"/dags/{DAG_ID}/dagRuns/{run['dag_run_id']}"
    try:
        settled(page, "")
        row = page.get_by_role("row").filter(has=page.get_by_text("Waits for its date", exact=True))
        expect(row.get_by_text(f"or delete the run {run['dag_run_id']} in Airflow")).to_be_visible()
        take(page, "postponed")
        assert barriers(page) == []
        settled(page, f"/accounts/{ACCOUNT}/documents")
        expect(page.get_by_text(f"or delete the run {run['dag_run_id']} in Airflow")).to_be_visible()
        expect(page.get_by_role("button", name="Sync now")).to_have_count(0)
        page.get_by_role("group", name="Actions").get_by_role("button", name="Stop").click()
        page.get_by_role("button", name="Stop the run").click()
        expect(page.get_by_text("Waits for its date", exact=True)).to_have_count(0)
        assert books.call("GET", path)["state"] == "failed"
    finally:
        books.call("DELETE", path)
