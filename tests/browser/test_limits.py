"""A run that a limit stopped goes on when a person presses one button."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import ACCOUNT, books, settled

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from debitoor_provider.sandbox.client import CompanyAdmin
    from demo.airflow import LocalAirflow

pytestmark = pytest.mark.system
__all__ = ["books"]

_A_RUN = 120_000  # milliseconds


def test_a_stop_by_a_limit_is_allowed_once_with_one_click(
    books: LocalAirflow, company: CompanyAdmin, page: Page
) -> None:
    dag_id = f"debitoor__{ACCOUNT}"
    books.trigger(dag_id)  # what other tests left is none of the three documents
    books.until(lambda: books.finished([dag_id]), "to move what was left", 180)
    file = books.accounts / f"{ACCOUNT}.yaml"
    before = file.read_text()
    file.write_text(f"{before.rstrip()}\nlimits: {{new_documents: 1}}\n")
    try:
        for number in range(3):
            company.add_document(
                b"%%PDF-1.4\n%% limit %d\n%%%%EOF\n" % number,
                f"limit-{number}.pdf",
                supplier="Paper Ltd",
                supplier_country="DE",
                document_type="INCOMING_INVOICE",
                document_number=f"LIMIT-{number}",
                document_date="2026-03-01",
                net_amount="100.00",
                gross_amount="119.00",
                tax_rates=["19"],
                currency="EUR",
            )
        booked = len(company.expenses())
        settled(page, f"/accounts/{ACCOUNT}/documents")
        page.get_by_role("button", name="Sync now").click()
        allow = page.get_by_role("group", name="Actions").get_by_role("button", name="Allow once")
        expect(allow).to_be_visible(timeout=_A_RUN)
        expect(page.get_by_text("The run has 3 documents to move, and the account allows 1")).to_be_visible()
        assert len(company.expenses()) == booked
        allow.click()
        expect(allow).to_have_count(0, timeout=_A_RUN)
        books.until(lambda: len(company.expenses()) == booked + 3, "to move what was allowed", 120)
    finally:
        file.write_text(before)
