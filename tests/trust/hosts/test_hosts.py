"""Hosts: no request and no token leaves the hosts of the connection, and none goes unprotected unless it says so."""

from __future__ import annotations

import contextlib
import io
import json
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from debitoor_provider.hooks.debitoor import DebitoorHook
from debitoor_provider.hooks.getmyinvoices import GetMyInvoicesHook
from debitoor_provider.services.debitoor.client import DebitoorClient
from debitoor_provider.services.debitoor.models import File
from debitoor_provider.services.debitoor.oauth import authorize_url, exchange_code
from debitoor_provider.services.errors import Misconfigured, ServiceError, StopError
from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
from debitoor_provider.services.getmyinvoices.models import NewDocument
from debitoor_provider.services.http.retry import Backoff
from tests.services.scripted import CANARY, PDF, Reply, ScriptedService, pdf
from tests.trust.hosts.destinations import OtherHost, odd_links, watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.sync.stage import Stage
    from tests.trust.common.referee import Referee
    from tests.trust.common.tally import Tally

NO_RETRIES = Backoff(slow_down=(), fault=())
FAST = {"calls_per_minute": 100_000, "calls_per_day": 10_000_000}
CALLBACK = "https://airflow.example/callback"


@pytest.fixture
def others(service: ScriptedService) -> Iterator[list[OtherHost]]:
    """Listen on another port of the same host, and on the same port of another host."""
    opened = [OtherHost(), OtherHost(urlsplit(service.url).port or 0)]
    yield opened
    for other in opened:
        other.close()


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Write both of Airflow's default connections into the environment."""
    monkeypatch.setenv("AIRFLOW__DEBITOOR__PACING_URL", "memory://")

    def write(host: str, extra: dict[str, Any] | None = None, **fields: Any) -> None:
        given = {**FAST, **({"allow_http": True} if extra is None else extra)}
        for kind, login in (("getmyinvoices", "G-1-0"), ("debitoor", "")):
            connection = {"conn_type": kind, "host": host, "password": CANARY, "login": login, "extra": given, **fields}
            monkeypatch.setenv(f"AIRFLOW_CONN_{kind.upper()}_DEFAULT", json.dumps(connection))

    return write


def _clients(url: str, **settings: Any) -> tuple[GetMyInvoicesClient, DebitoorClient]:
    common = {"base_url": url, "allow_http": True, "backoff": NO_RETRIES, **settings}
    return GetMyInvoicesClient(api_key=CANARY, account_id="G-1-0", **common), DebitoorClient(token=CANARY, **common)


def _calls(url: str) -> dict[str, Callable[[], object]]:
    """Return one call of each kind: reads, downloads, writes, uploads, hooks, their test, the consent."""
    gmi, books = _clients(url)
    upload = NewDocument("a.pdf", "RECEIPT")

    def hook(kind: Any, method: str) -> object:
        with kind(method=method) as opened:
            opened.client.transport._backoff = NO_RETRIES
            return opened.run("/x", {} if method == "GET" else "{}")

    return {
        "list documents": gmi.documents,
        "read document": lambda: gmi.document(1),
        "download document": lambda: gmi.download(1, io.BytesIO(), filename="a.pdf"),
        "upload document": lambda: gmi.upload(upload, PDF),
        "archive document": lambda: gmi.archive(1),
        "read environment": books.environment,
        "list expenses": books.expenses,
        "upload file": lambda: books.upload_file("a.pdf", io.BytesIO(PDF), len(PDF)),
        "download file": lambda: books.download_file("5e", io.BytesIO()),
        "delete expense": lambda: books.delete_expense("5e"),
        "GetMyInvoices hook": lambda: hook(GetMyInvoicesHook, "GET"),
        "Debitoor hook": lambda: hook(DebitoorHook, "POST"),
        "GetMyInvoices test": lambda: _raise_unless_works(GetMyInvoicesHook().test_connection()),
        "Debitoor test": lambda: _raise_unless_works(DebitoorHook().test_connection()),
        "consent": lambda: exchange_code(CANARY, "code", CALLBACK, f"{url}/token", allow_http=True),
    }


KNOWN_PATHS = {"/apiStatus", "/api/environment/v1"}


def _raise_unless_works(outcome: tuple[bool, str]) -> None:
    works, sentence = outcome
    if not works:
        raise Misconfigured(sentence)


@pytest.mark.parametrize("status", [300, 301, 302, 303, 305, 307, 308])
def test_no_redirect_is_followed_by_any_call(
    status: int, service: ScriptedService, others: list[OtherHost], connect: Callable[..., None], tally: Tally
) -> None:
    connect(service.url)
    own = urlsplit(service.url).netloc
    targets = [f"{other.url}/a" for other in others] + [
        *("/b", "//" + urlsplit(others[0].url).netloc, f"https://{own}/a", f"http://u:p@{own}/a", f"{service.url}/b"),
        *("", "\x01", "http://[::1", "javascript:alert(1)"),
    ]
    calls = _calls(service.url)
    for target in targets:
        answer = Reply({"access_token": "x"}, status=status, headers={"Location": target} if target else {})
        service.answer_all(answer)
        for name, call in calls.items():
            before = len(service.asked)
            with watched() as seen:
                try:
                    call()
                    tally.add("wrong", f"{name}: {status} to {target!r} was taken for an answer")
                except StopError as error:
                    if "redirect" not in str(error):
                        tally.add("wrong", f"{name}: {status} to {target!r} says {error}")
                except Exception as error:  # noqa: BLE001 - whatever else it is, it is wrong
                    tally.add("wrong", f"{name}: {status} to {target!r} ends in {error!r}")
            called = [asked.path for asked in service.asked[before:]]  # a known path shows whether all have moved
            if not called or len(called) != len(set(called)):
                tally.add("wrong", f"{name}: {called} were called after {status} to {target!r}")
            if len(set(called) - KNOWN_PATHS) > (2 if name == "download document" else 1):  # it has two ways
                tally.add("wrong", f"{name}: {called} were called after {status} to {target!r}")
            _only(own, seen, tally, f"{name}: {status} to {target!r}")
            tally.case()
    _silent(others, tally)


def test_no_link_leads_to_another_host(
    service: ScriptedService, others: list[OtherHost], connect: Callable[..., None], tally: Tally
) -> None:
    connect(service.url)
    service.answer_all(pdf())
    own = urlsplit(service.url).netloc
    _, books = _clients(service.url)
    hooks = [GetMyInvoicesHook(), DebitoorHook()]
    answered = 0
    for other in others:
        for link in odd_links(own, urlsplit(other.url).netloc):
            for name, follow in (
                ("download file", lambda link=link: books.download_file(File("5e", url=link), io.BytesIO())),
                ("session", lambda link=link: books.session.get(link)),
                ("GetMyInvoices hook", lambda link=link: hooks[0].run(link)),
                ("Debitoor hook", lambda link=link: hooks[1].run(link)),
            ):
                with watched() as seen:
                    try:
                        follow()
                        answered += 1
                    except (ServiceError, OSError, ValueError) as error:
                        if isinstance(error, ServiceError) and CANARY in str(error):
                            tally.add("secrets", f"{name}: {link!r}")
                    except Exception as error:  # noqa: BLE001 - whatever else it is, it is wrong
                        tally.add("wrong", f"{name}: {link!r} ends in {error!r}")
                _only(own, seen, tally, f"{name}: {link!r}")
                tally.case()
    assert answered  # the own host was called
    for asked in service.asked:
        if asked.headers.get("Host") != own:
            tally.add("wrong", f"the request {asked.path!r} went out for {asked.headers.get('Host')!r}")
    _silent(others, tally)


@pytest.mark.parametrize("scheme", ["host", "schema", "upper case"])
@pytest.mark.parametrize("allow_http", [None, False, "false", "", 0, "no", "off"])
def test_plain_http_is_only_for_connections_that_allow_it(
    scheme: str, allow_http: object, service: ScriptedService, connect: Callable[..., None], tally: Tally
) -> None:
    service.answer_all(Reply({"access_token": "x"}))
    parts = urlsplit(service.url)
    extra = {} if allow_http is None else {"allow_http": allow_http}
    extra |= {"exchange_url": f"{service.url}/token", "client_secret": CANARY, "client_id": "x"}
    extra |= {"authorize_url": f"{service.url}/consent"}
    if scheme == "schema":
        connect(parts.hostname or "", extra, schema="http", port=parts.port)
    else:
        connect(service.url if scheme == "host" else service.url.replace("http", "HTTP"), extra)
    for kind in (GetMyInvoicesHook, DebitoorHook):
        works, sentence = kind().test_connection()
        if works or "plain HTTP" not in sentence:
            tally.add("wrong", f"{kind.__name__} says {sentence}")
        for call in (lambda: kind().run("/x"), lambda: kind().client, lambda: kind().get_conn()):  # noqa: B023 - called within the loop
            _refused(call, tally)
    hook = DebitoorHook()
    _refused(lambda: hook.exchange_code("code", CALLBACK), tally)
    _refused(lambda: hook.consent_url(CALLBACK, "state"), tally)
    for make in (GetMyInvoicesClient, DebitoorClient):
        key = {"api_key" if make is GetMyInvoicesClient else "token": CANARY}
        _refused(lambda: make(base_url=service.url, **key), tally)  # noqa: B023 - called within the loop
    _refused(lambda: exchange_code(CANARY, "code", CALLBACK, service.url), tally)
    _refused(lambda: authorize_url("x", CALLBACK, "state", authorize_url=service.url), tally)
    if service.asked:
        tally.add("leaked", f"{len(service.asked)} requests went out unprotected")
    tally.case(14)


def test_complete_runs_call_the_two_services_and_no_other_host(
    acme: Stage,
    account_file: Callable[..., str],
    referee_of: Callable[[Stage], Referee],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    tally: Tally,
    sample: Callable[[int, int], int],
) -> None:
    """Through the hooks, with links in the records, proxies and passwords in the environment, and redirects."""
    other = OtherHost()
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine 127.0.0.1 login u password {CANARY}\ndefault login u password {CANARY}\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FTP_PROXY", "SOCKS_PROXY"):
        monkeypatch.setenv(name, other.url)
        monkeypatch.setenv(name.lower(), other.url)
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    account_file(acme)
    connections = (f"gmi_{acme.company.id}", f"debitoor_{acme.company.id}")
    for name in (f"AIRFLOW_CONN_{each.upper()}" for each in connections):
        described = json.loads(os.environ[name])
        monkeypatch.setenv(name, json.dumps({**described, "extra": {**described["extra"], **FAST}}))
    acme.gmi.close()
    acme.debitoor.close()
    count = sample(12, 200)
    links = {"url": other.url, "pdfUrl": f"{other.url}/a.pdf", "links": [{"href": other.url}], "next": other.url}
    extra = {**links, "attachments": [{"file": links}]}
    uids: list[str] = []
    sales: list[str] = []

    def arrive() -> None:
        uids.append(acme.document(note=f"see {other.url}", document_number=f"{other.url}/{len(uids)}"))
        sales.append(acme.company.add_invoice(extra=extra, customer_name=other.url)["id"])

    for _ in range(count):
        arrive()
    own = urlsplit(acme.sandbox.base_url).netloc
    with GetMyInvoicesHook(connections[0]) as gmi, DebitoorHook(connections[1]) as books:
        acme.gmi, acme.debitoor = gmi.client, books.client
        for operation in (
            "gmi.documents.list",
            "debitoor.invoices.list",
            "debitoor.files.create",
            "gmi.documents.create",
        ):
            for status in (301, 302, 307, 308):
                arrive()
                acme.fault("redirect", operation, status=status, location=f"{other.url}/a", times=1)
                with watched() as seen, pytest.raises(StopError, match="redirect"):
                    _both(acme)
                _only(own, seen, tally, f"a run with redirects of {operation}")
                tally.case()
        with watched() as seen:
            for _ in range(2):
                _both(acme)
            for kind in (gmi, books):
                works, sentence = kind.test_connection()
                if not works:
                    tally.add("wrong", sentence)
        _only(own, seen, tally, "a complete run")
        assert seen
    authorized = [row for row in acme.sandbox.calls(company=acme.company) if row["status"] == 401]
    if authorized:
        tally.add("wrong", "a password of the environment was sent")
    tally.add_all(referee_of(acme).judge(exported=uids, imported=sales, ledgers=[acme.ledger_file]))
    tally.case(len(uids) + len(sales))
    other.close()
    _silent([other], tally)


def test_a_proxy_of_the_environment_sees_no_token(
    service: ScriptedService, connect: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    """With HTTPS it is asked for a tunnel and sees the host's name alone; plain HTTP never goes through it."""
    proxy = OtherHost()
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    service.answer_all(Reply({"access_token": "x"}))
    connect(service.url)
    for call in _calls(service.url).values():
        with watched() as seen, contextlib.suppress(ServiceError):  # the answer is none of theirs
            call()
        _only(urlsplit(service.url).netloc, seen, tally, "plain HTTP")
        tally.case()
    if proxy.received:
        tally.add("leaked", f"the proxy received {proxy.received[0][:80]!r}")
    proxy.received.clear()
    connect("https://service.invalid", {})
    for call in _calls("https://service.invalid").values():
        with watched() as seen, pytest.raises(ServiceError):
            call()
        _only(f"{proxy.host}:{proxy.port}", seen, tally, "HTTPS")
        tally.case()
    proxy.close()
    assert proxy.received
    for request in proxy.received:
        if not request.startswith(b"CONNECT service.invalid:443 ") or CANARY.encode() in request:
            tally.add("secrets", f"the proxy received {request[:80]!r}")


def test_a_connection_s_own_proxy_is_used_by_all_calls(connect: Callable[..., None], tally: Tally) -> None:
    proxy = OtherHost()
    connect(
        "https://service.invalid", {"proxy": proxy.url, "client_secret": CANARY, "exchange_url": "https://t.invalid/a"}
    )
    for call in (
        GetMyInvoicesHook().test_connection,
        DebitoorHook().test_connection,
        lambda: DebitoorHook().exchange_code("code", CALLBACK),
    ):
        proxy.received.clear()
        with watched() as seen, contextlib.suppress(ServiceError):  # there is no such service
            call()
        _only(f"{proxy.host}:{proxy.port}", seen, tally, "the connection's proxy")
        if not any(request.startswith(b"CONNECT ") for request in proxy.received):
            tally.add("wrong", "the connection's proxy was passed over")
        tally.case()
    proxy.close()


def test_a_connection_to_another_host_would_be_noticed() -> None:
    other = OtherHost()
    _, books = _clients(other.url)
    with watched() as seen, pytest.raises(ServiceError):
        books.environment()
    other.close()
    assert seen == {(other.host, other.port)}
    assert CANARY.encode() in other.received[0]


def _both(stage: Stage) -> None:
    stage.export(stage.exports(archive_after_transfer=True))
    stage.import_()


def _refused(call: Callable[[], object], tally: Tally) -> None:
    try:
        call()
        tally.add("wrong", "plain HTTP was taken")
    except Misconfigured as error:
        if "plain HTTP" not in str(error) or CANARY in str(error):
            tally.add("wrong", f"plain HTTP was refused with {error}")


def _only(own: str, seen: set[tuple[str, int]], tally: Tally, what: str) -> None:
    host, _, port = own.rpartition(":")
    for address in seen - {(host, int(port))}:
        tally.add("leaked", f"{what}: connected to {address}")


def _silent(others: list[OtherHost], tally: Tally) -> None:
    for other in others:
        for request in other.received:
            tally.add("leaked", f"{other.url} received {request[:80]!r}")
