from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from debitoor_provider.services.errors import CredentialsRefused, Misconfigured, WrongUserAgent
from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
from tests.services.scripted import CANARY, Reply

STATUS = "/accounts/v3/apiStatus"
ACCOUNT = "/accounts/v3/account"
OK = Reply({"success": True})


def client_of(service, **settings) -> GetMyInvoicesClient:
    return GetMyInvoicesClient(api_key=CANARY, base_url=f"{service.url}/accounts/v3", allow_http=True, **settings)


@pytest.mark.parametrize(
    ("given", "sent"), [("G-20707-0", "G-20707-0"), ("20707", "G-20707"), (" g-20707 ", "G-20707")]
)
def test_the_account_id_is_in_the_user_agent_of_every_call(service, given, sent):
    service.on("GET", STATUS, OK)
    with client_of(service, account_id=given) as client:
        client.check()
    assert service.asked[0].headers["User-Agent"].endswith(f"({sent})")


def test_an_account_id_that_was_not_given_is_asked_for_once(service):
    service.on("GET", ACCOUNT, Reply({"accountId": "G-20707-0", "name": "Jo"}))
    service.on("GET", STATUS, OK)
    with client_of(service) as client:
        client.check()
        client.check()
    assert [asked.path for asked in service.asked] == [ACCOUNT, STATUS, STATUS]
    assert "G-" not in service.asked[0].headers["User-Agent"]
    assert "(G-20707-0)" in service.asked[1].headers["User-Agent"]


def test_many_threads_request_the_account_id_once(service):
    service.on("GET", ACCOUNT, Reply({"accountId": 20707}))
    service.on("GET", STATUS, OK)
    with client_of(service) as client, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: client.check(), range(8)))
    assert len(service.calls("GET", ACCOUNT)) == 1
    asked = service.calls("GET", STATUS)
    assert len(asked) == 8
    assert all("(G-20707)" in one.headers["User-Agent"] for one in asked)


@pytest.mark.parametrize("odd", ["acme", "G-", "G-1\r\nX: y", "G-1-2-3", "٣"])
def test_a_malformed_account_id_is_reported_at_once(service, odd):
    with pytest.raises(Misconfigured, match="account id"):
        client_of(service, account_id=odd)


def test_an_odd_account_id_from_the_service_does_not_reach_the_header(service):
    service.on("GET", ACCOUNT, Reply({"accountId": "x\r\nEvil: 1"}))
    service.on("GET", STATUS, Reply({"errors": [{"detail": "Invalid user agent."}]}, status=400))
    with client_of(service) as client, pytest.raises(WrongUserAgent, match="account id"):
        client.check()


def test_an_unknown_time_zone_is_reported_at_once(service):
    with pytest.raises(Misconfigured, match="time zone"):
        client_of(service, timezone="Europe/Atlantis")


def test_a_key_that_is_refused_is_refused_while_the_account_is_asked_for(service):
    service.on("GET", ACCOUNT, Reply({"errors": [{"code": 403, "detail": "API Key does not exist"}]}, status=403))
    with client_of(service) as client, pytest.raises(CredentialsRefused):
        client.documents()


def test_who_a_key_belongs_to(service):
    record = {
        "accountId": "G-1-0",
        "name": "Jo",
        "organization": "Acme",
        "email": "a@b.example",
        "timezone": "Europe/Berlin",
        "apiKeyType": "FULL_PERMISSION",
        "hasBankingAccess": 1,
    }
    service.on("GET", ACCOUNT, Reply(record))
    with client_of(service) as client:
        account = client.account()
    assert (account.account_id, account.organization, account.has_banking_access) == ("G-1-0", "Acme", True)


def test_the_program_is_named_so_that_documents_show_their_source(service):
    service.on("GET", STATUS, OK)
    with client_of(service, account_id="1") as client:
        client.check()
    assert service.asked[0].headers["x-application"] == "Apache Airflow"
    assert service.asked[0].headers["X-API-KEY"] == CANARY


def test_the_account_number_is_known_or_requested(service):
    service.on("GET", ACCOUNT, Reply({"accountId": "G-20707-0"}))
    with client_of(service, account_id="G-20707-0") as long, client_of(service, account_id="20707") as short:
        assert long.account_number == short.account_number == "20707"
    assert service.asked == []
    with client_of(service) as asks:
        assert asks.account_number == asks.account_number == "20707"
    assert len(service.asked) == 1


def test_an_account_without_an_id_is_reported(service):
    service.on("GET", ACCOUNT, Reply({"name": "Jo"}))
    with client_of(service) as client, pytest.raises(Misconfigured, match="account's id"):
        _ = client.account_number


def test_clients_ask_the_same_however_the_address_is_spelled_and_another_service_differs():
    def asks_as(base_url: str) -> str:
        with GetMyInvoicesClient(api_key=CANARY, base_url=base_url) as client:
            return client.asks_as

    usual = asks_as("https://api.example.com/accounts/v3")
    assert asks_as("HTTPS://API.example.com:443/accounts/v3/") == usual
    assert usual not in {asks_as("https://api.example.com/accounts/v4"), asks_as("https://api.example.org/accounts/v3")}
