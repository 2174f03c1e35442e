"""The values for the Helm chart in docs/deployment.md: what can be checked without the chart."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from socket import gethostname
from typing import Any

import pytest
import yaml
from airflow.cli.cli_parser import get_parser as parser
from celery import Celery

from compose_check.file import load
from debitoor_provider.get_provider_info import get_provider_info

ROOT = Path(__file__).parent.parent.parent
(TEXT,) = re.findall(
    r"^```yaml\n(executor:.*?)^```", (ROOT / "docs/deployment.md").read_text(), re.MULTILINE | re.DOTALL
)
VALUES: dict[str, Any] = yaml.safe_load(TEXT)
PROJECT = load(ROOT / "docker-compose.yaml", ROOT / "docker", {})
ENVIRONMENT = PROJECT.services["scheduler"].environment


def test_every_secret_is_named_and_none_is_written_down() -> None:
    named = [value for name, value in VALUES.items() if name.endswith("SecretName")]
    named += [VALUES["data"]["metadataSecretName"], *(one["secretName"] for one in VALUES["secret"])]
    assert set(named) == {"debitoor"}
    assert not re.search(r"://[^\s]+:[^\s]+@", TEXT)


def test_the_settings_of_the_provider_are_its_own() -> None:
    known = {f"AIRFLOW__DEBITOOR__{name}".upper() for name in get_provider_info()["config"]["debitoor"]["options"]}
    assert {one["envName"] for one in VALUES["secret"]} | {one["name"] for one in VALUES["env"]} <= known


def test_the_settings_of_airflow_are_its_own_and_those_of_the_compose_file() -> None:
    from airflow.configuration import conf

    for section, options in VALUES["config"].items():
        for name, value in options.items():
            assert section == "celery" or conf.has_option(section, name), f"[{section}] {name}"
            given = ENVIRONMENT.get(f"AIRFLOW__{section}__{name}".upper(), str(value))
            assert given == str(value), f"[{section}] {name}"
    assert VALUES["config"]["core"]["auth_manager"] == ENVIRONMENT["AIRFLOW__CORE__AUTH_MANAGER"]


def test_airflow_hands_out_as_many_tasks_as_the_workers_have_room_for() -> None:
    workers = VALUES["workers"]["celery"]
    assert (
        VALUES["config"]["core"]["parallelism"]
        == VALUES["config"]["celery"]["worker_concurrency"] * workers["replicas"]
    )
    assert workers["terminationGracePeriodSeconds"] == PROJECT.services["worker"].grace


def test_the_accounts_are_where_the_provider_looks_for_them() -> None:
    folder = {one["name"]: one["value"] for one in VALUES["env"]}["AIRFLOW__DEBITOOR__ACCOUNTS_FOLDER"]
    (mount,), (volume,) = VALUES["volumeMounts"], VALUES["volumes"]
    assert (mount["mountPath"], mount["name"]) == (folder, volume["name"])


def test_the_migration_is_that_of_the_initialisation() -> None:
    script = (ROOT / "docker/init.py").read_text()
    *_, command = VALUES["migrateDatabaseJob"]["args"]
    for part in command.split(" && "):
        program, *words = part.split()
        assert program == "airflow"
        assert f"airflow({', '.join(f'{chr(34)}{word}{chr(34)}' for word in words)})" in script


# What the chart runs in the containers, next to the components themselves.
ENTRYPOINT, CLEAN_LOGS = "/entrypoint", "/clean-logs"
PROBES = [f"exec {ENTRYPOINT} airflow jobs check --job-type {job} --local"
          for job in ("SchedulerJob", "TriggererJob", "DagProcessorJob")]  # fmt: skip
PING = (
    f"exec {ENTRYPOINT} python -m celery --app airflow.providers.celery.executors.celery_executor.app inspect ping -d"
)
WORKER_PROBES = {
    "up to 1.21.0": f"{PING} celery@$(hostname)",
    "since 1.22.0": f"{PING} celery@$(python -c 'import socket; print(socket.gethostname())')",
}


def in_the_image(path: str) -> Path:
    """Return the file that the Dockerfile puts at a path."""
    dockerfile = (ROOT / "Dockerfile").read_text()
    names = [
        name for line in re.findall(r"^COPY --chmod=755 (.+) /$", dockerfile, re.MULTILINE) for name in line.split()
    ]
    (found,) = [ROOT / name for name in names if Path("/", Path(name).name) == Path(path)]
    return found


def run_by_the_image(probe: str, program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a probe with the image's file, and a program that prints its arguments and ends with 3.

    With ``-c`` it is Python itself.
    """
    stub = folder / program
    stub.write_text(f'#!/bin/sh\n[ "$1" = -c ] && exec {sys.executable} "$@"\necho "$@"\nexit 3\n')
    stub.chmod(0o755)
    script = probe.replace(ENTRYPOINT, shlex.quote(str(in_the_image(ENTRYPOINT))))
    env = {"PATH": f"{folder}:/usr/bin:/bin", "CONNECTION_CHECK_MAX_COUNT": "0"}
    return subprocess.run(["sh", "-c", script], env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("probe", PROBES)
def test_a_probe_of_the_chart_runs_its_command_and_ends_as_that_does(probe: str, tmp_path: Path) -> None:
    done = run_by_the_image(probe, "airflow", tmp_path)
    assert (done.returncode, done.stdout.strip()) == (3, probe.partition("airflow ")[2])
    parser().parse_args(probe.partition("airflow ")[2].split())  # Airflow knows the command


@pytest.mark.parametrize("probe", WORKER_PROBES.values(), ids=WORKER_PROBES)
def test_the_probe_of_a_worker_asks_the_worker_of_its_pod(probe: str, tmp_path: Path) -> None:
    done = run_by_the_image(probe, "python", tmp_path)
    *words, destination = done.stdout.split()
    assert (done.returncode, words) == (3, PING.split()[3:])
    assert destination == f"celery@{gethostname()}"
    module, _, app = words[words.index("--app") + 1].rpartition(".")
    assert isinstance(getattr(import_module(module), app), Celery)


def test_the_log_groomer_of_the_chart_deletes_what_is_old(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    old, new = logs / "dag_id=a" / "old.log", logs / "dag_id=b" / "new.log"
    for file in (old, new):
        file.parent.mkdir(parents=True)
        file.touch()
    days_ago = time.time() - 3 * 86400
    os.utime(old, (days_ago, days_ago))
    sleep = tmp_path / "sleep"
    sleep.write_text('#!/bin/sh\necho "sleep $1"\nexit 9\n')  # ends the groomer after its first look
    sleep.chmod(0o755)
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin", "AIRFLOW_HOME": str(tmp_path), "AIRFLOW__LOG_RETENTION_DAYS": "2"}
    done = subprocess.run(
        ["bash", in_the_image(CLEAN_LOGS)], env=env, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout.splitlines()[-1]) == (9, "sleep 900")
    assert (old.exists(), new.exists()) == (False, True)


def test_the_log_groomer_deletes_the_oldest_when_all_take_too_much_room(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    files = {hours: logs / f"dag_id={hours}" / "task.log" for hours in (0, 4, 30, 100)}
    for hours, file in files.items():
        file.parent.mkdir(parents=True)
        file.write_bytes(b"x" * 100_000)
        ago = time.time() - hours * 3600
        os.utime(file, (ago, ago))
    sleep = tmp_path / "sleep"
    sleep.write_text("#!/bin/sh\nexit 9\n")
    sleep.chmod(0o755)
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin", "AIRFLOW_HOME": str(tmp_path)}

    def left(most: int) -> set[int]:
        groomer = ["sh", in_the_image(CLEAN_LOGS)]
        said = env | {"AIRFLOW__LOG_MAX_SIZE_BYTES": str(most)}
        subprocess.run(groomer, env=said, capture_output=True, check=False, timeout=60)
        return {hours for hours, file in files.items() if file.exists()}

    assert left(0) == {0, 4, 30, 100}
    assert left(250_000) == {0, 4}
    assert left(10) == {0}  # a log that is being written stays


def test_the_documentation_names_what_the_chart_runs() -> None:
    page = (ROOT / "docs" / "deployment.md").read_text()
    assert all(f"`{path}`" in page for path in (ENTRYPOINT, CLEAN_LOGS))
    assert PROBES[0] in page
    assert all(version.split()[-1] in page for version in WORKER_PROBES)
