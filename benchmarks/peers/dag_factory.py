"""The provider's DAGs in dag-factory's YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

Described = dict[str, Any]
"""One DAG, as :func:`benchmarks.p3_described.describe` returns it."""


def write_one_file(file: Path, accounts: list[str], described: Described) -> None:
    """Describe all DAGs in one file, below one block of what they have in common."""
    common = {name: value for name, value in described.items() if name != "tasks"}
    _write(file, {"default": common, **{f"debitoor__{account}": _dag(account, described) for account in accounts}})


def write_files(folder: Path, accounts: list[str], described: Described) -> None:
    """Describe each DAG in a file of its own, with all that concerns it."""
    folder.mkdir(parents=True)
    for account in accounts:
        _write(folder / f"{account}.yaml", {f"debitoor__{account}": described | _dag(account, described)})


def _dag(account: str, described: Described) -> Described:
    tasks = [{**task, "account": account} for task in described["tasks"]]
    return {"description": account, "tags": ["debitoor", "export", "daily", account], "tasks": tasks}


def _write(file: Path, described: Described) -> None:
    file.write_text(yaml.safe_dump(described, sort_keys=False), "utf-8")
