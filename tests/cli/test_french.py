"""What goes wrong with a command is said in the language that it names: each command, with bad input."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.test_commands import COMMANDS
from tests.messages.english import english_in

if TYPE_CHECKING:
    from pathlib import Path

NAMES = frozenset(
    {
        "account",
        "list",
        "documents",
        "accounts",
        "ledger",
        "limit",
        "currency",
        "date",
        "tax",
        "gross",
    }
    | {
        "withdraw",
        "supply",
        "exchange",
        "rate",
        "attention",
        "mark",
        "retry",
        "if",
        "missing",
        "connections",
        "validate",
    }
    | {"proven", "contradicts", "supplied", "unproven", "unreadable", "none", "path", "folder"}
)
"""Words of the command line, and values as the account file and the other programs have them."""
ENTIRE = "est pas un nombre entier à partir de 1"
WRONG = {
    "check": (["acme", "--from", "31.1.2026"], ["acm"], ["acme", "--from", "2026-02-01", "--to", "2026-01-01"],
              ["acme"]),
    "init": (["--sandbox", "http://127.0.0.1:9"], ["/dev/null/x"]),
    "sandbox": (),
    "accounts list": (),
    "accounts allow": (["acm"], ["zzz"], ["acme"]),
    "accounts create": (
        ["--template", "/nowhere", "--values", "/nowhere"],
        ["--template", "/", "--values", "/"],
        ["--template", "{good}", "--values", "{binary}"],
        ["--template", "{good}", "--values", "{uneven}"],
        ["--template", "{uneven}", "--values", "{good}"],
    ),
    "accounts validate": (["/nowhere.yaml"], ["{uneven}"], ["{binary}"]),
    "accounts health": (["acm"], ["zzz"], ["acme"]),
    "accounts schema": (),
    "accounts preview": (["acm"], ["acme", "--from", "x"], ["acme"]),
    "documents list": (
        ["acm"], ["--state", "rejectd"], ["--state", "zzz"], ["--mark", "zzz"], ["--invoice", "zzz"],
        ["--from", "x"], ["--from", "2026-02-01", "--to", "2026-01-01"], ["--text", "zzz"], ["--limit", "1"],
    ),
    "documents retry": (["acme", "7"], ["acm", "7"], ["acme", "1"], ["acme", "2", "--if-missing"]),
    "documents book": (["acme", "7", "--figures", "record"], ["acme", "1", "--figures", "record"]),
    "documents correct": (
        ["acme", "7"], ["acme", "1"], ["acme", "1", "--date", "x"], ["acme", "1", "--tax", "x"], ["zzz", "1"],
        ["acme", "1", "--date", "2026-01-01"], ["acme", "3", "--tax", "190"], ["acme", "3", "--currency", "XXX"],
    ),
    "documents distinct": (["acme", "7"], ["acme", "1"]),
    "documents ignore": (["acme", "7"], ["acme", "2"]),
    "documents mark-moved": (["acme", "7"], ["acme", "2"]),
    "documents history": (["acme", "7"], ["acm", "7"]),
    "ledger upgrade": (),
    "ledger rebuild": (["acm"], ["acme"]),
    "ledger recount": (),
}  # fmt: skip
"""Bad input of each command."""


def test_every_command_is_tried() -> None:
    assert {name.removeprefix("debitoor ") for name in COMMANDS} == set(WRONG)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Return files that are read by commands, by what they are."""
    contents = {
        "good": b"type: export\nname: a\ndebitoor_id: a@b.example\n",
        "binary": b"\xff\xfe\0",
        "uneven": b'a,b\n1\n"x\n',
    }
    for name, content in contents.items():
        (tmp_path / f"{name}.yaml").write_bytes(content)
    return {name: str(tmp_path / f"{name}.yaml") for name in contents}


@pytest.mark.parametrize(
    ("command", "words"), [(command, words) for command, several in WRONG.items() for words in several]
)
def test_what_goes_wrong_is_said_in_french(cli, account, planned, ledger, files, command, words):
    account()
    planned("1", "2", "3")
    known = ledger.documents.known("acme", "export", ["2", "3"])
    ledger.documents.mark_moved([known["2"]], "user:ada", "")
    given = [word.format(**files) if word.startswith("{") else word for word in words]
    done = cli(*command.split(), *given, "--language", "fr")
    said = done.out + done.err
    for word in given:
        said = said.replace(word, "")
    assert (said, english_in(said, "fr", NAMES)) == (said, set())


@pytest.mark.parametrize("words", [["documents", "list", "--limit", "x"], ["accounts", "health", "--late", "0"]])
@pytest.mark.parametrize("language", [["--language=fr"], ["--language", "fr"]])
def test_an_invalid_number_is_refused_in_french(cli, words, language, monkeypatch):
    monkeypatch.setattr("sys.argv", ["airflow", "debitoor", *words, *language])
    done = cli(*words, *language)
    assert (done.code, ENTIRE in done.err) == (2, True)
    monkeypatch.setattr("sys.argv", ["airflow", "debitoor", *words])
    assert "is not a whole number of 1 or more" in cli(*words).err


def test_without_an_airflow_health_says_so_in_french(cli, account, monkeypatch):
    account()
    monkeypatch.setenv("AIRFLOW__DEBITOOR__LEDGER_CONN", "postgresql://nobody@127.0.0.1:9/books")
    done = cli("accounts", "health", "--language", "fr")
    assert "Le registre (PostgreSQL\N{NO-BREAK SPACE}: books, 127.0.0.1) ne peut pas être joint." in done.out


@pytest.mark.parametrize(
    "words",
    [
        ["documents", "list", "--state", "rejectd"],
        ["documents", "list", "--mark", "zzz"],
        ["documents", "list", "--invoice", "zzz"],
        ["documents", "list", "--from", "x"],
        ["documents", "list", "--from", "2026-02-01", "--to", "2026-01-01"],
        ["documents", "correct", "acme", "1", "--date", "x"],
        ["documents", "correct", "acme", "1", "--date", "1969-12-31"],
        ["documents", "correct", "acme", "1", "--currency", "XXX"],
        ["documents", "correct", "acme", "1", "--tax", "x"],
        ["documents", "correct", "acme", "1", "--exchange-rate", "x"],
        ["documents", "correct", "acme", "1", "--supply", "eu", "--withdraw"],
        ["documents", "correct", "acme", "1"],
        ["accounts", "preview", "acme", "--from", "x"],
        ["accounts", "preview", "acme", "--from", "2026-02-01", "--to", "2026-01-01"],
        ["check", "acme", "--from", "x"],
    ],
)
def test_an_invalid_value_exits_with_2_and_one_sentence(cli, account, planned, words):
    account()
    planned("1")
    done = cli(*words, "--language", "fr")
    assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 1)


@pytest.mark.parametrize("words", [words.split()[1:] for words in COMMANDS])
def test_every_command_refuses_a_language_that_there_is_not(cli, words, monkeypatch):
    needed = {"accounts create": ["--template", "a", "--values", "b"], "documents book": ["--figures", "record"]}
    name = " ".join(words)
    given = [] if name in {"init", "sandbox", "ledger upgrade", "ledger recount"} else ["acme"]
    if words[0] == "accounts" and words[1] in {"list", "create", "schema"}:
        given = []
    if words[0] == "documents" and words[1] != "list":
        given = ["acme", "7"]
    done = cli(*words, *given, *needed.get(name, []), "--language", "xx")
    assert (done.code, done.out, done.sentence.startswith("There are no messages in 'xx'.")) == (2, "", True)
