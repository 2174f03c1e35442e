"""CSV for spreadsheets: no text of people or documents becomes a formula there."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING

from debitoor_provider.messages import words

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes the text for Latin 1."""
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What moves the cursor, colours or hides text where a table is shown in a terminal, or turns its direction round."""
_SIGNS = "=+@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b-"
"""What a formula begins with; with the wide and the small ones of East Asia."""
_UNSEEN = "\\s\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff"
"""Blanks, and what has no width, which some readers take away."""
_BORDER = re.compile(f'([,;|\t\r\n\u2028\u2029][{_UNSEEN}"]*)(?=[{_SIGNS}])')
"""Where a reader that separates cells otherwise than the writer, or ends rows at any line break, meets a formula."""
_FORMULA = re.compile(f"\\s|[{_UNSEEN}]*[{_SIGNS}]")


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, whatever separates cells there, and no terminal obeys."""
    if not text or text.isalnum():
        return text
    if not text.isprintable():
        text = _CONTROLS.sub("\ufffd", text)
    if _BORDER.search(text):
        text = _BORDER.sub(r"\1'", text)
    if text[:1].isalnum():  # as nearly all of them do
        return text
    return f"'{text}" if _FORMULA.match(text) else text


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written.

    :param delimiter: between cells
    :param decimal: the decimal mark
    :param language: of the head and of values that are words; ``None`` for programs, which get the names of fields
    :param timezone: of times, which have no zone of their own in a spreadsheet
    """

    delimiter: str = ","
    decimal: str = "."
    language: str | None = None
    timezone: tzinfo = UTC

    @classmethod
    def of(cls, language: str, timezone: tzinfo = UTC) -> Dialect:
        """Return the one that a spreadsheet in this language opens without being asked anything."""
        return cls(*((",", ".") if language == "en" else (";", ",")), language, timezone)

    def lines(self, rows: Iterable[Sequence[object]]) -> str:
        """Write rows as lines of CSV."""
        text = StringIO()
        csv.writer(text, delimiter=self.delimiter).writerows(
            [cell if type(cell) is str else self._cell(cell) for cell in row] for row in rows
        )
        return text.getvalue()

    def head(self, columns: Iterable[tuple[str, str]], times: Container[str] = ()) -> str:
        """Write the first line of a file.

        :param columns: the name of each for programs, and its key among the page's words
        :param times: the names of those with times, whose zone is named
        """
        zone = f" ({self.timezone})" if self.language else ""
        cells = [self.word(key, name) + (zone if name in times else "") for name, key in columns]
        return BYTE_ORDER_MARK + self.lines([cells])

    def word(self, key: str, name: str) -> str:
        """Return a word of the page; for programs the name itself."""
        return words(self.language).get(key, name) if self.language else name

    def _cell(self, value: object) -> object:
        if isinstance(value, Decimal):
            return f"{value:f}".replace(".", self.decimal)
        if isinstance(value, datetime) and self.language:
            return f"{value.astimezone(self.timezone):%Y-%m-%d %H:%M:%S}"
        return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value


PROGRAMS = Dialect()
"""For programs: commas, decimal points, times with their zone, the same in all languages."""
