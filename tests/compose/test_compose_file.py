"""What docker-compose.yaml promises: little is open, little is allowed, everything comes back, a small server does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from compose_check.file import Service, load

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "docker-compose.yaml").read_text()
DEPLOYMENT = (ROOT / "docs" / "deployment.md").read_text()
FILE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = FILE["services"]
PROJECT = load(ROOT / "docker-compose.yaml", ROOT / "docker", {})  # a folder without .env: the defaults
OURS = [name for name, service in SERVICES.items() if "build" in service]
USUAL = {name: service for name, service in SERVICES.items() if "profiles" not in service}


def test_nothing_is_published_but_the_web_port_and_that_on_this_machine_only() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"api-server": ["${WEB_BIND:-127.0.0.1}:${WEB_PORT:-8080}:8080"]}


def test_the_databases_are_reached_from_inside_only() -> None:
    assert FILE["networks"]["store"]["internal"]
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["store"]


@pytest.mark.parametrize("name", OURS)
def test_our_containers_run_as_an_ordinary_user_with_nothing_more(name: str) -> None:
    service = SERVICES[name]
    assert service["user"] == "${AIRFLOW_UID:-50000}:0"
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert service["init"]


def test_the_memory_of_the_documentation_is_the_sum_of_the_limits() -> None:
    limits = {name: service["deploy"]["resources"]["limits"]["memory"] for name, service in SERVICES.items()}
    assert all(limit.endswith("m") for limit in limits.values())
    (workers,) = set(re.findall(r"--detach --scale worker=(\d)", DEPLOYMENT))
    lasting = {name: 1 for name in USUAL if PROJECT.services[name].restarts} | {"worker": int(workers)}
    total = sum(int(limits[name].removesuffix("m")) * number for name, number in lasting.items())
    (gigabytes,) = re.findall(r"Compose 2\.20 or newer and ([\d.]+) GB of memory", DEPLOYMENT)
    assert float(gigabytes) == round(total / 1000, 1)


@pytest.mark.parametrize("name", SERVICES)
def test_long_running_services_restart_and_have_a_health_check(name: str) -> None:
    service = SERVICES[name]
    if service["restart"] == "no":
        assert name in {"init", "sandbox-accounts"}
    else:
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"]


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_container_prints_is_bounded(name: str) -> None:
    assert SERVICES[name]["logging"] == {"driver": "local", "options": {"max-size": "10m", "max-file": "3"}}


def test_the_limits_are_those_of_the_documentation() -> None:
    rows = re.findall(r"^\| (`[^|]+) \|[^|]*\| (\d+) MB(?: each)? \|$", DEPLOYMENT, re.MULTILINE)
    said = {name: f"{limit}m" for names, limit in rows for name in re.findall(r"`([^`]+)`", names)}
    limits = {name: service["deploy"]["resources"]["limits"]["memory"] for name, service in USUAL.items()}
    assert said == limits


def test_everything_waits_for_the_initialisation() -> None:
    for name in set(OURS) - {"init", "log-groomer", "sandbox"}:
        assert PROJECT.services[name].waits_for["init"] == "service_completed_successfully"


def test_secrets_are_in_files_and_each_is_known() -> None:
    for name, service in SERVICES.items():
        assert set(service.get("secrets", [])) <= set(FILE["secrets"])
        for key, value in service["environment"].items() if "environment" in service else ():
            if re.search("PASSWORD|SECRET|KEY|CONN|BROKER_URL|PACING_URL", key) and not key.endswith("PASSWORDS_FILE"):
                assert key.endswith(("_CMD", "_FILE")), key
                secret = str(value).removeprefix("secret ").removeprefix("/run/secrets/").split()[0]
                assert secret in service["secrets"], (name, key)


def test_a_worker_can_neither_reach_airflows_database_nor_read_connections_nor_sign_tokens() -> None:
    assert set(SERVICES["worker"]["secrets"]) == {"results_database", "ledger_database", "broker", "pacing"}
    assert not [key for key in SERVICES["worker"]["environment"] if "DATABASE__SQL" in key]


def test_what_needs_no_secret_has_none() -> None:
    assert SERVICES["log-groomer"]["secrets"] == SERVICES["sandbox"]["secrets"] == []
    for secret in ("postgres_password", "admin_password"):
        assert [name for name in OURS if secret in SERVICES[name]["secrets"]] == ["init"]


def test_logs_of_tasks_are_bounded_by_age_and_size() -> None:
    groomer = PROJECT.services["log-groomer"]
    assert groomer.command == ("clean-logs",)
    assert {mount.source for mount in groomer.mounts} == {"logs"}
    assert int(groomer.environment["AIRFLOW__LOG_RETENTION_DAYS"]) > 0
    assert int(groomer.environment["AIRFLOW__LOG_MAX_SIZE_BYTES"]) > 0


def test_foreign_images_are_named_by_version_and_digest() -> None:
    foreign = {service["image"] for service in SERVICES.values() if "build" not in service}
    stages = re.findall(r"^FROM (\S+) AS (\w+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    bases = {image for image, _ in stages} - {name for _, name in stages}
    assert len(bases) == 1  # the same for each stage
    for image in foreign | bases:
        assert re.fullmatch(r"\w+:\d+\.\d+[\w.-]*@sha256:[0-9a-f]{64}", image)


def test_only_the_page_and_the_sandbox_write_account_files() -> None:
    def writes(service: Service) -> bool:
        return any(mount.target == "/opt/airflow/accounts" and not mount.read_only for mount in service.mounts)

    writing = {name for name, service in PROJECT.services.items() if writes(service)}
    assert writing == {"api-server", "sandbox-accounts"}


def test_the_settings_are_those_of_the_example() -> None:
    example = dict(re.findall(r"^(\w+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    defaults = dict(re.findall(r"\$\{(\w+):?-([^}]*)\}", TEXT))
    unusual = {"IMAGE", "IMAGE_SANDBOX", "SECRETS_FOLDER", "POSTGRES_SERVER"}
    assert {name: value for name, value in defaults.items() if name not in unusual} == example


def test_the_substitute_of_the_image_matches_the_dockerfile() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert "AIRFLOW_HOME=/opt/airflow" in dockerfile
    assert "PATH=/opt/airflow/docker:$PATH" in dockerfile
    assert "USER=airflow" in dockerfile
    assert re.findall(r"^USER (.*)$", dockerfile, re.MULTILINE)[-1] == "50000:0"
    copied = re.findall(r"^COPY (?!--from)(?:--\S+ )?(.+) \S+$", dockerfile, re.MULTILINE)
    allowed = {line.lstrip("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for name in " ".join(copied).split():
        assert (ROOT / name).exists()
        assert {name, name.partition("/")[0]} & allowed or (
            "requirements*.txt" in allowed and name.startswith("requirements")
        )


def test_airflow_hands_out_no_more_tasks_than_two_workers_have_room_for() -> None:
    said = PROJECT.services["scheduler"].environment
    workers = int(said["AIRFLOW__CELERY__WORKER_CONCURRENCY"]) * 2
    assert int(said["AIRFLOW__CORE__PARALLELISM"]) == workers
    settings = dict(re.findall(r"^(\w+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert int(settings["PARALLELISM"]) == int(settings["WORKER_CONCURRENCY"]) * 2
