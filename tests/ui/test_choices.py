from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.sync.account_files.schema import json_schema
from debitoor_provider.sync.naming.template import Template

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient


def test_everything_there_is_to_choose_from(page: Callable[..., TestClient]):
    choices = page("viewer").get("/api/choices").json()
    assert choices["types"] == ["export", "import"]
    assert choices["frequencies"][:3] == ["hourly", "every 4 hours", "daily"]
    assert "SALES_INVOICE" in set(choices["sales_document_types"]) - set(choices["document_types"])
    assert choices["sales_documents"] == ["invoices", "credit_notes"]
    assert "Not paid" in choices["payment_statuses"]
    assert "company" in choices["specification"]
    assert {"Europe/Berlin", "UTC"} <= set(choices["timezones"])
    assert choices["schema"] == json_schema()


def test_each_placeholder_has_an_example(page: Callable[..., TestClient]):
    placeholders = page().get("/api/choices").json()["placeholders"]
    for placeholder in placeholders:
        Template.parse(f"{{{placeholder['name']}}}")
        assert placeholder["example"], placeholder
    (day,) = (one for one in placeholders if one["name"] == "document_date")
    assert day["example"] == "2026-03-01"
    assert "DD.MM.YYYY" in day["description"]


def test_an_anonymous_user_gets_no_choices(page: Callable[..., TestClient]):
    assert page(None).get("/api/choices").status_code == 401
