"""Runs a script in a fresh process with an Airflow home of its own, as Airflow's components are started."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

_LEFT_OUT = {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH"}
_SETTINGS = {
    "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "600",  # a peer on a busy machine needs more than the usual 30 s
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
    "DO_NOT_TRACK": "1",
}


def run(python: Path | str, script: Path, *arguments: str, home: Path, **env: str) -> dict[str, Any]:
    """Run a script that prints what it found as its last line, in JSON.

    :param python: whose packages are there
    :param home: Airflow's home; its folder ``dags`` is the DAGs folder
    :param env: further environment
    """
    ours = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT and "AIRFLOW" not in name}
    settings = {**_SETTINGS, "AIRFLOW_HOME": str(home), "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags")}
    done = subprocess.run(  # noqa: S603 - our own command
        [str(python), str(script), *arguments], capture_output=True, text=True, check=False, env=ours | settings | env
    )
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        raise RuntimeError(f"{script.name} ended with {done.returncode}: {(done.stdout + done.stderr)[-2000:]}")
    found: dict[str, Any] = json.loads(lines[-1])
    return found
