from __future__ import annotations

import gzip
import io
import logging
import socket
import ssl
import threading
import traceback
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime

import pytest

from debitoor_provider.services.errors import (
    BadAnswer,
    CredentialsRefused,
    FileRefused,
    Misconfigured,
    NotSent,
    PathGone,
    PathInDoubt,
    RateLimited,
    Refused,
    ServiceError,
    TooSlow,
    Unavailable,
    UnclearOutcome,
)
from debitoor_provider.services.http.call import Call
from debitoor_provider.services.http.retry import REPEATABLE, WRITE, Backoff
from debitoor_provider.services.http.session import HeaderAuth, ServiceSession
from debitoor_provider.services.http.transport import Answer, Transport
from tests.services.raw_server import dripping, raw_server
from tests.services.scripted import CANARY, HANG_UP, PDF, Reply, ScriptedService, pdf

READ_A = Call("read a", "GET", "/a")
WRITE_A = Call("write a", "POST", "/a", body=lambda: b"{}", rule=WRITE)


def explain(answer: Answer, call: Call) -> ServiceError | None:
    if answer.ok:
        return None
    if answer.status == 429:
        return RateLimited("Slow down.", retry_after=answer.retry_after)
    if answer.status >= 500:
        return Unavailable("Fault.")
    if answer.status == 404:
        return PathInDoubt(PathGone("Example", call.path), Misconfigured("Wrong address."))
    if answer.status == 401:
        return CredentialsRefused("Unknown token.")
    return Refused(f"No: {answer.payload}")


def transport_to(url: str, backoff: Backoff, **more) -> Transport:
    session = ServiceSession(
        url,
        auth=HeaderAuth("x-token", CANARY, at=url, what="token"),
        allow_http=True,
        timeouts=more.pop("timeouts", (2.0, 2.0)),
    )
    return Transport(session, service="Example", explain=explain, secret=CANARY, backoff=backoff, **more)


@pytest.fixture
def transport(service: ScriptedService, backoff: Backoff):
    made = transport_to(service.url, backoff)
    yield made
    made.close()


def same(payload):
    return payload


def test_amounts_are_read_as_decimals(service, transport):
    service.on("GET", "/a", Reply(b'{"gross": 0.1, "big": 12345678901234567.89}'))
    assert transport.call(READ_A, same) == {"gross": Decimal("0.1"), "big": Decimal("12345678901234567.89")}


@pytest.mark.parametrize(("rows", "together"), [(10, True), (50_000, False)])
def test_large_answers_are_parsed_one_at_a_time(service, transport, rows, together):
    service.on("GET", "/a", Reply([1] * rows))
    meeting = threading.Barrier(2)

    def meet(payload: list[int]) -> bool:
        try:
            meeting.wait(timeout=5 if together else 0.2)
        except threading.BrokenBarrierError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert [*pool.map(lambda _: transport.call(READ_A, meet), range(2))] == [together] * 2


def test_a_compressed_answer_is_read(service, transport):
    service.on("GET", "/a", Reply(gzip.compress(b'{"x": 1}'), headers={"Content-Encoding": "gzip"}))
    assert transport.call(READ_A, same) == {"x": 1}


@pytest.mark.parametrize("body", [b"<html>", b"{", b'{"x": NaN}', b"\xff\xfe", b"[" * 100_000])
def test_invalid_json_is_a_bad_answer(service, transport, body):
    service.on("GET", "/a", Reply(body, headers={"Content-Type": "text/html"}))
    with pytest.raises(BadAnswer, match="not JSON but text/html"):
        transport.call(READ_A, same)


def test_a_truncated_answer_is_requested_again(service, transport):
    service.on("GET", "/a", Reply({"x": 1}, missing=5), Reply({"x": 2}))
    assert transport.call(READ_A, same) == {"x": 2}


def test_a_connection_cut_while_reading_is_tried_again(service, transport, naps):
    service.on("GET", "/a", HANG_UP, Reply({"x": 1}))
    assert transport.call(READ_A, same) == {"x": 1}
    assert naps == [1]


def test_a_connection_cut_while_writing_is_an_unclear_outcome(service, transport):
    service.on("POST", "/a", HANG_UP)
    with pytest.raises(UnclearOutcome):
        transport.call(WRITE_A, same)
    assert len(service.asked) == 1


def test_an_unreadable_confirmation_of_a_write_is_an_unclear_outcome(service, transport):
    service.on("POST", "/a", Reply(b"<html>"))
    with pytest.raises(UnclearOutcome):
        transport.call(WRITE_A, same)
    assert len(service.asked) == 1


def test_a_refusal_that_broke_off_is_a_refusal_nevertheless(service, transport):
    service.on("POST", "/a", Reply({"message": "no"}, status=400, missing=9))
    with pytest.raises(Refused):
        transport.call(WRITE_A, same)


def test_a_slow_answer_to_a_write_is_an_unclear_outcome(backoff):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        transport = transport_to(f"http://127.0.0.1:{silent.getsockname()[1]}", backoff, timeouts=(1.0, 0.05))
        with pytest.raises(UnclearOutcome, match="did not answer in time"):
            transport.call(WRITE_A, same)
        transport.close()


def test_nothing_was_sent_to_a_service_that_is_not_there_so_even_a_write_is_tried_again(backoff, naps):
    transport = transport_to(f"http://127.0.0.1:{closed_port()}", backoff)
    with pytest.raises(NotSent, match="refused"):
        transport.call(WRITE_A, same)
    assert naps == [1, 2, 4]


def test_nothing_was_sent_to_a_host_without_address(backoff, monkeypatch):
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    transport = transport_to("http://api.example.invalid", backoff)
    with pytest.raises(NotSent, match="host name"):
        transport.call(WRITE_A, same)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        return opened.getsockname()[1]


def test_a_wait_is_understood_in_seconds(service, transport, naps):
    service.on("GET", "/a", Reply({}, status=429, headers={"Retry-After": "7"}), Reply({"x": 1}))
    assert transport.call(READ_A, same) == {"x": 1}
    assert naps == [7]


def test_a_wait_is_understood_as_a_date(service, transport, naps):
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    service.on("GET", "/a", Reply({}, status=429, headers={"Retry-After": until}), Reply({"x": 1}))
    transport.call(READ_A, same)
    assert 27 < naps[0] <= 30


@pytest.mark.parametrize("nonsense", ["", "soon", "-5", "1.5", "²"])
def test_a_wait_that_cannot_be_read_counts_as_none(service, transport, naps, nonsense):
    service.on("GET", "/a", Reply({}, status=429, headers={"Retry-After": nonsense.encode().decode("latin-1")}),
               Reply({}))  # fmt: skip
    transport.call(READ_A, same)
    assert naps == [10]


def test_a_long_wait_is_left_to_the_scheduler(service, transport, naps):
    service.on("GET", "/a", Reply({}, status=429, headers={"Retry-After": "3600"}))
    with pytest.raises(RateLimited) as limited:
        transport.call(READ_A, same)
    assert (limited.value.retry_after, naps) == (3600, [])


def test_every_error_names_service_operation_and_what_was_wrong(service, transport):
    service.on("GET", "/a", Reply({"message": "bad"}, status=400))
    with pytest.raises(Refused, match=r"^Example: read a: No: "):
        transport.call(READ_A, same)


def test_the_body_is_rebuilt_for_each_attempt(service, transport):
    content = io.BytesIO(b"file")

    def rewound() -> io.BytesIO:
        content.seek(0)
        return content

    service.on("POST", "/a", Reply({}, status=503), HANG_UP, Reply({"x": 1}))
    transport.call(Call("upload", "POST", "/a", body=rewound, rule=REPEATABLE), same)
    assert [asked.body for asked in service.asked] == [b"file"] * 3


def test_a_file_is_written_and_counted(service, transport):
    service.on("GET", "/a", pdf())
    into = io.BytesIO(b"before ")
    into.seek(7)
    assert transport.stream(READ_A, into, pdf=True) == len(PDF)
    assert into.getvalue() == b"before " + PDF


def test_a_file_that_broke_off_is_fetched_again_from_its_beginning(service, transport):
    service.on("GET", "/a", Reply(PDF[:-100], missing=100), pdf())
    into = io.BytesIO()
    assert transport.stream(READ_A, into) == len(PDF)
    assert into.getvalue() == PDF


@pytest.mark.parametrize(
    ("content", "settings", "why"),
    [
        (b"", {}, "empty"),
        (b"II*\x00", {"pdf": True}, "not a PDF"),
        (b"<html>", {"pdf": True}, "not a PDF"),
        (b"%PDF", {"pdf": True}, "not a PDF"),
        (PDF, {"largest": len(PDF) - 1}, "larger"),
    ],
)
def test_a_wrong_file_is_refused_and_leaves_nothing_behind(service, transport, content, settings, why):
    service.on("GET", "/a", pdf(content))
    into = io.BytesIO()
    with pytest.raises(FileRefused, match=why):
        transport.stream(READ_A, into, **settings)
    assert into.getvalue() == b""


def test_a_file_of_the_largest_size_is_taken(service, transport):
    service.on("GET", "/a", pdf())
    assert transport.stream(READ_A, io.BytesIO(), largest=len(PDF)) == len(PDF)


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "text/html"])
def test_json_or_a_web_page_is_no_file(service, transport, kind):
    service.on("GET", "/a", Reply(b'{"x": 1}', headers={"Content-Type": kind}))
    with pytest.raises(BadAnswer):
        transport.stream(READ_A, io.BytesIO())


PAGE = b"\xef\xbb\xbf\n <!DOCTYPE HTML><html><form>Sign in"


@pytest.mark.parametrize("content", [PAGE, b"<html>", b'{"error": "gone"}', b"\n[]"])
@pytest.mark.parametrize("settings", [{"pdf": True}, {"is_text": False}])
def test_a_web_page_or_json_is_no_file_whatever_it_is_called(service, transport, content, settings):
    service.on("GET", "/a", pdf(content), pdf(content), pdf())
    into = io.BytesIO()
    assert transport.stream(READ_A, into, **settings) == len(PDF)
    service.on("GET", "/a", pdf(content))
    assert transport.stream(READ_A, io.BytesIO()) == len(content)  # unless the file may be one


@pytest.mark.parametrize("status", [204, 205])
def test_an_answer_that_says_it_has_no_content_is_no_empty_file(service, transport, status):
    service.on("GET", "/a", Reply(b"", status=status), pdf())
    assert transport.stream(READ_A, io.BytesIO(), pdf=True) == len(PDF)


def test_an_error_instead_of_a_file_is_that_error(service, transport):
    service.on("GET", "/a", Reply({"message": "locked"}, status=423))
    with pytest.raises(Refused):
        transport.stream(READ_A, io.BytesIO())


def test_a_large_file_needs_little_memory(service, transport, tmp_path):
    large = bytes(20_000_000)
    service.on("GET", "/a", pdf(large))
    with (tmp_path / "large").open("w+b") as into:
        tracemalloc.start()
        assert transport.stream(READ_A, into) == len(large)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 4_000_000


class Counter:
    """Pacing that only takes notes."""

    def __init__(self) -> None:
        self.acquired, self.pauses = 0, []

    def acquire(self) -> None:
        self.acquired += 1

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def left(self) -> int | None:
        return None


def test_every_attempt_counts_and_a_requested_wait_holds_for_all_clients(service, backoff):
    service.on("GET", "/a", Reply({}, status=429, headers={"Retry-After": "7"}), Reply({}, status=503), Reply({}))
    transport = transport_to(service.url, backoff, pacing=(pacing := Counter()))
    transport.call(READ_A, same)
    transport.close()
    assert (pacing.acquired, pacing.pauses) == (3, [7])


def test_a_wait_requested_from_one_thread_holds_for_all(service, naps, backoff):
    transport = transport_to(service.url, backoff)
    service.on("GET", "/a", Reply({}, status=429, headers={"Retry-After": "3600"}), Reply({}))
    for _ in range(2):
        with pytest.raises(RateLimited):
            transport.call(READ_A, same)
    assert len(service.asked) == 1
    naps.append(3600)
    assert transport.call(READ_A, same) == {}
    transport.close()


def test_many_threads_share_one_session(service, transport):
    gate = threading.Barrier(8)

    def together(_: object) -> Reply:
        gate.wait(timeout=5)
        return Reply({"x": 1})

    service.on("GET", "/a", together)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: transport.call(READ_A, same), range(16)))
    assert answers == [{"x": 1}] * 16


def test_the_secret_is_in_no_error_no_traceback_and_no_log(service, transport, caplog):
    caplog.set_level(logging.DEBUG)
    service.on("GET", "/a", Reply({"message": f"token {CANARY} is bad"}, status=400))
    service.on("POST", "/a", Reply(f"<html>{CANARY}".encode(), status=502), Reply(f"<html>{CANARY}".encode()))
    for call in (READ_A, WRITE_A, WRITE_A):
        with pytest.raises(ServiceError) as failed:
            transport.call(call, same)
        with_locals = traceback.TracebackException.from_exception(failed.value, capture_locals=True)
        shown = "".join(with_locals.format()) + repr(failed.value) + repr(vars(failed.value)) + repr(vars(transport))
        assert CANARY not in shown
    assert CANARY not in caplog.text
    assert caplog.text != ""


def test_a_whole_response_is_returned_only_for_success(service, transport):
    service.on("GET", "/a", Reply({"x": 1}), Reply({"message": "no"}, status=400))
    assert transport.respond(READ_A).json() == {"x": 1}
    with pytest.raises(Refused):
        transport.respond(READ_A)


def test_a_record_has_its_limit_and_a_longer_answer_is_not_read_on(service, transport):
    service.on("GET", "/a", Reply(b"1" + b" " * 3_000_000))
    assert transport.call(Call("read", "GET", "/a"), same) == 1
    with pytest.raises(BadAnswer, match="larger than any answer"):
        transport.call(Call("read", "GET", "/a", largest=2_000_000), same)
    with pytest.raises(BadAnswer, match="larger than any answer"):
        transport.respond(Call("read", "GET", "/a", largest=2_000_000))


def test_a_file_inside_an_answer_has_its_own_limit(service, transport):
    service.on("GET", "/a", Reply({"fileContent": "A" * 4000}))
    call = Call("read", "GET", "/a", largest=1000, file_limit=3000)
    assert len(transport.call(call, lambda value: value["fileContent"])) == 4000
    with pytest.raises(FileRefused, match="larger than the"):
        transport.call(replace(call, file_limit=1000), same)
    assert len(service.asked) == 2


def test_an_untrusted_certificate_is_a_matter_of_configuration(backoff, monkeypatch):
    import requests

    def untrusted(*_: object, **__: object) -> None:
        raise requests.exceptions.SSLError(ssl.SSLCertVerificationError(1, "certificate verify failed"))

    monkeypatch.setattr(requests.Session, "send", untrusted)
    with pytest.raises(Misconfigured, match="certificate"):
        transport_to("http://127.0.0.1:1", backoff).call(READ_A, same)


PROBE = Call("read_environment", "GET", "/probe")


class TestPathInDoubt:
    """Whether the service is gone or only one of its paths is decided by a call to another path."""

    @pytest.fixture
    def transport(self, service, backoff):
        made = transport_to(service.url, backoff, probe=PROBE)
        yield made
        made.close()

    @pytest.mark.parametrize("call", [READ_A, WRITE_A])
    def test_it_is_the_path_when_the_service_answers_elsewhere(self, service, transport, call):
        service.on("GET", "/probe", Reply({"id": "1"}))
        with pytest.raises(PathGone, match="Example no longer answers at /a") as gone:
            transport.call(call, same)
        assert (gone.value.path, gone.value.operation) == ("/a", call.operation)
        assert len(service.asked) == 2

    def test_it_is_the_service_when_that_does_not_answer_either(self, service, transport):
        with pytest.raises(Misconfigured, match="Wrong address"):
            transport.call(READ_A, same)

    def test_it_is_the_token_when_that_is_refused_elsewhere(self, service, transport):
        service.on("GET", "/probe", Reply({}, status=401))
        with pytest.raises(CredentialsRefused):
            transport.call(READ_A, same)

    def test_it_is_not_decided_while_the_service_has_a_fault(self, service, transport):
        service.on("GET", "/probe", Reply({}, status=503))
        for call in (READ_A, WRITE_A):
            with pytest.raises(NotSent):
                transport.call(call, same)

    def test_it_is_the_service_when_the_known_path_is_refused(self, service, transport):
        service.on("GET", "/probe", Reply({}, status=400))
        with pytest.raises(Misconfigured, match="Wrong address"):
            transport.call(READ_A, same)

    def test_the_known_path_itself_is_not_requested_again(self, service, transport):
        with pytest.raises(Misconfigured):
            transport.call(PROBE, same)
        assert len(service.asked) == 1

    def test_a_path_that_the_caller_can_do_without_needs_no_further_call(self, service, transport):
        with pytest.raises(PathGone):
            transport.call(replace(READ_A, optional=True), same)
        assert len(service.asked) == 1

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_a_path_that_has_moved_is_gone(self, service, transport, status):
        service.on("GET", "/a", Reply({}, status=status, headers={"Location": "/b"}))
        service.on("GET", "/probe", Reply({"id": "1"}))
        with pytest.raises(PathGone, match="Example answers at /a with a redirect") as gone:
            transport.call(READ_A, same)
        assert gone.value.status == status

    def test_a_service_that_has_moved_is_misconfigured(self, service, transport):
        service.answer_all(Reply({}, status=301, headers={"Location": "/b"}))
        with pytest.raises(Misconfigured, match="redirect"):
            transport.call(READ_A, same)

    def test_a_response_that_is_checked_later_is_decided_in_the_same_way(self, service, transport):
        service.on("GET", "/probe", Reply({"id": "1"}))
        response = transport.session.get("/a")
        with pytest.raises(PathGone):
            transport.check(response)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
FILE_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n"
GOOD = HEAD[:-2] + b"Content-Length: 8\r\n\r\n" + b'{"x": 1}'


class TestAnswersWithoutAnEnd:
    """A body with neither length nor chunks is complete only where its content shows it."""

    @pytest.mark.parametrize(
        "cut", [b"HTTP/1.1 200 OK\r\nContent-Ty", HEAD, HEAD + b"  ", HEAD + b"12", HEAD + b'{"x":']
    )
    def test_possibly_truncated_json_is_requested_again(self, backoff, cut):
        with raw_server(cut, GOOD) as server:
            assert transport_to(server.url, backoff).call(READ_A, same) == {"x": 1}

    @pytest.mark.parametrize("cut", [b"HTTP/1.1 200 OK\r\nContent-Ty", HEAD, HEAD + b'{"x":'])
    def test_after_a_write_its_outcome_is_unclear(self, backoff, cut):
        with raw_server(cut) as server, pytest.raises(UnclearOutcome):
            transport_to(server.url, backoff).call(WRITE_A, same)

    def test_json_with_brackets_shows_its_own_end(self, backoff):
        with raw_server(HEAD + b'{"x": 1}') as server:
            assert transport_to(server.url, backoff).call(READ_A, same) == {"x": 1}

    @pytest.mark.parametrize(
        "cut", [b"HTTP/1.1 200 OK\r\nContent-Ty", FILE_HEAD, FILE_HEAD + PDF[:-9], FILE_HEAD + b"GIF8"]
    )
    def test_a_file_that_may_be_cut_is_fetched_again(self, backoff, cut):
        with raw_server(cut, FILE_HEAD[:-2] + b"Content-Length: %d\r\n\r\n" % len(PDF) + PDF) as server:
            into = io.BytesIO()
            assert transport_to(server.url, backoff).stream(READ_A, into) == len(PDF)
            assert into.getvalue() == PDF

    def test_a_pdf_shows_its_own_end(self, backoff):
        with raw_server(FILE_HEAD + PDF) as server:
            assert transport_to(server.url, backoff).stream(READ_A, io.BytesIO()) == len(PDF)

    def test_a_file_of_length_zero_is_empty(self, backoff):
        answer = FILE_HEAD[:-2] + b"Content-Length: 0\r\n\r\n"
        with raw_server(answer) as server, pytest.raises(FileRefused, match="empty"):
            transport_to(server.url, backoff).stream(READ_A, io.BytesIO())

    @pytest.mark.parametrize(
        "head", [b"HTTP/1.1 204 No Content\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"]
    )
    def test_no_body_is_complete_where_none_is_announced(self, backoff, head):
        with raw_server(head) as server:
            assert transport_to(server.url, backoff).call(WRITE_A, same) is None

    @pytest.mark.parametrize("cut", [HEAD, HEAD + b"text"])
    def test_a_whole_response_may_be_cut_too(self, backoff, cut):
        with raw_server(cut, GOOD) as server:
            assert transport_to(server.url, backoff).respond(READ_A).json() == {"x": 1}


def test_a_call_that_never_ends_is_given_up_and_not_repeated(backoff):
    for call, kind in ((READ_A, TooSlow), (WRITE_A, UnclearOutcome)):
        with raw_server(dripping(b"HTTP/1.1 200 OK\r\nX: "), pause=0.05) as server:
            with pytest.raises(kind, match="took longer than its size allows"):
                transport_to(server.url, backoff, timeouts=(1.0, 0.2)).call(call, same)
            assert server.requests == 1


def test_a_file_that_never_ends_is_given_up_and_leaves_nothing_behind(backoff):
    answer = dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n%PDF-")
    into = io.BytesIO()
    with raw_server(answer, pause=0.05) as server, pytest.raises(TooSlow):
        transport_to(server.url, backoff, timeouts=(1.0, 0.2)).stream(READ_A, into)
    assert into.getvalue() == b""


def test_a_wait_of_more_than_a_day_counts_as_a_day(service, transport, naps):
    for value in ("999999999", "9" * 400, format_datetime(datetime.now(UTC) + timedelta(days=4000), usegmt=True)):
        service.on("GET", "/a", Reply({}, status=429, headers={"Retry-After": value}))
        with pytest.raises(RateLimited) as limited:
            transport_to(service.url, Backoff(sleep=naps.append)).call(READ_A, same)
        assert limited.value.retry_after == 86_400
    assert naps == []


class TestClockOffset:
    def test_it_is_not_known_before_the_first_answer(self, transport):
        assert transport.clock_offset is None

    @pytest.mark.parametrize("ahead", [timedelta(hours=26), timedelta(minutes=-7), timedelta()])
    def test_it_is_how_far_the_service_is_ahead(self, backoff, ahead):
        date = format_datetime(datetime.now(UTC) + ahead, usegmt=True)
        with raw_server(GOOD.replace(b"\r\n", f"\r\nDate: {date}\r\n".encode(), 1)) as server:
            transport = transport_to(server.url, backoff)
            transport.call(READ_A, same)
        assert abs(transport.clock_offset - ahead) < timedelta(seconds=2)

    def test_a_refusal_sets_it_too(self, service, transport):
        service.on("GET", "/a", Reply({}, status=400))
        with pytest.raises(Refused):
            transport.call(READ_A, same)
        assert abs(transport.clock_offset) < timedelta(seconds=2)
