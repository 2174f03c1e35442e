"""Tables and lists are in the reader's language: columns, values and counts; what programs read is not translated."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from debitoor_provider.messages import languages, words
from tests.messages.english import english_in

OTHERS = sorted(set(languages()) - {"en"})
COMMANDS = [
    "accounts list",
    "accounts health",
    "accounts validate",
    "accounts preview acme",
    "documents list acme",
    "documents history acme {moved}",
    "documents history acme {held}",
    "documents ignore acme {held} --reason xyz",
    "check acme --all",
    "ledger rebuild acme",
]
NAMES = frozenset(
    {"acme", "convert", "paper", "ltd", "manual", "user", "root", "yaml", "gmbh", "receipt", "pdf", "eur"}
)
"""Names of what the tables show, and of the run."""


@pytest.fixture
def held(account, receipt):
    """Enter a document whose figures cannot be booked, before the account's run."""
    account()
    return receipt(currency="GBP")


@pytest.mark.parametrize("language", OTHERS)
def test_what_people_read_has_no_english(cli, held, moved, receipt, language):
    receipt()
    for command in COMMANDS:
        line = command.format(held=held, moved=moved).split()
        output = "table" if command.startswith("check") or language == "fr" else "plain"
        done = cli(*line, "--language", language, "-o", output)
        assert (command, english_in(done.out + done.err, language, NAMES)) == (command, set())
        assert "None" not in done.out
        assert "['" not in done.out


def test_it_has_the_words_of_the_page(cli, held, moved):
    french = words("fr")
    listed = cli("documents", "list", "acme", "--language", "fr", "-o", "plain").out.splitlines()
    assert listed[0].startswith(french["runs.account"])
    assert {french["state.held"], french["state.moved"]} <= {
        word for line in listed for word in re.split(" {2,}", line)
    }
    assert f"{french['check.outcome.same']}\N{NO-BREAK SPACE}: 1" in cli("check", "acme", "--language", "fr").out


def test_programs_get_the_same_in_every_language(cli, held, moved):
    for command in ("accounts list", "documents list acme", "documents history acme " + moved):
        french, english = (cli(*command.split(), "--language", to, "-o", "json").rows for to in ("fr", "en"))
        for one in (*french, *english):
            one.pop("why", None)
        assert french == english


def test_a_state_may_be_named_by_its_word(cli, held, moved):
    for name in ("held", "retenu", "Retenu"):
        rows = cli("documents", "list", "--state", name, "--language", "fr", "-o", "json").rows
        assert [row["document"] for row in rows] == [str(held)]
    assert cli("documents", "list", "--state", "retenu", "--language", "en").code == 2


def test_the_history_says_amounts_and_lists_as_people_write_them(cli, held, moved):
    french = cli("documents", "history", "acme", moved, "--language", "fr", "-o", "plain").out
    assert "19 %\N{NO-BREAK SPACE}: 119" in french
    assert "target_time" not in french
    table = cli("documents", "history", "acme", moved, "--language", "fr").out
    assert "19\N{NO-BREAK SPACE}%\N{NO-BREAK SPACE}: 119,00" in table
    assert cli("documents", "history", "acme", moved, "-o", "json").rows[2]["detail"]["by_rate"] == {"19": "119.00"}


def test_tables_have_amounts_and_dates_as_people_write_them(cli, receipt, account):
    account()
    receipt(document_date="2026-03-31", gross_amount="1190.00", net_amount="1000.00")
    table = cli("accounts", "preview", "acme", "--language", "fr").out
    assert ("1\N{NARROW NO-BREAK SPACE}190,00" in table, "31 mars 2026" in table) == (True, True)
    plain = cli("accounts", "preview", "acme", "--language", "fr", "-o", "plain").out
    assert ("1190.00" in plain, "2026-03-31" in plain) == (True, True)


def test_amounts_stay_whole_in_a_narrow_terminal(cli, planned, monkeypatch):
    monkeypatch.setattr("airflow.cli.simple_table.is_tty", lambda: True)
    monkeypatch.setenv("COLUMNS", "150")
    planned("1", company="Paper and Ink of the Old Town Ltd", gross_amount=Decimal("1234567.50"), currency="EUR")
    table = cli("documents", "list", "acme", "--language", "fr").out
    assert "1 234 567,50".replace(" ", "\N{NARROW NO-BREAK SPACE}") in table
    assert len({len(line) for line in table.splitlines() if "|" in line}) == 1


def test_columns_of_uneven_rows_are_in_line(cli, account):
    account()
    account(stem="broken", frequency="never")
    done = cli("accounts", "validate", "-o", "plain")
    header, *lines = done.out.splitlines()
    assert (done.code, header.split()) == (
        1,
        ["account", "file", "result", "next_runs", "line", "field", "message", "remedy"],
    )
    assert {line.split()[2] for line in lines} == {"well", "broken"}
