from __future__ import annotations

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from debitoor_provider.services.errors import Misconfigured, Refused
from debitoor_provider.services.http.session import HeaderAuth, ServiceSession, checked_base_url, segment
from tests.services.scripted import CANARY, Reply, ScriptedService


def session_of(service: ScriptedService, path: str = "", **settings) -> ServiceSession:
    url = service.url + path
    auth = HeaderAuth("x-token", CANARY, at=url, what="access token")
    return ServiceSession(url, auth=auth, allow_http=True, **settings)


def test_relative_addresses_are_taken_from_the_base_url(service):
    service.on("GET", "/accounts/v3/tags", Reply({}))
    with session_of(service, "/accounts/v3/") as session:
        assert session.get("/tags").status_code == 200
        assert session.get("tags").status_code == 200


@pytest.mark.parametrize("status", [413, 429, 503])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_answered_request_is_not_sent_again_by_the_library(service, method, status):
    """With ``HTTPAdapter(max_retries=…)``, urllib3 2.8.0 waits for *Retry-After* and repeats all of these."""
    service.on(method, "/a", Reply({}, status=status, headers={"Retry-After": "1"}), Reply({}))
    with session_of(service) as session:
        assert session.request(method, "/a", data=b"x").status_code == status
    assert len(service.asked) == 1


def test_every_request_is_signed(service):
    service.on("GET", "/a", Reply({}))
    with session_of(service) as session:
        session.get("/a")
    assert service.asked[0].headers["x-token"] == CANARY


@pytest.mark.parametrize(
    "address",
    ["http://evil.example/a", "https://127.0.0.1/a", "ftp://127.0.0.1/a", "http://127.0.0.1:1/a", "data:text/plain,x"],
)
def test_an_address_at_another_origin_is_refused_and_gets_nothing(service, address):
    with session_of(service) as session, pytest.raises(Refused, match="another host"):
        session.get(address)


def test_an_address_that_looks_like_another_host_stays_at_this_one(service):
    service.on("GET", "/evil.example/a", Reply({}))
    with session_of(service) as session:
        assert session.get("//evil.example/a").status_code == 200


def test_a_request_prepared_elsewhere_cannot_leave_either(service):
    with session_of(service) as session, pytest.raises(Refused):
        session.send(requests.Request("GET", "http://evil.example/").prepare())


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(service, status):
    other = ScriptedService()
    service.on("GET", "/a", Reply({}, status=status, headers={"Location": f"{other.url}/b"}))
    with session_of(service) as session, pytest.raises(Misconfigured, match="redirect"):
        session.get("/a", allow_redirects=True)
    other.stop()
    assert other.asked == []


def test_the_secret_is_signed_in_at_its_own_origin_only():
    auth = HeaderAuth("x-token", CANARY, at="https://api.example.com/v3", what="access token")
    assert "x-token" not in auth(requests.Request("GET", "https://api.example.org/").prepare()).headers
    assert "x-token" not in auth(requests.Request("GET", "http://api.example.com/").prepare()).headers
    assert auth(requests.Request("GET", "https://API.example.com:443/x").prepare()).headers["x-token"] == CANARY


@pytest.mark.parametrize("host", ["bücher.example", "BÜCHER.example", "bu\u0308cher.example"])
def test_an_international_host_is_asked_and_signed_in_one_form(host):
    address = f"https://{host}/v3/"
    assert checked_base_url(address, allow_http=False) == "https://xn--bcher-kva.example:443/v3"
    auth = HeaderAuth("x-token", CANARY, at=address, what="access token")
    with ServiceSession(address, auth=auth) as session:
        request = session.prepare_request(requests.Request("GET", "/documents"))
    assert (request.headers["x-token"], session.origin[1]) == (CANARY, "xn--bcher-kva.example")


def test_cookies_are_not_kept(service):
    service.on("GET", "/a", Reply({}, headers={"Set-Cookie": "id=1"}))
    with session_of(service) as session:
        session.get("/a")
        session.get("/a")
    assert "Cookie" not in service.asked[1].headers


def test_no_request_goes_without_time_limits(service, monkeypatch):
    given = []
    monkeypatch.setattr(
        requests.Session, "send", lambda self, request, **kwargs: given.append(kwargs["timeout"]) or _empty(request)
    )
    with session_of(service, timeouts=(1.0, 2.0)) as session:
        session.get("/a")
        session.get("/a", timeout=(3.0, 4.0))
    assert given == [(1.0, 2.0), (3.0, 4.0)]


def _empty(request: requests.PreparedRequest) -> requests.Response:
    response = requests.Response()
    response.status_code, response.request, response._content = 200, request, b""
    return response


@pytest.mark.parametrize(
    "url",
    ["", "api.example.com", "https://", "ftp://api.example.com", "https://user:pw@api.example.com",
     "https://api.example.com?x=1", "https://api.example.com#x", "https://api.example.com:port", "http://[::1",
     "https://-ü-.example"],
)  # fmt: skip
def test_a_base_url_that_cannot_work_is_reported_at_once(url):
    with pytest.raises(Misconfigured, match="base URL"):
        checked_base_url(url, allow_http=True)


def test_plain_http_has_to_be_allowed():
    with pytest.raises(Misconfigured, match="plain HTTP"):
        checked_base_url("http://127.0.0.1:8000", allow_http=False)
    assert checked_base_url("http://127.0.0.1:8000/", allow_http=True) == "http://127.0.0.1:8000"


@pytest.mark.parametrize("secret", ["", "   ", "two words", "line\nbreak", "ümlaut", "nul\0"])
def test_a_secret_that_cannot_stand_in_a_header_is_reported_without_showing_it(secret):
    with pytest.raises(Misconfigured) as refused:
        HeaderAuth("x-token", secret, at="https://a.example", what="access token")
    assert secret.strip() == "" or secret not in str(refused.value)


def test_blanks_around_a_pasted_secret_are_ignored():
    auth = HeaderAuth("x-token", f"  {CANARY}\n", at="https://a.example", what="access token")
    assert auth(requests.Request("GET", "https://a.example/").prepare()).headers["x-token"] == CANARY


def test_the_secret_is_not_in_any_representation(service):
    with session_of(service) as session:
        assert CANARY not in repr(session)
        assert CANARY not in repr(session.auth)
        assert CANARY not in str(session.headers)


@pytest.mark.parametrize("identifier", ["..", "a/b", "a?b", "a%2fb", "", "a b", "ä", "a" * 65])
def test_an_id_cannot_change_the_path(identifier):
    with pytest.raises(Refused):
        segment(identifier)


@pytest.mark.parametrize("location", ["http://[::1", "", "\x01", "//"])
def test_where_a_redirect_would_lead_is_not_even_read(service, location):
    service.on("GET", "/a", Reply({}, status=302, headers={"Location": location}))
    with session_of(service) as session, pytest.raises(Misconfigured, match="redirect"):
        session.get("/a")


def test_a_proxy_of_the_environment_is_for_https_alone(service, monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert ServiceSession("https://a.example").proxies["https"] == "http://127.0.0.1:9"
    assert ServiceSession("https://a.example", proxy="").proxies == {}
    with session_of(service) as plain, session_of(service, proxy="http://127.0.0.1:8") as chosen:
        assert plain.proxies == {}
        assert chosen.proxies["http"] == "http://127.0.0.1:8"


_PARAMS = st.dictionaries(
    st.text(max_size=5),
    st.text(max_size=5) | st.integers() | st.none() | st.lists(st.integers(), max_size=2),
    max_size=3,
)


@given(
    st.text(alphabet="ab.~-_/%20é?#&=: ", max_size=12), _PARAMS | st.text(max_size=5), st.none() | st.binary(max_size=9)
)
def test_a_call_is_prepared_as_requests_would_do_it(path, params, data):
    session = ServiceSession(
        "https://a.example/v3", auth=HeaderAuth("x-token", CANARY, at="https://a.example", what="")
    )
    method = "GET" if data is None else "POST"
    try:
        theirs = session.prepare_request(requests.Request(method, f"/{path}", params=params, data=data))
    except (Refused, requests.RequestException) as refused:
        with pytest.raises(type(refused)):
            session.prepared(method, f"/{path}", params=params, data=data, headers={})
        return
    ours = session.prepared(method, f"/{path}", params=params, data=data, headers={})
    assert (ours.method, ours.url, ours.headers, ours.body) == (
        theirs.method, theirs.url, theirs.headers, theirs.body,
    )  # fmt: skip
