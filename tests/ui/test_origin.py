"""Changes come from the page itself or from a script with a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.ui.conftest import ORIGIN, token_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

CHANGES = ["POST", "PUT", "PATCH", "DELETE"]
REFUSED = 403
"""Before any route is looked for; where there is none, an own request gets as far as 404 or 405."""


@pytest.fixture
def signed_in(page: Callable[..., TestClient]) -> TestClient:
    client = page("admin")
    del client.headers["Origin"]
    return client


@pytest.mark.parametrize("method", CHANGES)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": f"{ORIGIN}.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": ORIGIN},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN},
        {"Authorization": "Basic YWRtaW46YWRtaW4="},
    ],
    ids=str,
)
def test_another_site_changes_nothing_with_a_users_cookie(
    signed_in: TestClient, method: str, headers: dict[str, str]
) -> None:
    answer = signed_in.request(method, "api/nothing", headers=headers)
    assert (answer.status_code, answer.json()) == (REFUSED, {"detail": "This change was requested by another site."})


@pytest.mark.parametrize("method", CHANGES)
@pytest.mark.parametrize("headers", [{"Origin": ORIGIN}, {"Sec-Fetch-Site": "same-origin"}], ids=str)
def test_the_page_itself_may(signed_in: TestClient, method: str, headers: dict[str, str]) -> None:
    assert signed_in.request(method, "api/nothing", headers=headers).status_code in {404, 405}


@pytest.mark.parametrize("method", CHANGES)
def test_a_script_with_a_token_needs_no_origin(page: Callable[..., TestClient], method: str) -> None:
    script = page(None)
    del script.headers["Origin"]
    headers = {"Authorization": f"Bearer {token_of('admin')}"}
    assert script.request(method, "api/nothing", headers=headers).status_code in {404, 405}


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}], ids=str)
def test_a_token_does_not_help_another_site(page: Callable[..., TestClient], headers: dict[str, str]) -> None:
    """Airflow itself adds a token to every request when all users are admins, as in the demo."""
    browser = page(None)
    del browser.headers["Origin"]
    token = {"Authorization": f"Bearer {token_of('admin')}"}
    assert browser.post("api/nothing", headers=headers | token).status_code == REFUSED


@pytest.mark.parametrize(
    "address", ["https://airflow.example/sub", "HTTPS://Airflow.Example:443", "http://airflow.example"]
)
def test_the_address_that_airflow_is_known_by_counts_behind_a_proxy(
    signed_in: TestClient, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", address)
    assert signed_in.post("api/nothing", headers={"Origin": "https://airflow.example"}).status_code in {404, 405}


def test_reading_is_free(signed_in: TestClient) -> None:
    assert signed_in.get("openapi.json", headers={"Origin": "https://evil.example"}).status_code == 200
