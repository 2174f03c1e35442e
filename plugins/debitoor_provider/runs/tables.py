"""Tables that a person likes to read, in the terminal and in logs."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from debitoor_provider.messages import current_reader, localized
from debitoor_provider.runs.words import word
from debitoor_provider.sync.money import exact_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from rich.console import ConsoleOptions, OverflowMethod
    from rich.containers import Lines
    from rich.measure import Measurement

    from debitoor_provider.sync.steps.preview_result import Preview

_WIDTH = 200  # of tables that go into a log
NO_BREAK = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
"""The spaces in amounts and before marks; for :meth:`str.isprintable` they are not printable."""
_BIND = str.maketrans(NO_BREAK, "\ue000\ue001")
"""For rich, a line may break at any space; characters of private use are none, and :func:`cell` lets none through."""
_UNBIND = {bound: space for space, bound in _BIND.items()}


class Cell(Text):
    """Text without styles that breaks at no no-break space, and loses nothing where its column is narrow."""

    def wrap(self, console: Console, width: int, *, overflow: OverflowMethod | None = None, **options: Any) -> Lines:
        """Return the lines that fit into a width."""
        if overflow != "ignore" and cell_len(self.plain) > width:
            options["no_wrap"] = False
        lines = self._bound().wrap(console, width, overflow=overflow, **options)
        for line in lines:
            line.plain = line.plain.translate(_UNBIND)
        return lines

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return self._bound().__rich_measure__(console, options)

    def _bound(self) -> Text:
        return Text(self.plain.translate(_BIND), justify=self.justify, overflow=self.overflow, end=self.end)


class RankedTable(Table):
    """A table that knows which of its columns matter least, for where it is too wide: the least important first."""

    least: Sequence[str] = ()


def table(*columns: str, right: Iterable[str] = ()) -> RankedTable:
    """Begin a table.

    :param right: columns that hold figures
    """
    made = RankedTable(header_style="bold")
    for column in columns:
        is_figure = column in right
        made.add_column(column, justify="right" if is_figure else "left", overflow="fold", no_wrap=is_figure)
    return made


def worded_table(columns: Mapping[str, str], *right: str, least: Iterable[str] = ()) -> RankedTable:
    """Begin a table whose columns are in the reader's words.

    :param columns: the page's word for each
    :param right: those that hold figures
    :param least: those that matter least, the least important first
    """
    heads = {name: word(key, name) for name, key in columns.items()}
    made = table(*heads.values(), right=[heads[name] for name in right])
    made.least = [heads[name] for name in least]
    return made


def cell(value: object) -> Cell:
    """Show a value as it is: names of people and documents are never markup, and stay on one line."""
    text = "" if value is None else str(value)
    return Cell("".join(char if char.isprintable() or char in NO_BREAK else " " for char in text))


def money(amount: Decimal | None, currency: str, *, is_named: bool = True) -> str:
    """Show an amount with its currency.

    :param is_named: show the currency, unless it has a column of its own
    """
    if amount is None:
        return ""
    text = localized(exact_text(amount, currency))
    space = "\N{NO-BREAK SPACE}" if current_reader().localizes else " "
    return f"{text}{space}{currency}" if is_named and currency else text


def preview_table(rows: Iterable[Preview]) -> RankedTable:
    """Show what a run would do."""
    made = worded_table(_PREVIEW, "Gross", least=("E-invoice", "Lines", "Number", "Name", "Company", "Date"))
    for row in rows:
        values = (
            row.source_id,
            word(f"preview.outcome.{row.outcome}", row.outcome),
            localized(str(row.document_date or ""), "day"),
            row.document_number,
            row.company,
            money(row.gross_amount, row.currency),
            "; ".join(map(localized, row.lines)),
            word(f"invoice.{row.invoice}", row.invoice),
            row.target_name or row.source_name,
            row.reason,
        )
        made.add_row(*map(cell, values))
    return made


_PREVIEW = {
    "Document": "documents.document",
    "Outcome": "check.outcome",
    "Date": "documents.date",
    "Number": "documents.number",
    "Company": "documents.company",
    "Gross": "documents.gross",
    "Lines": "preview.record.lines",
    "E-invoice": "documents.invoice",
    "Name": "documents.name",
    "Why": "documents.why",
}
"""The page's word for each column."""


def to_text(made: Table) -> str:
    """Write a table without colours."""
    console = Console(file=StringIO(), width=_WIDTH, color_system=None)
    with console.capture() as capture:
        console.print(made)
    return capture.get()
