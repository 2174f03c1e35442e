"""The sentences of each code: a folder for each language, in it a JSON file for each part of the provider.

An entry is ``{"text": …, "remedy": …}``, both with ``{name}`` where a parameter stands. A text may be a mapping of
plural forms (``one``, ``other``), chosen by the parameter ``count``. ``page_remedy`` stands in place of the remedy on
the page, where neither commands nor lines of a file help. A list is joined by commas; a nested message is put in as
its own sentence, ``{name.remedy}`` as its remedy. ``{name:amount}`` writes an amount as the reader's language does,
see :mod:`~debitoor_provider.messages.figures`; ``{@field.two_rates}`` is the label of a field, a choice or a button
of the page, ``{@field.{name}}`` of the one that a parameter names.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages.figures import shown_as
from debitoor_provider.messages.labels import label
from debitoor_provider.messages.reader import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from debitoor_provider.messages.reader import Reader

PLACE = re.compile(
    r"\{(?P<name>\w+)(?:\.(?P<remedy>remedy)|:(?P<form>\w+))?\}|\{@(?P<label>[\w.]+)(?:\{(?P<named>\w+)\})?\}"
)
"""What stands in a text for a parameter or a label."""


@cache
def entries(language: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the catalogue of a language, by code.

    :raises FileNotFoundError: when there is none
    """
    found: dict[str, Mapping[str, Any]] = {}
    for part in sorted(files(__package__).joinpath(language).iterdir(), key=lambda file: file.name):
        found |= json.loads(part.read_text("utf-8"))
    return found


def sentence_of(code: str, params: Mapping[str, Any], reader: Reader) -> str:
    """Return what a code says; a code that the catalogue does not have, as of a newer version, is shown as it is."""
    if reader.redact:
        code, params = reader.redact(code, params)
    entry = _entry(code, reader.language)
    return _filled(entry["text"], params, reader) if entry else code


def remedy_of(code: str, params: Mapping[str, Any], reader: Reader) -> str:
    """Return what a person can do about it; empty when there is nothing to do."""
    entry = _entry(code, reader.language) or {}
    remedy = entry.get("page_remedy") if reader.page else None
    return _filled(entry.get("remedy", "") if remedy is None else remedy, params, reader).strip()


def _entry(code: str, language: str) -> Mapping[str, Any] | None:
    return entries(language).get(code) or entries(ENGLISH).get(code)


def _filled(text: str | Mapping[str, str], params: Mapping[str, Any], reader: Reader) -> str:
    if not isinstance(text, str):
        text = text[_plural(params.get("count"), reader.language)]
    return PLACE.sub(lambda place: _put_in(place, params, reader), text)


def _plural(count: Any, language: str) -> str:
    """Return the plural form; French has no plural for zero."""
    return "one" if count == 1 or (count == 0 and language == "fr") else "other"


def _put_in(place: re.Match[str], params: Mapping[str, Any], reader: Reader) -> str:
    if place["label"]:
        return label(place["label"] + str(params.get(place["named"], "")), reader)
    value = params.get(place["name"], place[0])
    if place["remedy"]:
        return remedy_of(value["code"], value.get("params", {}), reader) if isinstance(value, dict) else ""
    shown = _shown(value, reader)
    return shown_as(place["form"], shown, reader) if place["form"] else shown


def _shown(value: Any, reader: Reader) -> str:
    if isinstance(value, dict) and "code" in value:
        return sentence_of(value["code"], value.get("params", {}), reader)
    if isinstance(value, list):
        return ", ".join(_shown(part, reader) for part in value)
    return "" if value is None else str(value)
