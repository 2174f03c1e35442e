"""The values for the Helm chart in docs/deployment.md: what can be checked without the chart."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

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
    module, _, manager = VALUES["config"]["core"]["auth_manager"].rpartition(".")
    assert hasattr(import_module(module), manager)


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
