from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from debitoor_provider.messages import words
from debitoor_provider.runs.spreadsheets import PROGRAMS, Dialect, guarded


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", " =1", "\uff1d1", "\ufeff=1", "\u200b\u00a0=1", "\ufe66" + "1"]
)
def test_no_text_becomes_a_formula(text):
    assert guarded(text) == f"'{text}"


def test_a_formula_behind_a_semicolon_is_escaped_too():
    assert guarded("a;=1") == "a;'=1"
    assert guarded("Paper Ltd") == "Paper Ltd"


@pytest.mark.parametrize(
    "text", ["Evil,=1+1,x", "a,@SUM(1)", "a,+1", "x, =1", 'Evil,"=1+1', "a;=1", "a|=1", "a\t=1", "a;\ufeff=1"]
)
@pytest.mark.parametrize("dialect", [Dialect.of("de"), Dialect.of("en"), PROGRAMS], ids=["de", "en", "programs"])
@pytest.mark.parametrize("opened", [",", ";", "\t", "|"])
def test_no_separator_of_another_spreadsheet_uncovers_a_formula(text, dialect, opened):
    line = dialect.lines([["ok", guarded(text), Decimal("-1.50")]])
    cells = next(csv.reader(io.StringIO(line, newline=""), delimiter=opened))
    assert not [cell for cell in cells if cell.lstrip(' "\ufeff').startswith(("=", "+", "@"))]


@pytest.mark.parametrize("char", ["\x1b", "\x9b", "\x00", "\x07", "\x08", "\x7f", "\v", "\x85", "\u202e", "\u2066"])
def test_no_text_commands_the_terminal_that_shows_it(char):
    assert guarded(f"{char}[2J") == "\ufffd[2J"
    assert guarded(f"Paper{char}[31m\tLtd") == "Paper\ufffd[31m\tLtd"
    assert guarded(f"a{char}=1") == "a\ufffd=1"


def test_cells_with_commas_are_quoted():
    assert PROGRAMS.lines([("a,b", 1), ("c", None)]) == '"a,b",1\r\nc,\r\n'


def test_a_spreadsheet_gets_the_separators_and_words_of_its_language():
    head, cells = (
        [("document date", "documents.date")],
        [[Decimal("-1234.50"), datetime(2026, 1, 31, 23, 5, tzinfo=UTC)]],
    )
    assert Dialect.of("fr").head(head) == "\ufeffDate\r\n"
    assert Dialect.of("fr").lines(cells) == "-1234,50;2026-01-31 23:05:00\r\n"
    assert Dialect.of("en").lines(cells) == "-1234.50,2026-01-31 23:05:00\r\n"


def test_times_in_a_spreadsheet_are_in_the_readers_zone_which_the_head_names():
    columns = [("number", "documents.number"), ("changed at", "documents.changed")]
    cells = [["R-1", datetime(2026, 1, 31, 23, 5, tzinfo=UTC)], ["R-2", datetime(2026, 7, 1, 23, 5, tzinfo=UTC)]]
    paris = Dialect.of("fr", ZoneInfo("Europe/Paris"))
    changed = words("fr")["documents.changed"]
    assert paris.head(columns, {"changed at"}).endswith(f";{changed} (Europe/Paris)\r\n")
    assert paris.lines(cells) == "R-1;2026-02-01 00:05:00\r\nR-2;2026-07-02 01:05:00\r\n"
    assert Dialect.of("fr").head(columns, {"changed at"}).endswith(f";{changed} (UTC)\r\n")
    assert PROGRAMS.head(columns, {"changed at"}) == "\ufeffnumber,changed at\r\n"


def test_programs_get_the_same_in_every_language():
    assert PROGRAMS.head([("document date", "documents.date")]) == "\ufeffdocument date\r\n"
    assert PROGRAMS.lines([[Decimal("-1234.50"), datetime(2026, 1, 31, tzinfo=UTC)]]) == (
        "-1234.50,2026-01-31T00:00:00+00:00\r\n"
    )
