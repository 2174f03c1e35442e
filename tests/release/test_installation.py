"""An Airflow that does not know the provider is a problem, and a command that fails is reported with its output."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from release.installation import installation_problems

AIRFLOW = """\
import json, sys
command = " ".join(sys.argv[1:])
if command == "providers list --output json":
    print("a line that Airflow logs")
    print(json.dumps([{{"package_name": "{name}", "version": "1.0"}}]))
elif command == "plugins --output json":
    print(json.dumps([{{"name": "{plugin}"}}]))
elif command == "debitoor --help":
    print("{help}")
else:
    sys.exit("no such command: " + command)
"""


def python_with(folder: Path, source: str) -> Path:
    """Return an interpreter whose ``airflow`` is the given module."""
    (folder / "airflow.py").write_text(source)
    script = folder / "python"
    script.write_text(f'#!/bin/sh\nshift 3\nexec "{sys.executable}" "{folder}/airflow.py" "$@"\n')
    script.chmod(0o755)
    return script


def airflow(**changes: str) -> str:
    known = {"name": "airflow-provider-debitoor", "plugin": "debitoor", "help": "accounts documents ledger"}
    return AIRFLOW.format(**{**known, **changes})


def test_an_airflow_that_shows_all_of_it_has_no_problem(tmp_path):
    assert installation_problems(python_with(tmp_path, airflow()), "1.0") == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": "another"}, "airflow providers list: airflow-provider-debitoor has the versions [] instead of 1.0"),
        ({"plugin": "another"}, "airflow plugins: debitoor is missing"),
        ({"help": "accounts documents"}, "airflow debitoor --help: ledger is missing"),
    ],
)
def test_what_airflow_does_not_show_is_named(tmp_path, changes, problem):
    assert installation_problems(python_with(tmp_path, airflow(**changes)), "1.0") == [problem]


def test_another_version_than_that_of_the_wheel_is_named(tmp_path):
    (problem,) = installation_problems(python_with(tmp_path, airflow()), "2.0")
    assert problem.endswith("has the versions ['1.0'] instead of 2.0")


def test_each_failed_command_is_reported_with_its_output(tmp_path):
    problems = installation_problems(python_with(tmp_path, "import sys; sys.exit('broken')"), "1.0")
    assert [problem.partition(" ended with 1:\nbroken")[0] for problem in problems] == [
        "airflow providers list --output json",
        "airflow plugins --output json",
        "airflow debitoor --help",
    ]
