from __future__ import annotations

import gzip
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.exceptions import ContentDecodingError

from debitoor_provider.services.http.coding import decoded

TEXT = b"%PDF-1.4 " + random.Random(5).randbytes(3000) + b"a" * 500_000 + b" %%EOF"
RAW_DEFLATE = zlib.compress(TEXT)[2:-4]


def whole(body: bytes, coding: str, size: int = 1000) -> bytes:
    return b"".join(decoded([body[at : at + size] for at in range(0, len(body), size)], coding))


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (gzip.compress(TEXT), "gzip"),
        (gzip.compress(TEXT), "X-GZIP"),
        (gzip.compress(TEXT[:9]) + gzip.compress(TEXT[9:]), "gzip"),
        (gzip.compress(TEXT) + bytes(512), "gzip"),
        (zlib.compress(TEXT), "deflate"),
        (RAW_DEFLATE, "deflate"),
        (gzip.compress(zlib.compress(TEXT)), "deflate, gzip"),
    ],
    ids=["plain", "identity", "gzip", "old name", "two members", "padded", "deflate", "no frame", "two codings"],
)
@pytest.mark.parametrize("size", [1, 1000, 10**6])
def test_content_is_decoded_in_pieces_of_any_size(body, coding, size):
    assert whole(body, coding, size) == TEXT


@pytest.mark.parametrize(
    ("body", "coding"), [(gzip.compress(TEXT), "gzip"), (zlib.compress(TEXT), "deflate"), (RAW_DEFLATE, "deflate")]
)
@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.9])
def test_content_that_is_cut_is_an_error(body, coding, share):
    with pytest.raises(ContentDecodingError):
        whole(body[: int(len(body) * share)], coding)


@given(st.binary(max_size=300), st.data())
def test_no_cut_is_taken_for_the_end(text, data):
    body = gzip.compress(text)
    length = data.draw(st.integers(0, len(body) - 1))
    with pytest.raises(ContentDecodingError):
        whole(body[:length], "gzip")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "gzip, zstd"])
def test_content_of_another_coding_is_an_error(coding):
    with pytest.raises(ContentDecodingError):
        whole(b"no such thing", coding)


def test_a_small_piece_that_grows_is_handed_on_in_small_pieces():
    assert max(map(len, decoded([gzip.compress(bytes(10_000_000))], "gzip"))) <= 64 * 1024
