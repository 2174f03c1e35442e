"""The sentences of each code: a folder for each language, in it a JSON file for each part of the provider.

An entry is ``{"text": …, "remedy": …}``, both with ``{name}`` where a parameter stands. A text may be a mapping of
plural forms (``one``, ``other``), chosen by the parameter ``count``. A list is joined by commas; a nested message is
put in as its own sentence, ``{name.remedy}`` as its remedy.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGLISH = "en"
_PLACE = re.compile(r"\{(\w+)(\.remedy)?\}")


@lru_cache(maxsize=8)
def entries(language: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the catalogue of a language, by code.

    :raises FileNotFoundError: when there is none
    """
    found: dict[str, Mapping[str, Any]] = {}
    for part in sorted(files(__package__).joinpath(language).iterdir(), key=lambda file: file.name):
        found |= json.loads(part.read_text("utf-8"))
    return found


def sentence_of(code: str, params: Mapping[str, Any], language: str = ENGLISH) -> str:
    """Return what a code says; a code that the catalogue does not have, as of a newer version, is shown as it is."""
    entry = _entry(code, language)
    return _filled(entry["text"], params, language) if entry else code


def remedy_of(code: str, params: Mapping[str, Any], language: str = ENGLISH) -> str:
    """Return what a person can do about it; empty when there is nothing to do."""
    entry = _entry(code, language)
    return _filled(entry.get("remedy", ""), params, language).strip() if entry else ""


def parameters_of(code: str, language: str = ENGLISH) -> set[str]:
    """Return the names of the parameters that an entry names."""
    entry = entries(language)[code]
    texts: list[str] = []
    for part in (entry["text"], entry.get("remedy", "")):
        texts += part.values() if isinstance(part, dict) else [part]
    return {name for text in texts for name, _ in _PLACE.findall(text)}


def _entry(code: str, language: str) -> Mapping[str, Any] | None:
    return entries(language).get(code) or entries(ENGLISH).get(code)


def _filled(text: str | Mapping[str, str], params: Mapping[str, Any], language: str) -> str:
    if not isinstance(text, str):
        text = text["one" if params.get("count") == 1 else "other"]
    return _PLACE.sub(lambda place: _put_in(place, params, language), text)


def _put_in(place: re.Match[str], params: Mapping[str, Any], language: str) -> str:
    value = params.get(place[1], place[0])
    if place[2]:
        return remedy_of(value["code"], value.get("params", {}), language) if isinstance(value, dict) else ""
    return _shown(value, language)


def _shown(value: Any, language: str) -> str:
    if isinstance(value, dict) and "code" in value:
        return sentence_of(value["code"], value.get("params", {}), language)
    if isinstance(value, list):
        return ", ".join(_shown(part, language) for part in value)
    return "" if value is None else str(value)
