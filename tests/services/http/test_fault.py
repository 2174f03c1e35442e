from __future__ import annotations

import ssl

import pytest
import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    InvalidHeader,
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)

from debitoor_provider.services.errors import BadAnswer, Misconfigured, NotSent, Unavailable
from debitoor_provider.services.http.fault import meaning

UNVERIFIED = ssl.SSLCertVerificationError(1, "by any sentence")
REFUSED = NewConnectionError(None, "refused")


def gave_up(reason: Exception) -> MaxRetryError:
    return MaxRetryError(None, "/documents?searchQuery=acme-gmbh", reason)


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        (requests.ConnectionError(gave_up(REFUSED)), NotSent, "refused"),
        (requests.exceptions.ProxyError(gave_up(ProxyError("proxy", REFUSED))), NotSent, "refused"),
        (requests.ConnectTimeout(gave_up(ConnectTimeoutError("slow"))), NotSent, "in time"),
        (requests.ReadTimeout(ReadTimeoutError(None, "/", "Read timed out.")), Unavailable, "in time"),
        (requests.ConnectionError(ReadTimeoutError(None, "/", "Read timed out.")), Unavailable, "in time"),
        (requests.ConnectionError(ProtocolError("Connection aborted.")), Unavailable, "interrupted"),
        (requests.exceptions.ChunkedEncodingError("incomplete"), Unavailable, "interrupted"),
        (requests.exceptions.SSLError("unexpected eof"), Unavailable, "interrupted"),
        (requests.exceptions.SSLError(gave_up(SSLError(UNVERIFIED))), Misconfigured, "certificate"),
        (requests.exceptions.SSLError(UNVERIFIED), Misconfigured, "certificate"),
        (requests.exceptions.SSLError("CERTIFICATE_VERIFY_FAILED, by its sentence"), Unavailable, "interrupted"),
        (requests.ConnectionError("Read timed out, by its sentence"), Unavailable, "interrupted"),
        (requests.exceptions.ContentDecodingError("gzip"), BadAnswer, "decoded"),
        (requests.exceptions.InvalidHeader("x: k3y"), Misconfigured, "could not be made"),
        (requests.exceptions.InvalidHeader(InvalidHeader("k3y, 2")), BadAnswer, "contradict each other"),
        (requests.ConnectionError(), Unavailable, "interrupted"),
    ],
)
def test_failures_are_classified_by_whether_anything_was_sent(fault, kind, said):
    error = meaning(fault)
    assert type(error) is kind
    assert said in str(error)
    assert "acme-gmbh" not in str(error)
    assert "k3y" not in str(error)
