from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from rich.console import Console
from rich.table import Table

from debitoor_provider.messages import Message, Reader, written_for
from debitoor_provider.runs.tables import cell, money, preview_table, table, to_text
from debitoor_provider.sync.steps.preview_result import Preview

THIN, WIDE = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"
ROW = Preview(
    source_id="4711",
    outcome="send",
    document_date=date(2026, 3, 1),
    document_number="R-7",
    company="Paper Ltd",
    gross_amount=Decimal("1119.5"),
    currency="EUR",
    source_name="scan.pdf",
    target_name="Paper Ltd_R-7.pdf",
    lines=("19 %: 1119.50", "7 %: 0.00"),
)


@pytest.mark.parametrize(
    "value",
    ["[red]x[/red]", "[link=http://evil.example]x[/link]", ":smile:", "[/]", "\\[b]", "<script>", "{{ x }}", "* _ #"],
)
def test_names_are_never_markup(value):
    made = table("Name")
    made.add_row(cell(value))
    assert value in to_text(made)


@pytest.mark.parametrize("hostile", ["\n", "\r", "\t", "\x1b[31m", "\u202e", "\u200b", "\x00", "\u2028", "\x9b"])
def test_a_name_stays_on_its_line_and_cannot_steer_the_terminal(hostile):
    made = table("Name")
    made.add_row(cell(f"a{hostile}b"))
    shown = to_text(made)
    assert hostile[0] not in shown.replace("\n", "") if hostile[0] != "\n" else "a b" in shown
    assert len(shown.splitlines()) == 5  # frame, head, rule, row, frame


def lines_of(value: str, width: int, **column: bool) -> list[str]:
    """Return the lines of a table's only cell."""
    made = Table(show_header=False, box=None, pad_edge=False)
    made.add_column(overflow="fold", **column)
    made.add_row(cell(value))
    console = Console(file=StringIO(), width=width)
    console.print(made)
    return [line.rstrip(" ") for line in console.file.getvalue().splitlines()]


@pytest.mark.parametrize("amount", [f"1{THIN}234,50{WIDE}€", f"12{THIN}345{THIN}678,90{WIDE}EUR", f"19{WIDE}%"])
def test_a_line_never_breaks_within_an_amount(amount):
    text = f"Montant{WIDE}: {amount} ou {amount}, payé"
    for width in range(len(f"{amount},"), 60):
        shown = lines_of(text, width)
        assert sum(line.count(amount) for line in shown) == 2, (width, shown)
        assert "".join(shown).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("no_wrap", [True, False])
def test_an_amount_that_is_wider_than_its_column_is_shown_to_its_end(no_wrap):
    assert "".join(lines_of(f"1{THIN}234,50{WIDE}€", 5, no_wrap=no_wrap)) == f"1{THIN}234,50{WIDE}€"


def test_a_missing_value_is_empty():
    assert cell(None).plain == ""
    assert money(None, "EUR") == ""


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1119.5", "EUR", "1119.50 EUR"),
        ("-0.10", "USD", "-0.10 USD"),
        ("12345678901234567.89", "EUR", "12345678901234567.89 EUR"),
        ("7", "", "7.00"),
        ("1119.00", "JPY", "1119 JPY"),
    ],
)
def test_money(amount, currency, shown):
    assert money(Decimal(amount), currency) == shown


def test_money_in_the_form_of_a_language():
    with written_for(Reader("de", figures=True)):
        assert [money(Decimal(1119), currency) for currency in ("EUR", "JPY")] == [
            f"1.119,00{WIDE}EUR",
            f"1.119{WIDE}JPY",
        ]


def test_figures_are_to_the_right():
    made = table("Name", "Gross", right=["Gross"])
    made.add_row(cell("a"), cell("1.00"))
    made.add_row(cell("b"), cell("100.00"))
    first, second = (line for line in to_text(made).splitlines() if ".00" in line)
    assert first.index("1.00") + 4 == second.index("100.00") + 6


def test_a_preview_shows_names_figures_and_reasons():
    shown = to_text(preview_table([ROW]))
    for expected in ("4711", "send", "2026-03-01", "R-7", "Paper Ltd", "1119.50 EUR", "19 %: 1119.50; 7 %: 0.00"):
        assert expected in shown
    assert "Paper Ltd_R-7.pdf" in shown
    assert "scan.pdf" not in shown


def test_long_texts_are_folded_and_not_cut():
    long = "x" * 500
    row = replace(ROW, message=Message("as_written", text=long, remedy=""))
    shown = to_text(preview_table([row]))
    assert shown.count("x") == 500
    assert max(map(len, shown.splitlines())) <= 200


def test_a_log_gets_no_colours():
    assert "\x1b" not in to_text(preview_table([ROW]))
