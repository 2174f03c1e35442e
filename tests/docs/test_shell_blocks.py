"""Commands in the documentation exist, with their options: those of Airflow as its own parser reads them."""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import re
import shlex
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.docs.pages import PAGES, ROOT, Block, each, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

OTHERS = {".", "cat", "cd", "cp", "curl", "docker", "export", "git", "kill", "kubectl", "mkdir", "mv", "rm", "wait"}
"""Programs of the system whose options are their own."""
MAKEFILE = (ROOT / "Makefile").read_text()
_INLINE = re.compile(r"`(airflow debitoor [^`]+)`")
_ENDS = {";", "&&", "||", "|", "&"}


@cache
def parser() -> argparse.ArgumentParser:
    from airflow.cli.cli_parser import get_parser

    return get_parser()


def commands(text: str) -> Iterator[list[str]]:
    """Divide a block into commands, each in words, without comments and what is redirected."""
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        reader = shlex.shlex(line, posix=True, punctuation_chars="();<>|&")
        reader.whitespace_split = True
        command: list[str] = []
        for word in [*reader, ";"]:
            if word in _ENDS:
                if command:
                    yield command
                command = []
            else:
                command.append(word)


def complaint(words: list[str]) -> str:
    """Return what Airflow's parser says against a command; empty when nothing."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        try:
            parser().parse_args(words)
        except SystemExit as end:
            return said.getvalue() if end.code else ""
    return ""


def problem(words: list[str], page: Path) -> str:
    """Return what is wrong with a command; empty when nothing is."""
    while words and re.fullmatch(r"\w+=.*", words[0]):
        words = words[1:]
    program, rest = (Path(words[0]).name or words[0]) if words else "", words[1:]
    if ">" in rest:
        rest = rest[: rest.index(">")]
    if program == "airflow":
        return complaint(rest)
    if program == "make":
        targets = [word for word in rest if "=" not in word and not word.startswith("-")]
        return ", ".join(name for name in targets if not re.search(rf"^{name}:", MAKEFILE, re.MULTILINE))
    if program.startswith("python"):
        module = rest[rest.index("-m") + 1] if "-m" in rest else ""
        return "" if not module or importlib.util.find_spec(module) else f"no module {module}"
    if program in ("pytest", "sh", "bash"):
        named = next((word.partition("::")[0] for word in rest if not word.startswith("-")), "")
        return "" if (ROOT / named).exists() else f"no file {named}"
    if program in ("pip", "twine"):
        return ""
    return "" if program in OTHERS or not program else f"{program} is not known to this test"


@each("sh")
def test_a_command_exists_with_its_options(block: Block) -> None:
    found = [(shlex.join(words), problem(words, block.page)) for words in commands(block.text)]
    assert found
    assert [(command, wrong) for command, wrong in found if wrong] == []


def steps(words: list[str]) -> str:
    """Follow the words of a command that has places to fill; return the first that does not exist."""
    at: argparse.ArgumentParser = parser()
    for word in words:
        below = next((act for act in at._actions if isinstance(act, argparse._SubParsersAction)), None)
        if word.startswith("-") and word.partition("=")[0] not in at._option_string_actions:
            return word
        if below is not None and not word.startswith("-"):
            if word not in below.choices:
                return "" if word in ("…", "...") else word
            at = below.choices[word]
    return ""


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_command_within_a_sentence_exists(page: Path) -> None:
    named = _INLINE.findall(page.read_text())
    assert [(command, wrong) for command in named if (wrong := steps(command.replace("…", " … ").split()[1:]))] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_of_make_exist(page: Path) -> None:
    named = {word for words in re.findall(r"(?:`|^)make ([a-z -]+)", page.read_text(), re.M) for word in words.split()}
    assert [name for name in sorted(named) if not re.search(rf"^{name}:", MAKEFILE, re.MULTILINE)] == []


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("airflow debitoor accounts vallidate", "invalid choice"),
        ("airflow debitoor check acme --frm 2026-01-01", "unrecognized arguments"),
        ("airflow debitoor documents retry acme", "required"),
        ("make no-such-target", "no-such-target"),
        ("python -m no_such_module", "no_such_module"),
        ("sh no/such/file.sh", "no/such/file.sh"),
        ("airflowctl debitoor", "not known"),
    ],
)
def test_a_wrong_command_would_be_found(command: str, said: str) -> None:
    (words,) = commands(command)
    assert said in problem(words, ROOT / "README.md")


def test_a_wrong_option_within_a_sentence_would_be_found() -> None:
    assert steps(["debitoor", "documents", "list", "--atention"]) == "--atention"
    assert steps(["debitoor", "docs"]) == "docs"
