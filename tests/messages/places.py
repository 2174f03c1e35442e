"""What stands in the texts of the catalogue for parameters and labels."""

from __future__ import annotations

from debitoor_provider.messages.catalogue import ENGLISH, PLACE, entries


def places_of(code: str, language: str = ENGLISH) -> set[str]:
    """Return the placeholders of an entry as they stand in it, without their braces."""
    return {found[0][1:-1] for text in _texts(code, language) for found in PLACE.finditer(text)}


def parameters_of(code: str, language: str = ENGLISH) -> set[str]:
    """Return the names of the parameters that an entry names."""
    found = (match for text in _texts(code, language) for match in PLACE.finditer(text))
    return {name for match in found if (name := match["name"] or match["named"])}


def _texts(code: str, language: str) -> list[str]:
    entry = entries(language)[code]
    texts: list[str] = []
    for part in (entry["text"], entry.get("remedy", ""), entry.get("page_remedy", "")):
        texts += part.values() if isinstance(part, dict) else [part]
    return texts
