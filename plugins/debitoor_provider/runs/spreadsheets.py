"""CSV for spreadsheets: no text of people or documents becomes a formula there."""

from __future__ import annotations

import csv
import re
from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes the text for Latin 1."""
_BORDER = re.compile('([;\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029][\\s"]*)(?=[=+@\uff1d\uff0b\uff0d\uff20-])')
"""Where a reader that separates cells by semicolons or tabs, or ends rows at any line break, meets a formula."""
_FORMULAS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a formula begins with; the last four are the wide ones of East Asia."""


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, whatever separates cells there."""
    text = _BORDER.sub(r"\1'", text)
    if text[:1].isalnum():  # as nearly all of them do
        return text
    is_formula = text.lstrip().startswith(_FORMULAS) or text[:1].isspace()
    return f"'{text}" if is_formula else text


def lines(rows: Iterable[Sequence[object]]) -> str:
    """Write rows as lines of CSV."""
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
