"""What the page calls its fields, choices and buttons, so that sentences can name them."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from debitoor_provider.messages.reader import Reader

_QUOTES = {"en": "“{}”", "fr": "«\u202f{}\u202f»", "de": "„{}“", "da": "»{}«"}


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
    text = words(reader.language).get(key.replace(" ", "_"))
    return _QUOTES[reader.language].format(text) if text else name.partition(".")[2] or name
