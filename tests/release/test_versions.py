"""The constraints of the lowest versions are what pyproject.toml declares."""

from __future__ import annotations

from pathlib import Path

import pytest

from release.versions import floors

ROOT = Path(__file__).parent.parent.parent


def declared(folder: Path, *lines: str) -> Path:
    path = folder / "pyproject.toml"
    path.write_text(f"[project]\ndependencies = {list(lines)}\n[project.optional-dependencies]\nmore = ['b[c]>=2']\n")
    return path


def test_each_dependency_is_held_at_its_floor(tmp_path: Path) -> None:
    assert floors(declared(tmp_path, "a>=1.5,<4")) == ["a==1.5", "b==2"]


def test_a_dependency_without_a_floor_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a<4 has no lowest version"):
        floors(declared(tmp_path, "a<4"))


def test_those_of_the_project_have_one_each() -> None:
    assert "pydantic==2.11.5" in floors(ROOT / "pyproject.toml")
