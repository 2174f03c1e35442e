"""The page of an account that a DAG moves without a file shows its documents, and offers nothing that needs a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import Ledger, PlannedDocument, Run, State
from tests.browser.conftest import take
from tests.browser.test_pages import settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from demo.airflow import LocalAirflow

pytestmark = pytest.mark.system
RUN = "tagged_receipts/manual__1#own-held"


@pytest.fixture
def held(airflow: LocalAirflow) -> None:
    """Enter a run of such a DAG, and the document that it held."""
    ledger = Ledger.open(f"sqlite:///{airflow.home / 'debitoor_ledger.db'}")
    ledger.runs.start(Run(RUN, "own-held", "export", "manual"))
    reason = Message("foreign_currency", currency="USD", books="EUR")
    ledger.plans.enter(
        "own-held", "export", RUN, [PlannedDocument("17", "own:17", "{}", State.HELD, reason, "own.pdf")]
    )
    ledger.runs.finish(RUN, counts={"held": 1}, verdict="success")
    ledger.close()


def test_it_is_listed_and_a_decision_is_taken_on_its_page(
    page: Page, held: None, barriers: Callable[[Page], list[str]]
) -> None:
    settled(page, "")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="own-held", exact=True))
    expect(row.get_by_text("the DAG tagged_receipts moves its documents")).to_be_visible()
    expect(row.get_by_role("button")).to_have_count(0)  # none of its actions needs a file
    assert barriers(page) == []
    take(page, "fileless")
    settled(page, "/accounts/own-held/documents")
    expect(page.get_by_text("the DAG tagged_receipts moves its documents")).to_be_visible()
    assert page.get_by_role("tab").all_inner_texts() == ["Documents", "Runs"]
    expect(page.get_by_role("button", name="Sync now")).to_have_count(0)
    page.get_by_role("tab", name="Runs").click()
    page.get_by_role("link", name="1 held").click()
    expect(page.get_by_role("link", name="own.pdf")).to_be_visible()
    settled(page, "/accounts/own-held/settings")
    expect(page.get_by_text("There is nothing at this address.")).to_be_visible()
    settled(page, "/attention?account=own-held")
    expect(page.get_by_role("link", name="own.pdf")).to_be_visible()
