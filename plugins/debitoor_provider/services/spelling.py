"""Names as services and people write them, made equal where they mean the same."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_INVISIBLE = frozenset(
    {"Cc", "Cf", "Cs", "Co", "Cn"}
)  # control, format (bidi, zero width), surrogate, private, unassigned

_ALIKE = str.maketrans(
    dict.fromkeys("\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}\N{ACUTE ACCENT}\N{PRIME}`", "'")
    | dict.fromkeys("\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}", "-")
)
"""Marks that programs put in the place of what was typed."""

_YES = frozenset({"true", "t", "1", "yes", "y", "on"})  # as Airflow's own to_boolean
_NO = frozenset({"false", "f", "0", "no", "n", "off", ""})


def one_line(text: str) -> str:
    """Put hostile text on one line: blanks and breaks become one blank, invisible characters go; NFC.

    Applying it twice changes nothing.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    text = unicodedata.normalize("NFC", text)
    visible = (" " if char.isspace() else char for char in text if char.isspace() or not is_invisible(char))
    return unicodedata.normalize("NFC", " ".join("".join(visible).split()))


def is_invisible(char: str) -> bool:
    """Return whether a character shows nothing, or is not shown the same everywhere."""
    return unicodedata.category(char) in _INVISIBLE


def fold(text: str) -> str:
    """Make the key by which names and tags are compared.

    Case, the form of accents and blanks, the width of letters, ligatures, and the kind of apostrophes and dashes do not
    matter.
    """
    line = one_line(text).translate(_ALIKE)
    if line.isascii():
        return line.casefold()
    return one_line(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", line).casefold()).translate(_ALIKE))


def spellings(wanted: Collection[str], known: Iterable[str]) -> list[str]:
    """Return the known spellings of names, and as they are given those that are not known.

    :param wanted: names of people
    :param known: names at a service, which may compare them exactly
    """
    by_key: dict[str, list[str]] = {fold(name): [] for name in wanted}
    for name in known:
        if (found := by_key.get(fold(name))) is not None:
            found.append(name)
    return list(dict.fromkeys(name for one in wanted for name in by_key[fold(one)] or [one]))


def switch_of(text: str) -> bool | None:
    """Return whether a switch is on that was written as text; ``None`` for what says neither."""
    word = text.strip().lower()
    return word in _YES if word in _YES | _NO else None
