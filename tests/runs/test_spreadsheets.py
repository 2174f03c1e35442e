from __future__ import annotations

import pytest

from debitoor_provider.runs.spreadsheets import guarded, lines


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", " =1", "\uff1d1"])
def test_no_text_becomes_a_formula(text):
    assert guarded(text) == f"'{text}"


def test_a_formula_behind_a_semicolon_is_none_either():
    assert guarded("a;=1") == "a;'=1"
    assert guarded("Paper Ltd") == "Paper Ltd"


def test_cells_with_commas_are_quoted():
    assert lines([("a,b", 1), ("c", None)]) == '"a,b",1\r\nc,\r\n'
