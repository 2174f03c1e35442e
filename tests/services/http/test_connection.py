from __future__ import annotations

import gzip
import io
import itertools
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from debitoor_provider.services.errors import Misconfigured
from debitoor_provider.services.http import time_limit
from debitoor_provider.services.http.fault import meaning
from debitoor_provider.services.http.session import ServiceSession
from debitoor_provider.services.http.time_limit import SLOWEST, TimeLimit, TimeLimitExceeded, seconds_allowed
from tests.services.raw_server import dripping, raw_server

IDLE = 0.4
PATIENT = 10.0
"""For what comes: on a busy machine it may take its time."""
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
HEAD = WHOLE[: WHOLE.index(b"\r\n\r\n") + 4]
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
GZIP_HEAD = gzip.compress(b"")[:10]
EMPTY_BLOCK = b"\x00\x00\x00\xff\xff"
EMPTY_BLOCKS = b"7d0\r\n" + EMPTY_BLOCK * 400 + b"\r\n"


def get(url: str, idle: float = PATIENT, **options) -> requests.Response:
    with ServiceSession(url, allow_http=True, timeouts=(PATIENT, idle)) as session:
        return session.get("/a", **options)


@pytest.mark.parametrize("length", range(0, len(HEAD), 7))
def test_an_answer_that_is_cut_inside_its_headers_is_a_broken_connection(length):
    with raw_server(HEAD[:length]) as server, pytest.raises(requests.ConnectionError):
        get(server.url)


def test_a_cut_refusal_is_a_broken_connection_too():
    with raw_server(b"HTTP/1.1 404 Not F") as server, pytest.raises(requests.ConnectionError):
        get(server.url)


def test_a_whole_answer_is_read():
    with raw_server(WHOLE) as server:
        assert get(server.url).json() == {}


@pytest.mark.parametrize(
    "answer",
    [
        dripping(),
        dripping(b"HTTP/1.1 200 OK\r\nX-A: "),
        dripping(HEAD.replace(b": 2", b": 99999999")),
        dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffff\r\n"),
        dripping(b"HTTP/1.1 200 OK\r\n\r\n"),
    ],
    ids=["status line", "headers", "body", "chunked body", "body without length"],
)
def test_an_answer_that_never_ends_is_given_up(answer):
    before = threading.enumerate()
    with raw_server(answer, pause=IDLE / 8) as server:
        started = time.monotonic()
        with pytest.raises(requests.RequestException) as failed:
            get(server.url, IDLE)
        assert time.monotonic() - started < seconds_allowed(IDLE, 0) + 4
        assert _has_cause(failed.value, TimeLimitExceeded)
    assert set(threading.enumerate()) <= set(before)


@pytest.mark.parametrize(
    "endless",
    [
        [b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 400],
        [b"HTTP/1.1 103 Early Hints\r\n", b"X-A: b\r\n" * 1000],
        [CHUNKED + b"2\r\n{}\r\n0\r\n", b"X-A: b\r\n" * 1000],
        [CHUNKED, b"1;" + b"x" * 10_000 + b"\r\n \r\n"],
        [CHUNKED.replace(b"\r\n", b"\r\nContent-Encoding: gzip\r\n", 1) + b"a\r\n" + GZIP_HEAD + b"\r\n", EMPTY_BLOCKS],
    ],
    ids=["100 Continue", "headers of 103", "trailers", "chunk extensions", "empty compressed blocks"],
)
def test_bytes_of_which_no_content_comes_buy_no_time(endless, monkeypatch):
    monkeypatch.setattr(time_limit, "_AHEAD", 1024)
    first, rest = endless
    with raw_server(itertools.chain([first], itertools.repeat(rest)), pause=IDLE / 8) as server:
        started = time.monotonic()
        with pytest.raises(requests.RequestException) as failed:
            get(server.url, IDLE)
        assert time.monotonic() - started < seconds_allowed(IDLE, 1024) + 4
        assert _has_cause(failed.value, TimeLimitExceeded)


@pytest.mark.parametrize("status", [b"100 Continue", b"102 Processing", b"103 Early Hints\r\nLink: </a>", b"199 X"])
@pytest.mark.parametrize("times", [1, 3])
def test_interim_answers_are_skipped(status, times):
    with raw_server((b"HTTP/1.1 " + status + b"\r\n\r\n") * times + WHOLE) as server:
        assert get(server.url).json() == {}


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 103 Early Hints\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: </a>", b"HTTP/1.1 101 X\r\n\r\n"],
)
def test_an_interim_answer_alone_is_a_broken_connection(answer):
    with raw_server(answer) as server, pytest.raises(requests.ConnectionError):
        get(server.url)


SILENT = (b"" for _ in itertools.count())


def test_a_body_that_is_not_taken_is_given_up():
    with (
        raw_server(SILENT, pause=IDLE / 4, reads=False) as server,
        ServiceSession(server.url, allow_http=True, timeouts=(1.0, IDLE)) as session,
    ):
        started = time.monotonic()
        with pytest.raises(requests.RequestException):
            session.post("/a", data=itertools.repeat(b"x" * 65536, 1000))
        assert time.monotonic() - started < 3


def test_a_body_that_is_made_too_slowly_is_given_up():
    def slow_body():
        while True:
            time.sleep(IDLE / 4)
            yield b"x"

    with (
        raw_server(SILENT, pause=IDLE / 4) as server,
        ServiceSession(server.url, allow_http=True, timeouts=(1.0, IDLE)) as session,
    ):
        with pytest.raises(requests.RequestException) as failed:
            session.post("/a", data=slow_body())
        assert _has_cause(failed.value, TimeLimitExceeded)


def test_a_long_answer_may_take_longer_than_a_short_one():
    body = b"x" * 4000
    pieces = [HEAD.replace(b": 2", b": 40000"), *[body] * 10]
    with raw_server(pieces, pause=IDLE / 2) as server:
        assert len(get(server.url, IDLE).content) == 40000  # takes more than the grace of two waits


def test_a_limit_left_over_from_one_call_is_not_the_next_one_s():
    with raw_server(WHOLE, WHOLE) as server, ServiceSession(server.url, allow_http=True) as session:
        assert session.get("/a", timeout=(PATIENT, 0.3)).status_code == 200
        time.sleep(0.65)  # longer than the limit of the first call and its grace
        assert session.get("/a", timeout=(PATIENT, PATIENT)).status_code == 200


def test_the_limit_is_by_the_bytes_moved():
    limit = TimeLimit(idle=0.05)
    time.sleep(0.11)
    with pytest.raises(TimeLimitExceeded):
        limit.next_wait()
    limit.sent += SLOWEST
    assert limit.next_wait() == pytest.approx(0.05)


@pytest.mark.parametrize(("timeout", "idle"), [((1.0, 7.0), 7.0), (3, 3.0), ((1.0, None), 60.0), (None, 60.0)])
def test_the_read_timeout_says_how_long_a_wait_may_be(timeout, idle):
    time_limit.start(timeout)
    assert time_limit.current().idle == idle


def _has_cause(error: BaseException, kind: type[BaseException]) -> bool:
    seen: list[BaseException] = [error]
    for found in seen:
        more = [found.__cause__, found.__context__, *found.args, getattr(found, "reason", None)]
        seen += [cause for cause in more if isinstance(cause, BaseException) and cause not in seen]
    return any(isinstance(found, kind) for found in seen)


def test_a_reader_closes_its_socket():
    with raw_server(WHOLE) as server:
        response = get(server.url, stream=True)
        assert io.BytesIO(response.raw.read()).getvalue() == b"{}"
        response.close()
        assert response.raw.closed


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    """Return a certificate for 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    return path


class TestTLS:
    @pytest.fixture
    def tls(self, certificate) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        return context

    @pytest.fixture
    def fetch(self, certificate):
        def get(url: str) -> requests.Response:
            with ServiceSession(url, timeouts=(1.0, IDLE), verify=str(certificate), proxy="") as session:
                return session.get("/a")

        return get

    def test_a_whole_answer_is_read(self, tls, fetch):
        with raw_server(WHOLE, tls=tls) as server:
            assert fetch(server.url).json() == {}

    def test_a_certificate_that_no_authority_signed_is_named(self, tls):
        with (
            raw_server(WHOLE, tls=tls) as server,
            ServiceSession(server.url, timeouts=(1.0, IDLE), proxy="") as session,
            pytest.raises(requests.exceptions.SSLError) as failed,
        ):
            session.get("/a")
        assert "certificate" in str(meaning(failed.value))
        assert isinstance(meaning(failed.value), Misconfigured)

    def test_a_cut_one_is_a_broken_connection(self, tls, fetch):
        with raw_server(HEAD[:-9], tls=tls) as server, pytest.raises(requests.RequestException):
            fetch(server.url)

    def test_one_that_never_ends_is_given_up(self, tls, fetch):
        with raw_server(dripping(HEAD.replace(b": 2", b": 99999999")), pause=IDLE / 4, tls=tls) as server:
            with pytest.raises(requests.RequestException) as failed:
                fetch(server.url)
            assert _has_cause(failed.value, TimeLimitExceeded)
