from __future__ import annotations

import errno
import hashlib

import pytest

from debitoor_provider.services.errors import RetryError
from debitoor_provider.sync.content import seal, spool
from debitoor_provider.sync.obstacle import Obstacle


@pytest.mark.parametrize("size", [5, 1000, 3_000_000])
def test_a_file_is_measured_hashed_and_ready_to_be_read(size: int) -> None:
    content = b"%PDF-" + bytes(size - 5)
    with spool() as body:
        body.write(content)
        sealed = seal(body, "scan.pdf")
        assert (sealed.size, sealed.sha256) == (size, hashlib.sha256(content).hexdigest())
        assert sealed.body.read() == content


@pytest.mark.parametrize(
    ("content", "filename", "code"),
    [
        (b"", "scan.pdf", "empty_file"),
        (b"", "scan.png", "empty_file"),
        (b"<html>", "scan.pdf", "not_a_pdf"),
        (b"<html>", "Scan.PDF", "not_a_pdf"),
        (b"%PD", "scan.pdf", "not_a_pdf"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_rejected(content: bytes, filename: str, code: str) -> None:
    with spool() as body:
        body.write(content)
        with pytest.raises(Obstacle) as met:
            seal(body, filename)
    assert met.value.code == code


@pytest.mark.parametrize("filename", ["scan.png", "scan", "pdf", "", "a\x00.jpg"])
def test_a_name_that_promises_no_pdf_needs_none(filename: str) -> None:
    with spool() as body:
        body.write(b"\x89PNG")
        assert seal(body, filename).size == 4


def test_a_full_disk_is_an_error_that_a_later_attempt_may_not_meet() -> None:
    with pytest.raises(RetryError, match="temporary files of this run"), spool():
        raise OSError(errno.ENOSPC, "No space left on device")
