"""What the page calls its fields, choices and buttons, so that sentences can name them."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from debitoor_provider.messages.reader import current_reader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from debitoor_provider.messages.reader import Reader


@cache
def words(language: str) -> Mapping[str, str]:
    """Return the page's own words, by key."""
    path = files("debitoor_provider").joinpath("ui", "static", "words", f"{language}.json")
    found: dict[str, str] = json.loads(path.read_text("utf-8"))
    return found


def label(key: str, reader: Reader) -> str:
    """Return a label in quotes; outside the page, a field's or a choice's own name in the account file.

    :param key: of the page's words, e.g. ``field.two_rates``, ``choice.two_rates.hold`` or ``documents.do.ignore``
    """
    section, _, name = key.partition(".")
    if not reader.page and section == "field":
        return name
    if not reader.page and section == "choice":
        return name.partition(".")[2]
    known = words(reader.language)
    text = known.get(key.replace(" ", "_"))
    return known["common.quoted"].format(text=text) if text else name.partition(".")[2] or name


def labelled(name: object, value: object) -> str:
    """Return a name and its value, e.g. ``number: 7``, with the mark between them that the reader's language has."""
    return line_of(name, value, current_reader().language)


def line_of(name: object, value: object, language: str) -> str:
    """Return a name and its value with the mark between them that a language has."""
    before, between = words(language)["common.line"].removesuffix("{value}").partition("{name}")[::2]
    return f"{before}{name}{between}{value}"
