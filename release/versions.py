"""Write the lowest versions that pyproject.toml declares as constraints for pip: ``python -m release.versions``."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent


def floors(pyproject: Path) -> list[str]:
    """Return a constraint to the floor of each dependency, those of the extras included.

    :param pyproject: the file that declares them
    :raises ValueError: naming a dependency without a floor
    """
    project = tomllib.loads(pyproject.read_text())["project"]
    extras = project["optional-dependencies"].values()
    return [_floor(Requirement(line)) for group in (project["dependencies"], *extras) for line in group]


def _floor(requirement: Requirement) -> str:
    versions = [part.version for part in requirement.specifier if part.operator == ">="]
    if len(versions) != 1:
        raise ValueError(f"{requirement} has no lowest version")
    return f"{requirement.name}=={versions[0]}"


if __name__ == "__main__":
    sys.stdout.write("\n".join(floors(ROOT / "pyproject.toml")) + "\n")
