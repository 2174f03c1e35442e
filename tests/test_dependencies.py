"""What pyproject.toml declares of other libraries is what the package uses of them."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "plugins" / "debitoor_provider"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
AIRFLOW = {"airflow": "apache-airflow"}  # a package of many distributions
OPTIONAL = {"openlineage", "redis"}  # each imported only where it is there, or asked for by a setting
PARTS = {"conformance": {"conformance"}, "sandbox": {"sandbox"}}
"""Packages that need an extra."""
PRIVATE = {("runs/values.py", "_extra_allowed"): "apache-airflow"}
"""Where a name of another library that begins with an underscore is used, and whose it is."""
UNDOCUMENTED = {"apache-airflow", "fastapi", "pypdf", "pyrate-limiter", "urllib3"}
"""Libraries of which something is used that their documentation does not promise."""


def declared(*extras: str) -> dict[str, Requirement]:
    lines = PROJECT["dependencies"] + [line for name in extras for line in PROJECT["optional-dependencies"][name]]
    return {canonicalize_name(each.name): each for each in map(Requirement, lines)}


@cache
def modules() -> dict[str, ast.Module]:
    return {path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text()) for path in PACKAGE.rglob("*.py")}


def imported(tree: ast.Module) -> set[str]:
    nodes = list(ast.walk(tree))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return names


@pytest.mark.parametrize("part", ["", *PARTS])
def test_every_library_that_is_imported_is_declared(part: str) -> None:
    known = declared(*PARTS.get(part, ()))
    distributions = packages_distributions()
    missing = {}
    for path, tree in modules().items():
        folder = path.partition("/")[0]
        if folder != part and (part or folder in PARTS):
            continue
        for name in {name.partition(".")[0] for name in imported(tree)} - sys.stdlib_module_names - OPTIONAL:
            owners = [AIRFLOW[name]] if name in AIRFLOW else distributions.get(name, [name])
            if name != "debitoor_provider" and not {canonicalize_name(owner) for owner in owners} & set(known):
                missing[path] = name
    assert missing == {}


def test_no_extra_declares_again_what_is_always_installed() -> None:
    extras = {name for lines in PROJECT["optional-dependencies"].values() for name in map(Requirement, lines)}
    assert not {canonicalize_name(each.name) for each in extras} & set(declared())


def by_name(tree: ast.Module) -> set[str]:
    """Return the names by which a module reaches an attribute past ruff's rule SLF001."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="getattr" | "setattr"), args=[_, ast.Constant(value=str(name)), *_]):
                found.add(name)
    return found


def test_a_private_name_of_a_library_is_used_only_where_it_is_known() -> None:
    used = {
        (path, name)
        for path, tree in modules().items()
        for name in by_name(tree) | imported(tree)
        if re.search(r"(^|\.)_[a-z]", name)
    }
    assert used == set(PRIVATE)


def test_a_check_of_private_names_is_silenced_only_where_the_name_is_public() -> None:
    silenced = [
        line.strip()
        for path in modules()
        for line in (PACKAGE / path).read_text().splitlines()
        if re.search(r"noqa:.*(SLF001|B009|B010)|type: ignore\[[^]]*attr-defined", line)
    ]
    documented = ("row._mapping", "from airflow.sdk import", "from airflow.sdk.log import redact")
    assert [line for line in silenced if not any(name in line for name in documented)] == []
    assert len(silenced) == len(documented)


def test_a_library_of_which_more_is_used_than_it_promises_has_an_upper_limit() -> None:
    capped = {name for name, each in declared().items() if any(part.operator == "<" for part in each.specifier)}
    assert set(PRIVATE.values()) <= UNDOCUMENTED <= capped
    (sentence,) = re.findall(
        r"Libraries of which more is used than they promise have an upper limit in `pyproject.toml`: ([^.]+)\.",
        (ROOT / "docs" / "deployment.md").read_text(),
    )
    named = {"airflow": "apache-airflow"} | {name: name for name in UNDOCUMENTED}
    assert {named[name.lower()] for name in re.split(r",\s+|\s+and\s+", sentence)} == UNDOCUMENTED
