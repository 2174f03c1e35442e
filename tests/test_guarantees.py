"""Each promise names the tests that hold it, and they are there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "guarantees.md").read_text()
PROMISES = [line for line in PAGE.partition("## Limits")[0].splitlines() if line.startswith("| ") and "`" in line]
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


@cache
def _defined_in(file: str) -> set[str]:
    """Return the names of a module's tests, those of its classes included."""
    tree = ast.parse((ROOT / file).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def test_there_are_promises() -> None:
    assert len(PROMISES) > 30


@pytest.mark.parametrize("promise", PROMISES, ids=lambda line: line[2:60])
def test_each_promise_names_existing_tests(promise: str) -> None:
    named = _TEST.findall(promise)
    assert named
    assert [f"{file}::{name}" for file, name in named if name not in _defined_in(file)] == []
