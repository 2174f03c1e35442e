"""Tables in a narrow terminal: whole columns are left out, so that those that matter can be read."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.measure import Measurement

from debitoor_provider.runs.tables import NO_BREAK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console
    from rich.table import Column, Table

_READABLE = 20
"""Names and sentences are still readable in so many letters a line."""
_UNLIMITED = 1_000_000


class _Width(NamedTuple):
    """How wide a column is, and how wide it has to be."""

    most: int
    least: int


def fitting(made: Table, least: Sequence[str], console: Console) -> tuple[Table, list[str]]:
    """Return a table without the columns for which there is no room, and the heads of these.

    Columns without any value are the first to be left out. Where even those that matter most have no room, they become
    as narrow as they have to be.

    :param made: a table whose heads are texts
    :param least: heads of the columns that may be left out, the least important first
    """
    columns = made.columns
    widths = list(map(_width, columns))
    measured = Measurement.get(console, console.options.update(width=_UNLIMITED), made).maximum
    around = ceil((measured - sum(width.most for width in widths)) / max(len(columns), 1))  # lines and margins

    def fits(places: Iterable[int]) -> bool:
        return sum(widths[place].least + around for place in places) <= console.width

    ranked = [place for head in least for place, column in enumerate(columns) if column.header == head]
    empty = [place for place in ranked if not any(map(_plain, columns[place].cells))]
    kept, left_out = set(range(len(columns))), list[int]()
    for place in dict.fromkeys([*empty, *ranked]):
        if not fits(kept):
            kept.remove(place)
            left_out.append(place)
    for place in reversed(left_out):  # there may still be room for a narrow one
        if fits({*kept, place}) and place not in empty:
            kept.add(place)
    if len(kept) == len(columns):
        return made, []
    has_room = fits(kept)
    shown = type(made)(show_header=made.show_header, header_style=made.header_style)
    for place in sorted(kept):
        one, width = columns[place], widths[place].least if has_room else None
        shown.add_column(one.header, justify=one.justify, overflow=one.overflow, no_wrap=one.no_wrap, min_width=width)
    for row in zip(*(columns[place].cells for place in sorted(kept)), strict=True):
        shown.add_row(*row)
    return shown, [str(columns[place].header) for place in sorted(set(left_out) - kept)]


def _width(column: Column) -> _Width:
    head, texts = str(column.header), list(map(_plain, column.cells))
    most = max(map(cell_len, [head, *texts]))
    words = [word for text in texts for word in text.split(" ")]
    figures = [word for word in words if not set(NO_BREAK).isdisjoint(word)] if not column.no_wrap else texts
    least = max(map(cell_len, [*head.split(" "), *figures]))
    return _Width(most, max(least, min(most, _READABLE)))


def _plain(text: object) -> str:
    return str(getattr(text, "plain", text))
