from __future__ import annotations

import ast
import json
from importlib.resources import files
from pathlib import Path

import pytest

import debitoor_provider.messages
from debitoor_provider.messages.catalogue import ENGLISH, entries
from tests.messages.places import parameters_of

PACKAGE = Path(debitoor_provider.messages.__file__).parents[1]
MAKERS = {"Message", "held", "rejected", "RequestRefused", "not_valid"}
"""What takes the code of a message and its parameters."""


def test_no_code_stands_in_two_files():
    codes = [
        code
        for part in files("debitoor_provider.messages").joinpath(ENGLISH).iterdir()
        for code in json.loads(part.read_text("utf-8"))
    ]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("code", sorted(entries(ENGLISH)))
def test_an_entry_has_a_text_and_perhaps_a_remedy(code):
    entry = entries(ENGLISH)[code]
    assert set(entry) <= {"text", "remedy", "page_remedy"}
    assert entry["text"]
    for text in (entry["text"], entry.get("remedy", ""), entry.get("page_remedy", "")):
        assert isinstance(text, str) or {"one", "other"} == set(text)


def messages_in_the_code():
    """Return every ``Message("code", name=…)`` written in the package, also as an obstacle, with its place."""
    for path in sorted(set(PACKAGE.rglob("*.py")) - set((PACKAGE / "sandbox").rglob("*.py"))):  # it has its own words
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", getattr(node.func, "attr", "")) not in MAKERS:
                continue
            if node.args and isinstance(node.args[0], ast.Constant):
                names = {word.arg for word in node.keywords}
                yield f"{path.relative_to(PACKAGE)}:{node.lineno}", node.args[0].value, names


def test_every_code_in_the_package_has_its_sentence_with_its_parameters():
    wrong = [
        (place, code, names)
        for place, code, names in messages_in_the_code()
        if code not in entries(ENGLISH) or (None not in names and not parameters_of(code) <= names)
    ]
    assert wrong == []
