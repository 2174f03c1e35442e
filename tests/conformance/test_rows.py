"""The rows are those of the contracts, and each with a test is named by one."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from debitoor_provider import conformance
from debitoor_provider.conformance.rows import CONTRACTS

PAGES = Path(__file__).parent.parent.parent / "docs" / "contracts"
SUITE = Path(str(conformance.__file__)).parent
_ASSUMPTION = re.compile(r"A-?\d+")


def page(service: str) -> str:
    return (PAGES / f"{service}.md").read_text("utf-8")


@pytest.mark.parametrize("service", CONTRACTS)
def test_each_assumption_of_the_contract_has_its_row(service: str) -> None:
    documented = re.findall(r"^\| (A-?\d+) \|", page(service), re.MULTILINE)
    assert [row.id for row in CONTRACTS[service] if _ASSUMPTION.fullmatch(row.id)] == documented


@pytest.mark.parametrize("service", CONTRACTS)
def test_each_other_row_is_a_section_of_the_contract(service: str) -> None:
    sections = re.findall(r"^#{2,3} ([\d.]+?)\.? ", page(service), re.MULTILINE)
    named = [row.id for row in CONTRACTS[service] if not _ASSUMPTION.fullmatch(row.id)]
    assert [row for row in named if row not in sections] == []
    assert len(named) == len(set(named))


@pytest.mark.parametrize("service", CONTRACTS)
def test_a_row_either_has_a_test_or_says_why_it_has_none(service: str) -> None:
    marked = set()
    for file in SUITE.glob(f"test_{service}_*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.row":
                marked |= {ast.literal_eval(row) for row in node.args}
    assert marked == {row.id for row in CONTRACTS[service] if not row.untried}
