from __future__ import annotations

import pytest

from debitoor_provider.plugin import PREFIX, DebitoorPlugin
from debitoor_provider.ui import assets
from debitoor_provider.ui.app import app


def test_the_files_of_the_page_are_kept_by_browsers_as_long_as_they_are_the_same(page):
    client = page("viewer")
    answer = client.get(f"static/{assets.VERSION}/app.js")
    assert answer.status_code == 200
    assert answer.content == (assets.FOLDER / "app.js").read_bytes()
    assert "javascript" in answer.headers["content-type"]
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert client.get("static/old/app.js").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "pages/../../app.py", "%2fetc%2fpasswd", "", "pages", "nothing.js"],
)
def test_nothing_else_is_sent(page, path):
    assert page().get(f"static/{assets.VERSION}/{path}").status_code == 404


def test_the_plugin_registers_the_page_with_airflow():
    (react,) = DebitoorPlugin().react_apps
    assert react["bundle_url"] == f"{PREFIX.lstrip('/')}/static/{assets.VERSION}/app.js"
    (mounted,) = DebitoorPlugin().fastapi_apps
    assert (mounted["app"], mounted["url_prefix"]) == (app, PREFIX)
    for name in (react["icon"], react["icon_dark_mode"]):
        assert (assets.FOLDER / name.rpartition("/")[2]).is_file()


def test_the_api_describes_itself(page):
    described = page("viewer").get("openapi.json").json()
    assert "/api/accounts/{account_id}/documents" in described["paths"]
    operations = [one["operationId"] for path in described["paths"].values() for one in path.values()]
    assert len(operations) == len(set(operations))
    undescribed = [
        f"{method} {path}"
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        if not operation.get("description")
    ]
    assert undescribed == []
