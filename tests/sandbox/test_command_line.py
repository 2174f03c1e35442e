"""The sandbox's own command line, in the language of the command that starts it."""

from __future__ import annotations

import gettext
import io
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po

import debitoor_provider.sandbox
from debitoor_provider.sandbox import cli
from debitoor_provider.sandbox.words import speak
from debitoor_provider.sandbox.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

SANDBOX = Path(debitoor_provider.sandbox.__file__).parent
LANGUAGES = ("fr", "de", "da")
WORDS = {"fr": "arguments inconnus", "de": "unbekannte Argumente", "da": "ukendte argumenter"}


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Speak a language, in this process and for the time of a test."""
    domain = gettext.textdomain()
    monkeypatch.setenv("LANGUAGE", request.param)
    speak()
    yield request.param
    gettext.textdomain(domain)


def ended(*words: str) -> str:
    with pytest.raises(SystemExit) as end:
        cli.main(words)
    return str(end.value.code)


def test_every_text_is_translated() -> None:
    pattern = re.compile(r'\b(?:_|gettext)\(\s*"([^"]+)"')
    files = [SANDBOX / name for name in ("__main__.py", "cli.py", "data/loader.py")]
    texts = {text for file in files for text in pattern.findall(file.read_text("utf-8"))}
    assert len(texts) > 30
    for language in LANGUAGES:
        path = SANDBOX.parent / "cli" / "locale" / language / "LC_MESSAGES" / "debitoor.po"
        with path.open("rb") as source:
            known = {message.id for message in read_po(source) if message.string}
        assert texts - known == set(), language


@pytest.mark.parametrize("words", [["extra"], ["--nope"]])
def test_what_it_does_not_know_is_refused_in_the_readers_language(language, words, capsys):
    assert ended(*words) == "2"
    said = capsys.readouterr().err
    assert WORDS[language] in said
    assert "usage" not in said
    assert "error" not in said


@pytest.mark.parametrize(
    "words",
    [
        ["--data", "/dev/null/x"],
        ["--from", "/nowhere", "--company", "A"],
        ["--from-date", "x"],
        ["--companies", "-1"],
        ["--companies", "1", "--documents", "1", "--from-date", "2999-01-01"],
    ],
)
def test_a_wrong_value_is_one_sentence_and_no_traceback(words, capsys):
    code = ended(*words)
    said = capsys.readouterr().err.strip().splitlines()[-1] if code == "2" else code
    assert len(said.splitlines()) == 1
    assert said.count(" ") > 3


def test_a_port_that_is_taken_is_said_with_the_reason_in_the_readers_language(language):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = ended("--port", str(taken.getsockname()[1]), "--companies", "1")
    assert "--port" in said
    assert "Address already in use" not in said


def test_what_it_says_when_it_is_ready_is_in_the_readers_language(language, tmp_path):
    world = World.open(tmp_path)
    world.companies.create("Acme", country="DE", currency="EUR")
    said = io.StringIO()
    cli._announce(world, "http://127.0.0.1:1", said, as_json=False)
    world.store.close()
    labels = {line.split("  ")[0].strip() or line.strip().split("  ")[0] for line in said.getvalue().splitlines()}
    assert not labels & {"Admin API", "API key", "account id", "Debitoor token", "Debitoor id"}
    assert "http://127.0.0.1:1/accounts/v3" in said.getvalue()
