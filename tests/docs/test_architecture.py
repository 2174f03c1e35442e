"""The page about the architecture speaks of files that exist, and of layers as they are checked."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "plugins" / "debitoor_provider"
PAGE = (ROOT / "docs" / "architecture.md").read_text()
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


_STEP = re.compile(r"^(\d)\. \[`([\w/]+\.py)`\]\(\.\./plugins/debitoor_provider/(\S+)\)", re.MULTILINE)


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_one_document_takes_five_files_in_order() -> None:
    steps = _STEP.findall(section("One exported document in five files"))
    assert [number for number, *_ in steps] == ["1", "2", "3", "4", "5"]
    assert section("One exported document in five files").count(".py)") == 5
    for _, name, target in steps:
        assert name == target
        assert (PACKAGE / name).is_file()


def test_every_path_it_names_exists() -> None:
    named = set(re.findall(r"`((?:\w+/)+(?:\w+\.py)?|\w+\.py)`", PAGE))
    there = [PACKAGE, PACKAGE / "sync", ROOT, ROOT / "tests" / "toy"]
    assert len(named) > 15
    assert [name for name in sorted(named) if not any((folder / name).exists() for folder in there)] == []


def test_its_layers_are_those_that_are_checked_in_their_order() -> None:
    [layers] = [contract["layers"] for contract in CONTRACTS if contract["name"] == "Imports run one way"]
    level = {name: number for number, layer in enumerate(layers) for name in layer.split(" | ")}
    first_cells = [line.split("|")[1] for line in section("Layers").splitlines() if line.startswith("| `")]
    names = (name for cell in first_cells for name in re.findall(r"`(\S+?)`", cell))
    described = [name.removesuffix("/").removesuffix(".py") for name in names]
    assert sorted(described) == sorted(level)
    assert [level[name] for name in described] == sorted(level.values())


def test_the_toy_has_the_files_that_a_third_service_takes() -> None:
    named = set(re.findall(r"\.\./tests/toy/(\w+\.py)", section("How a third service is added")))
    assert named | {"__init__.py", "test_toy.py"} == {path.name for path in (ROOT / "tests" / "toy").glob("*.py")}
