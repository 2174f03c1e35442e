"""Ask an Airflow in which nothing of this repository is but the wheel whether it knows the provider."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

DISTRIBUTION = "airflow-provider-debitoor"
PLUGIN = "debitoor"
COMMANDS = ("accounts", "documents", "ledger")


class CommandError(Exception):
    """A command of Airflow failed."""


def installation_problems(python: Path, version: str) -> list[str]:
    """Return what Airflow does not know about the installed provider.

    :param python: interpreter of the environment that has Airflow and the wheel
    :param version: version of the wheel
    """
    problems = []
    with tempfile.TemporaryDirectory(prefix="release-check-") as home:
        airflow = _Airflow(python, home)
        for check in (partial(_provider_problems, version=version), _plugin_problems, _command_problems):
            try:
                problems += check(airflow)
            except CommandError as error:
                problems.append(str(error))
    return problems


class _Airflow:
    """Airflow's command line in an environment that has neither this process's variables nor its folder.

    :param python: interpreter of that environment
    :param home: an empty folder for Airflow's files
    """

    def __init__(self, python: Path, home: str) -> None:
        self._python = python.absolute()
        self._home = home

    def output(self, *arguments: str) -> str:
        """Return what a command prints.

        :raises CommandError: if the command fails
        """
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        done = subprocess.run(
            [str(self._python), "-I", "-m", "airflow", *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=self._home,
            env={**kept, "HOME": self._home, "AIRFLOW_HOME": self._home, "COLUMNS": "200"},
        )
        if done.returncode:
            raise CommandError(f"airflow {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
        return done.stdout

    def rows(self, *arguments: str) -> list[dict[str, Any]]:
        """Return the rows of a command that prints a table."""
        printed = self.output(*arguments, "--output", "json")
        rows: list[dict[str, Any]] = json.loads(printed[printed.index("[") :])
        return rows


def _provider_problems(airflow: _Airflow, version: str) -> list[str]:
    found = [row["version"] for row in airflow.rows("providers", "list") if row["package_name"] == DISTRIBUTION]
    if found == [version]:
        return []
    return [f"airflow providers list: {DISTRIBUTION} has the versions {found} instead of {version}"]


def _plugin_problems(airflow: _Airflow) -> list[str]:
    if any(row["name"] == PLUGIN for row in airflow.rows("plugins")):
        return []
    return [f"airflow plugins: {PLUGIN} is missing"]


def _command_problems(airflow: _Airflow) -> list[str]:
    words = airflow.output("debitoor", "--help").split()
    return [f"airflow debitoor --help: {name} is missing" for name in COMMANDS if name not in words]
