"""Tables and lists are in the reader's language: columns, values and counts; what programs read is not translated."""

from __future__ import annotations

import re
from decimal import Decimal
from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from debitoor_provider.cli.fitting import fitting
from debitoor_provider.messages import Message, languages, words
from debitoor_provider.runs.tables import cell, table
from debitoor_provider.sync.ledger import State
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


WIDTHS = [80, 100, 120]
LONG = {
    "document_number": "RE-2026-000123",
    "company": "Müßiggang Bürobedarf und Söhne e.K.",
    "source_name": "2026-06-12_Müßiggang Bürobedarf e.K._RE-2026-000123.pdf",
    "gross_amount": Decimal("1234567.50"),
    "currency": "EUR",
}
"""What makes a list wide."""


@pytest.fixture
def narrow(monkeypatch):
    """Return what makes the terminal as wide as wanted."""
    monkeypatch.setattr("airflow.cli.simple_table.is_tty", lambda: True)
    return lambda width: monkeypatch.setenv("COLUMNS", str(width))


def lines_of(done) -> list[str]:
    lines = [line for line in done.out.splitlines() if "|" in line or "┃" in line or "│" in line]
    assert lines
    return lines


@pytest.mark.parametrize("language", ["en", "fr", "de", "da"])
@pytest.mark.parametrize("width", WIDTHS)
def test_a_list_of_documents_can_be_read_in_a_narrow_terminal(cli, planned, narrow, width, language):
    narrow(width)
    planned("1234567", "2345678", state=State.HELD, message=Message("foreign_currency", currency="USD"), **LONG)
    done = cli("documents", "list", "acme", "--language", language)
    head, *lines = lines_of(done)
    assert max(map(cell_len, lines)) <= width
    known = words(language) if language != "en" else {"documents.state": "state", "documents.why": "why"}
    for column in ("documents.state", "documents.why"):
        assert known[column] in head
    assert len(lines) <= 50 * 80 // width  # no column is so narrow that its texts become long
    for whole in ("1234567", "2345678"):
        assert re.search(rf"(^|[| ]){whole}( |$)", done.out, re.MULTILINE)
    assert word_of_state(language) in done.out
    assert ("1234567.50" if language == "en" else "234") in done.out
    assert "-o json" in done.err


def word_of_state(language: str) -> str:
    return "held" if language == "en" else words(language)["state.held"]


def test_what_has_room_stays_and_what_is_left_out_is_named(cli, planned, narrow):
    planned("1", **LONG)
    narrow(400)
    whole = cli("documents", "list", "acme")
    assert whole.err == ""
    narrow(80)
    done = cli("documents", "list", "acme")
    head = lines_of(done)[0]
    named = done.err.partition("for ")[2].partition(".")[0].split(", ")
    columns = [column.strip() for column in lines_of(whole)[0].split("|")]
    shown = [column.strip() for column in head.split("|")]
    assert sorted(named + shown) == sorted(columns)
    assert shown == [column for column in columns if column in shown]
    assert "mark" in named
    assert cli("documents", "list", "acme", "-o", "plain").err == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_no_list_is_wider_than_a_narrow_terminal_or_breaks_its_words(cli, held, moved, receipt, narrow, command):
    receipt()
    narrow(80)
    done = cli(*command.format(held=held, moved=moved).split())
    lines = [line for line in done.out.splitlines() if "|" in line or "│" in line]
    assert bool(lines) == (command not in {"accounts health", "accounts validate"})  # these print sentences
    assert max(map(cell_len, lines), default=0) <= 80
    for amount in re.findall(r"\d+\.\d\d", cli(*command.format(held=held, moved=moved).split(), "-o", "plain").out):
        assert amount in done.out


def test_an_account_s_state_and_reason_are_there_in_a_narrow_terminal(cli, held, moved, narrow):
    narrow(80)
    done = cli("accounts", "list")
    head = lines_of(done)[0]
    assert all(column in head for column in ("account", "attention", "state", "why"))
    assert "direction" in done.err


@pytest.mark.parametrize("width", [50, 60, 72])
def test_no_word_is_cut_off_where_even_what_matters_most_has_no_room(width):
    made = table("Outcome", "Here", "There", "Reason", right=["Here", "There"])
    made.least = ["Outcome"]
    reason = "There are 2 records with this document's mark: keep the one that has a file"
    made.add_row("only at the target", cell("1,234.00\u00a0EUR"), cell("1,234.00\u00a0EUR"), cell(reason))
    console = Console(width=width, file=StringIO())
    shown, _ = fitting(made, made.least, console)
    console.print(shown)
    lines = console.file.getvalue().splitlines()
    assert {cell_len(line) for line in lines} <= set(range(width + 1))
    rows = [line.strip("│").split("│") for line in lines if line.startswith("│")]
    assert " ".join("".join(row[-1] for row in rows).split()) == reason
    assert all(line[-1] in "┓┃┩│┘" for line in lines)
