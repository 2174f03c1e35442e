"""What is wrong with a command line ends with 2 and one sentence in the reader's language, and so does help."""

from __future__ import annotations

import gettext
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from airflow.cli.cli_config import Arg, DefaultHelpParser, GroupCommand
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import debitoor_provider.cli
from debitoor_provider.cli import get_debitoor_cli_commands
from debitoor_provider.messages import languages
from tests.cli.test_commands import COMMANDS
from tests.cli.test_french import NAMES
from tests.messages.english import english_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from airflow.cli.cli_config import CLICommand
    from babel.messages.catalog import Catalog

OTHERS = sorted(set(languages()) - {"en"})
LOCALE = Path(debitoor_provider.cli.__file__).with_name("locale")
WRONG = {
    "": "COMMAND",
    "lst": "'lst'",
    "documents": "COMMAND",
    "documents lst": "'lst'",
    "documents list --nope 1": "--nope",
    "documents --nope list": "--nope",
    "documents list a b": "b",
    "documents list --state": "--state",
    "documents list --limit 0": "'0'",
    "documents list --mar": "--mark",
    "documents list -o pdf": "'pdf'",
    "documents list --attention=3": "'3'",
    "documents book acme 7": "--figures",
    "documents book acme": "DOCUMENT, --figures",
    "documents book acme 7 --figures mine": "'mine'",
    "accounts create": "--template, --values",
    "accounts health --late soon": "'soon'",
    "check acme -o plain": "'plain'",
    "init --sandbox localhost:8090": "'localhost:8090'",
    "init --sandbox http://[": "'http://['",
    "sandbox --documents -1": "'-1'",
    "sandbox --port 65536": "'65536'",
}
"""Wrong command lines, and what their sentence names."""


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., tuple[object, str, str]]]:
    """Parse a command line as ``airflow`` does in a terminal of a language, in this process."""
    domain = gettext.textdomain()
    monkeypatch.setenv("LANGUAGE", "")
    monkeypatch.setenv("COLUMNS", "400")

    def parse(words: Sequence[str], language: str) -> tuple[object, str, str]:
        monkeypatch.setenv("LC_ALL", f"{language}_XX.UTF-8")
        monkeypatch.setattr(sys, "argv", ["airflow", "debitoor", *words])
        (root,) = get_debitoor_cli_commands()
        parser = DefaultHelpParser(prog="airflow")
        made = parser.add_subparsers().add_parser("debitoor")
        for arg in root.args:
            arg.add_to_parser(made)
        with pytest.raises(SystemExit) as end:
            parser.parse_args(sys.argv[1:])
        return end.value.code, *capsys.readouterr()

    yield parse
    gettext.textdomain(domain)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize(("line", "named"), WRONG.items())
def test_a_wrong_command_line_is_refused_in_the_readers_language(run, line, named, language):
    code, out, err = run(line.split(), language)
    usage, sentence = err.strip().split("\n", 1)
    assert (code, out, named in sentence) == (2, "", True), err
    assert english_in(sentence, language, NAMES | _words(usage, line, *COMMANDS)) == set()
    assert usage.startswith(("Utilisation", "Aufruf", "Brug"))


@pytest.mark.parametrize("line", WRONG)
def test_it_is_refused_in_english_too(run, line):
    code, out, err = run(line.split(), "en")
    assert (code, out, err.startswith("usage: airflow debitoor"), ": error: " in err) == (2, "", True, True)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("words", ["", "documents", *(name.removeprefix("debitoor ") for name in COMMANDS)])
def test_help_is_in_the_readers_language(run, words, language):
    code, out, _ = run([*words.split(), "--help"], language)
    usage, _, text = out.partition("\n\n")
    assert (code, english_in(text, language, NAMES | _words(usage, "--help server", *COMMANDS))) == (0, set())


def _words(*texts: str) -> frozenset[str]:
    """Return what stands in a command line or in its usage: names, in whatever language."""
    return frozenset(re.findall("[a-z]+", " ".join(texts).casefold()))


def _texts(commands: Sequence[CLICommand]) -> Iterator[str]:
    for command in commands:
        yield from filter(None, (command.help, command.description, command.epilog))
        if isinstance(command, GroupCommand):
            yield from _texts(list(command.subcommands))
        else:
            for arg in command.args:
                yield from [arg.kwargs["help"]] if type(arg) is Arg else _texts(arg.commands)


def _read(catalogue: Catalog) -> dict[str, str]:
    """Return the texts of a catalogue; plural forms are joined."""
    several = {" | ".join(_forms(one.id)): " | ".join(_forms(one.string)) for one in catalogue}
    return {text: translated for text, translated in several.items() if text}


def _forms(text: str | Iterable[str]) -> Iterable[str]:
    return [text] if isinstance(text, str) else text


@pytest.mark.parametrize("language", OTHERS)
def test_every_help_text_is_translated_and_the_compiled_catalogue_is_that_of_the_texts(language):
    folder = LOCALE / language / "LC_MESSAGES"
    with (folder / "debitoor.po").open("rb") as source, (folder / "debitoor.mo").open("rb") as compiled:
        texts, other = (_read(catalogue) for catalogue in (read_po(source), read_mo(compiled)))
    assert texts == other, "compile it with: make docs"
    assert set(_texts(get_debitoor_cli_commands())) - texts.keys() == set()
    assert [text for text in texts.values() if not text] == []


def test_other_commands_of_airflow_stay_english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    monkeypatch.setattr(sys, "argv", ["airflow", "dags", "list"])
    before = gettext.textdomain()
    get_debitoor_cli_commands()
    assert gettext.textdomain() == before


def test_a_process_of_airflow_does_so(airflow_database):
    command = [sys.executable, "-m", "airflow", "debitoor", "documents", "list", "--nope"]
    env = {**os.environ, "LC_ALL": "de_DE.UTF-8"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=env)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == "airflow debitoor documents list: Fehler: unbekannte Argumente: --nope"
