"""Check the archives in a folder, and the wheel as it is installed: ``python -m release dist --python …``."""

from __future__ import annotations

import argparse
import sys
import tomllib
from pathlib import Path

from release.archives import sdist_problems, wheel_problems
from release.installation import installation_problems

ROOT = Path(__file__).parent.parent


def main() -> int:
    """Print the problems and return the exit code: 0 only if there are none."""
    parser = argparse.ArgumentParser(prog="python -m release", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder with one wheel and one source distribution")
    parser.add_argument("--python", type=Path, required=True, help="interpreter that has Airflow and the wheel")
    arguments = parser.parse_args()
    wheel, sdist = _only(arguments.folder, "*.whl"), _only(arguments.folder, "*.tar.gz")
    version = wheel.name.split("-")[1]
    problems = [
        *wheel_problems(wheel, ROOT),
        *sdist_problems(sdist, ROOT),
        *installation_problems(arguments.python, version),
    ]
    for problem in problems:
        print(problem)
    if problems:
        return 1
    if "Source" not in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"].get("urls", {}):
        print("The description has no links to the documentation: [project.urls] in pyproject.toml declares no Source.")
    print(f"{wheel.name} and {sdist.name} can be published.")
    return 0


def _only(folder: Path, pattern: str) -> Path:
    """Return the one file of a folder that matches a pattern."""
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise SystemExit(f"{folder}: {len(found)} files match {pattern} instead of one. Empty it and build again.")
    return found[0]


if __name__ == "__main__":
    sys.exit(main())
