from __future__ import annotations

from decimal import Decimal

import pytest
import requests

from debitoor_provider.services.http.answer import checked_pieces, parsed, retry_after
from debitoor_provider.services.http.reading import Unexpected


def response(content: bytes, **headers: str) -> requests.Response:
    made = requests.Response()
    made._content = content
    made._content_consumed = True
    made.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return made


@pytest.mark.parametrize("announced", ["6", "4", "0"])
def test_a_body_of_another_length_than_announced_is_noticed(announced):
    with pytest.raises(Unexpected, match="ended early"):
        list(checked_pieces(response(b"12345", Content_Length=announced)))


@pytest.mark.parametrize("announced", ["5", "", "five"])
def test_a_body_of_the_announced_or_of_no_known_length_is_taken(announced):
    assert b"".join(checked_pieces(response(b"12345", Content_Length=announced))) == b"12345"


def test_the_length_of_a_compressed_body_is_not_checked():
    assert list(checked_pieces(response(b"12345", Content_Length="3", Content_Encoding="gzip"))) == [b"12345"]


def test_an_endless_body_is_not_read_to_its_end():
    with pytest.raises(Unexpected, match="larger"):
        list(checked_pieces(response(b"12345"), largest=4))


@pytest.mark.parametrize(
    ("body", "payload"),
    [
        (b"", None),
        (b"  \n", None),
        (b"null", None),
        (b'{"a": 1.10}', {"a": Decimal("1.10")}),
        (b"[1e2]", [Decimal(100)]),
    ],
)
def test_a_body_is_parsed_with_decimals(body, payload):
    assert parsed(body) == (payload, True)


@pytest.mark.parametrize("body", [b"<html>", b"{", b"NaN", b"[Infinity]", b"\xff"])
def test_invalid_json_is_reported(body):
    assert parsed(body) == (None, False)


def test_a_wait_until_a_date_is_taken_by_the_clock_of_the_service():
    behind = {"Date": "Thu, 01 Jan 2026 12:00:00 GMT", "Retry_After": "Thu, 01 Jan 2026 12:00:30 GMT"}
    assert retry_after(response(b"", **behind)) == 30
    assert retry_after(response(b"", Retry_After="Thu, 01 Jan 2026 12:00:30 GMT")) == 0
    assert retry_after(response(b"", Retry_After="soon")) is None
