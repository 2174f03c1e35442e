"""An account that there is not is said to be none, whichever list of it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.sync.ledger import PlannedDocument

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from debitoor_provider.sync.ledger import Ledger

OF_ONE = ["", "/documents", "/documents.csv", "/documents/sums", "/documents/1", "/runs"]
LISTS = [
    *(f"api/accounts/{{account}}{part}" for part in OF_ONE),
    *(f"api/{part}?account={{account}}" for part in ("documents", "documents.csv", "documents/sums", "attention")),
]


@pytest.fixture(autouse=True)
def acme(account_file: Callable[..., Any]) -> None:
    account_file("acme-receipts")


@pytest.mark.parametrize("address", LISTS)
def test_the_nearest_account_is_named(page: Callable[..., TestClient], address: str):
    answer = page().get(address.format(account="acme-reciepts"))
    assert answer.status_code == 404
    assert answer.json() == {
        "detail": "There is no account acme-reciepts.",
        "remedy": "Did you mean acme-receipts?",
    }


@pytest.mark.parametrize("address", LISTS)
def test_none_is_named_when_none_is_near(page: Callable[..., TestClient], address: str):
    answer = page().get(address.format(account="zzz"), headers={"Accept-Language": "fr"})
    assert (answer.status_code, answer.json().keys()) == (404, {"detail"})
    assert answer.json()["detail"].startswith("Le compte zzz n")


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("documents/actions", {"action": "ignore", "ids": [1], "reason": "as agreed"}),
        ("limits/allow", {"ids": [1]}),
        ("preview", {}),
        ("check", {}),
    ],
)
def test_nothing_is_done_with_an_account_that_there_is_not(
    page: Callable[..., TestClient], address: str, body: dict[str, Any]
):
    answer = page().post(f"api/accounts/acme-reciepts/{address}", json=body)
    assert (answer.status_code, answer.json()["remedy"]) == (404, "Did you mean acme-receipts?")


def test_documents_of_an_account_whose_file_is_gone_are_listed(page: Callable[..., TestClient], ledger: Ledger):
    ledger.plans.enter("former", "export", "r", [PlannedDocument("1", "k", "{}")])
    assert page().get("api/accounts/former/documents").json()["total"] == 1


@pytest.mark.parametrize("address", LISTS)
def test_who_may_not_see_an_account_does_not_learn_whether_it_is_there(
    page: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch, address: str
):
    monkeypatch.setattr("debitoor_provider.ui.access.may", lambda *_: False)
    answers = [page().get(address.format(account=account)) for account in ("acme-receipts", "acme-reciepts")]
    assert [answer.status_code for answer in answers] == [403, 403]
