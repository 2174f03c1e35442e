from __future__ import annotations

import pytest
import requests

from debitoor_provider.services.http.session import ServiceSession
from tests.services.raw_server import dripping, raw_server
from tests.services.scripted import Reply


def adapter_of(session: ServiceSession):
    return session.get_adapter(session.base_url)


def test_calls_share_one_pool_of_connections(service):
    service.on("GET", "/a", Reply({}))
    with ServiceSession(service.url, allow_http=True) as session:
        for _ in range(3):
            session.get("/a")
        request = session.prepared("GET", "/a", headers={})
        pool = adapter_of(session).get_connection_with_tls_context(request, session.verify)
        assert pool.num_requests == 3


def test_a_session_that_was_closed_opens_a_new_one(service):
    service.on("GET", "/a", Reply({}))
    session = ServiceSession(service.url, allow_http=True)
    session.get("/a")
    session.close()
    assert session.get("/a").status_code == 200
    session.close()


def test_one_call_may_want_other_certificates_than_the_last(tmp_path):
    bundle = tmp_path / "ours.pem"
    bundle.write_text("")
    session = ServiceSession("https://a.example")
    request = session.prepared("GET", "/a", headers={})
    adapter = adapter_of(session)

    def checks(verify: bool | str) -> tuple[str | None, str | None]:
        pool = adapter.get_connection_with_tls_context(request, verify)
        adapter.cert_verify(pool, request.url, verify, None)
        return pool.cert_reqs, pool.ca_certs

    assert checks(str(bundle)) == ("CERT_REQUIRED", str(bundle))
    assert checks(False) == ("CERT_NONE", None)
    assert checks(str(bundle)) == ("CERT_REQUIRED", str(bundle))


def test_a_proxy_that_takes_plain_http_gets_the_whole_address(service):
    service.answer_all(Reply({"by": "the proxy"}))
    with ServiceSession("http://a.example", allow_http=True, proxy=service.url) as session:
        assert session.get("/b?c=1").json() == {"by": "the proxy"}
    assert service.asked[0].headers["Host"] == "a.example"


def test_a_call_through_a_proxy_has_its_time_limit_too():
    with (
        raw_server(dripping(b"HTTP/1.1 200 OK\r\nX: "), pause=0.05) as proxy,
        ServiceSession("http://a.example", allow_http=True, proxy=proxy.url, timeouts=(1.0, 0.2)) as session,
    ):
        with pytest.raises(requests.RequestException):
            session.get("/a")
        assert proxy.requests == 1


def test_a_response_is_what_requests_would_make_of_it(service):
    service.on("GET", "/a", Reply({"n": "ü"}, headers={"Content-Type": "application/json; charset=utf-8", "X-A": "1"}))
    theirs = requests.get(f"{service.url}/a", timeout=5)
    with ServiceSession(service.url, allow_http=True) as session:
        ours = session.get("/a")
    for attribute in ("status_code", "reason", "url", "encoding", "content", "text", "ok", "is_redirect", "history"):
        assert getattr(ours, attribute) == getattr(theirs, attribute), attribute
    assert {**ours.headers, "Date": ""} == {**theirs.headers, "Date": ""}
    assert type(ours.headers) is type(theirs.headers)
    assert ours.raw.status == 200
    assert ours.connection is adapter_of(session)
