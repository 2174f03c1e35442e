"""Secrets of a test must not be found in anything that it leaves behind: a pytest plugin.

Every trust test runs with all logging at debug level. At its end its log, the output it captured and every file below
its ``tmp_path`` are searched for the keys, tokens and client secrets of all companies that it made, revoked ones
included: as they are, in small or capital letters, URL-quoted, escaped, base64, hexadecimal, reversed, and as no more
than their first or last eight characters. What ``http.client`` prints at its own debug level is left out: that is the
request, as it was sent.
"""

from __future__ import annotations

import base64
import json
import logging
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import pytest

from debitoor_provider.sandbox.company_client import CompanyAdmin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.trust.common.tally import Tally

_SIZES = (8, 16)
_LARGEST = 32 * 1024 * 1024  # of a file, as far as it is searched
_OUTPUT = pytest.StashKey[str]()


class Canaries:
    """The secrets of a test, and where they must not be found."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self._signs: dict[bytes, str] = {}

    def add(self, secret: str | None, what: str) -> None:
        """Watch for a secret.

        :param what: what to call it
        """
        if secret and secret not in self.secrets:
            self.secrets[secret] = what
            self._signs |= {sign: f"{what}, {form}" for form, sign in signs(secret)}

    def forget(self) -> None:
        """Forget all secrets."""
        self.secrets.clear()
        self._signs.clear()

    def secrets_in(self, content: bytes) -> list[str]:
        """Return which secrets a content holds, and in which form."""
        found = set()
        for words in set(re.findall(rb"[!-~]{8,}", content)):
            for size in _SIZES:
                for start in range(len(words) - size + 1):
                    if (sign := words[start : start + size]) in self._signs:
                        found.add(self._signs[sign])
        return sorted(found)

    def secrets_in_files(self, folder: Path) -> Iterator[tuple[str, list[str]]]:
        """Yield the same for all files below a folder, for each its path, its name included in the search."""
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                with path.open("rb") as file:
                    yield str(path.relative_to(folder)), self.secrets_in(bytes(path) + b"\n" + file.read(_LARGEST))


def signs(secret: str) -> Iterator[tuple[str, bytes]]:
    """Yield the pieces by which a secret is recognised, of 8 or 16 characters, with the form of each."""
    raw = secret.encode()
    quoted = {quote(secret, safe="").encode(), quote(secret).encode(), quote_plus(secret).encode()}
    texts = {"as it is": {raw}, "reversed": {raw[::-1]}, "URL-quoted": quoted - {raw}}
    texts["in small or capital letters"] = {raw.lower(), raw.upper()} - {raw}
    texts["escaped"] = {json.dumps(secret)[1:-1].encode(), repr(secret)[1:-1].encode()} - {raw}
    for form, written in texts.items():
        yield from ((form, sign) for text in written for sign in (text[:8], text[-8:]))
    for shift in range(3):  # wherever it begins in what is encoded
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            core = encode(bytes(shift) + raw).rstrip(b"=")[4:-4]
            yield from (("base64", sign) for sign in (core[:8], core[-8:]))
    for text in (raw.hex(), raw.hex().upper()):
        yield from (("hexadecimal", sign) for sign in (text[:16].encode(), text[-16:].encode()))


class _Log(logging.FileHandler):
    """A log file that worker processes inherit; what the system does not let be written is kept in memory."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, mode="a", encoding="utf-8", errors="backslashreplace")
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
        self.unwritten: list[str] = []

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        self.unwritten.append(record.getMessage())

    def content(self) -> bytes:
        return Path(self.baseFilename).read_bytes() + "\n".join(self.unwritten).encode(errors="backslashreplace")


@pytest.fixture(autouse=True)
def canaries(
    request: pytest.FixtureRequest, tally: Tally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Canaries]:
    """Watch for the secrets of all companies that the test makes; ``add`` more."""
    watched = Canaries()
    take = CompanyAdmin._take

    def watch(company: CompanyAdmin, row: dict[str, Any]) -> None:
        take(company, row)
        watched.add(company.gmi_api_key, "the API key")
        watched.add(company.debitoor_token, "the access token")
        watched.add(company.oauth_client_secret, "the client secret")

    monkeypatch.setattr(CompanyAdmin, "_take", watch)
    log = tmp_path.parent / f"{tmp_path.name}.log"
    with logged(log) as handler:
        yield watched
    found = {"the log": watched.secrets_in(handler.content())}
    found["the output"] = watched.secrets_in(request.node.stash.get(_OUTPUT, "").encode(errors="replace"))
    found |= watched.secrets_in_files(tmp_path)
    log.unlink()
    _note(tally, found.items())


@contextmanager
def logged(path: Path) -> Iterator[_Log]:
    """Let everything that is logged go into a file, at debug level."""
    root, handler = logging.getLogger(), _Log(path)
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield handler
    finally:
        root.setLevel(before)
        root.removeHandler(handler)
        handler.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Keep what a test wrote to its terminal, for the search at its end."""
    report: pytest.TestReport = yield
    item.stash[_OUTPUT] = report.capstdout + report.capstderr
    return report


def _note(tally: Tally, found: Iterable[tuple[str, list[str]]]) -> None:
    for where, secrets in found:
        for what in secrets:
            tally.add("secrets", f"{where} holds {what}")
