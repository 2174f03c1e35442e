"""What the network or a server can do to any call of either service: an answer in part is never taken for the whole.

As requests 2.34.2 with urllib3 2.8.0 does with compressed content that ends early.
"""

from __future__ import annotations

import gzip
import io
from datetime import UTC, datetime

import pytest

from debitoor_provider.services.debitoor.client import DebitoorClient
from debitoor_provider.services.debitoor.enums import SalesType
from debitoor_provider.services.debitoor.models import SalesDocument
from debitoor_provider.services.debitoor.oauth import exchange_code
from debitoor_provider.services.errors import BadAnswer, Unavailable, UnclearOutcome
from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
from debitoor_provider.services.getmyinvoices.models import NewDocument
from tests.services.raw_server import raw_server
from tests.services.scripted import CANARY, PDF

PACKED = gzip.compress(PDF)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
CUT = b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"


def answer(body: bytes, kind: bytes) -> dict[str, bytes]:
    packed, kind = gzip.compress(body), b"Content-Type: " + kind + b"\r\n"
    half, size = packed[: len(packed) // 2], b"Content-Length: %d\r\n" % len(body)
    return {
        "half of what was compressed": OK + kind + CUT % len(half) + half,
        "nothing of what was compressed": OK + kind + CUT % 0,
        "a part": OK.replace(b"200 OK", b"206 Partial Content") + kind + size + b"\r\n" + body,
        "two lengths": OK + kind + size + b"Content-Length: 1\r\n\r\n" + body,
        "a chunk of a negative size": OK + kind + b"Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
        "nothing new": b"HTTP/1.1 304 Not Modified\r\n\r\n",
        "an early hint only": b"HTTP/1.1 103 Early Hints\r\n\r\n",
    }


FILES, RECORDS = answer(PDF, b"application/pdf"), answer(b'{"id": "1"}', b"application/json")


@pytest.fixture
def clients(backoff):
    def make(url: str) -> tuple[GetMyInvoicesClient, DebitoorClient]:
        common = {"base_url": url, "allow_http": True, "backoff": backoff}
        made = GetMyInvoicesClient(api_key=CANARY, account_id="20707", **common), DebitoorClient(token=CANARY, **common)
        closing.extend(made)
        return made

    closing: list[GetMyInvoicesClient | DebitoorClient] = []
    yield make
    for client in closing:
        client.close()


SALE = SalesDocument("1", SalesType.INVOICE)
DOWNLOADS = {
    "gmi": lambda gmi, _: gmi.download(7, io.BytesIO(), filename="a.pdf"),
    "gmi, no pdf": lambda gmi, _: gmi.download(7, io.BytesIO(), filename="a.jpg"),
    "debitoor": lambda _, debitoor: debitoor.download_file("1", io.BytesIO()),
    "debitoor, sales": lambda _, debitoor: debitoor.sales_pdf(SALE, io.BytesIO()),
}
READS = {
    "gmi, list": lambda gmi, _: gmi.documents(),
    "gmi, deleted": lambda gmi, _: gmi.deleted_documents(LONG_AGO),
    "gmi, one": lambda gmi, _: gmi.document(7),
    "gmi, companies": lambda gmi, _: gmi.companies(),
    "debitoor, list": lambda _, debitoor: debitoor.expenses(),
    "debitoor, one": lambda _, debitoor: debitoor.expense("1"),
    "debitoor, environment": lambda _, debitoor: debitoor.environment(),
    "debitoor, upload": lambda _, debitoor: debitoor.upload_file("a.pdf", io.BytesIO(PDF), len(PDF)),
}
WRITES = {
    "gmi, upload": lambda gmi, _: gmi.upload(NewDocument("a.pdf", "RECEIPT"), PDF),
    "gmi, change": lambda gmi, _: gmi.archive(7),
    "gmi, company": lambda gmi, _: gmi.create_company("A", 80),
    "debitoor, delete": lambda _, debitoor: debitoor.delete_expense("1"),
    "debitoor, supplier": lambda _, debitoor: debitoor.create_supplier("A", "DE"),
}


BROKEN = {
    f"{call} | {broken}": (asked, answered)
    for calls, answers in ((DOWNLOADS, FILES), (READS, RECORDS))
    for call, asked in calls.items()
    for broken, answered in answers.items()
}
"""Every call for a file with every broken file, and every read with every broken record."""


@pytest.mark.parametrize(("call", "broken"), BROKEN.values(), ids=BROKEN)
def test_a_broken_answer_is_no_file_and_no_record_and_is_asked_for_again(clients, call, broken):
    with raw_server(broken) as server, pytest.raises((BadAnswer, Unavailable)):
        call(*clients(server.url))
    assert server.requests == 4


@pytest.mark.parametrize("broken", RECORDS.values(), ids=RECORDS)
@pytest.mark.parametrize("call", WRITES.values(), ids=WRITES)
def test_a_broken_answer_to_a_write_is_an_unclear_outcome(clients, call, broken):
    with raw_server(broken) as server, pytest.raises(UnclearOutcome):
        call(*clients(server.url))
    assert server.requests == 1


@pytest.mark.parametrize("broken", RECORDS.values(), ids=RECORDS)
def test_a_broken_answer_holds_no_token(broken):
    with raw_server(broken) as server, pytest.raises((BadAnswer, Unavailable)):
        exchange_code("secret", "code", "http://127.0.0.1/", f"{server.url}/token", allow_http=True, proxy="")
    assert server.requests == 1


def test_a_whole_file_that_was_compressed_after_an_early_hint_is_the_file(clients):
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    head = OK + b"Content-Type: application/pdf\r\n" + CUT % len(PACKED)
    with raw_server(hint + head + PACKED) as server:
        for call in DOWNLOADS.values():
            assert call(*clients(server.url)) == len(PDF)
