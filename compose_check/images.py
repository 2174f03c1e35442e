"""What stands for the images: the programs of this machine, and the files that the Dockerfile copies."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compose_check.container import Container

ROOT = Path(__file__).resolve().parent.parent
_DATA = "/var/lib/postgresql/data"


class Missing(RuntimeError):
    """A program that the check needs is not installed."""


@dataclass
class Image:
    """An image: where its programs are, its environment, its files below ``/opt/airflow``."""

    path: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    user: str | None = None
    source: Path = ROOT

    def prepare(self, container: Container) -> None:
        """Do what the image's entry point does before the command."""

    def command(self, container: Container, given: tuple[str, ...]) -> tuple[str, ...]:  # noqa: ARG002 - other images need it
        """Return the command, from what the Compose file says."""
        return given


class Redis(Image):
    """The official image of Redis: its entry point only changes the user."""

    def prepare(self, container: Container) -> None:
        """Put the entry point in its place."""
        entry = Path(container.put("/opt/airflow/docker/docker-entrypoint.sh"))
        entry.parent.mkdir(parents=True, exist_ok=True)
        entry.touch(mode=0o755)
        entry.write_text('#!/bin/sh\nexec "$@"\n')


class PostgreSQL(Image):
    """The official image of PostgreSQL: makes its data at the first start."""

    def prepare(self, container: Container) -> None:
        """Make the data, as a user other than root."""
        data = Path(container.put(_DATA)).resolve()
        environment = {name: container.put(value) for name, value in container.service.environment.items()}
        if self.user:
            shutil.chown(data, self.user)
        if (data / "PG_VERSION").exists():
            return
        password = Path(environment["POSTGRES_PASSWORD_FILE"])
        if self.user:
            shutil.chown(password, self.user)
        subprocess.run(
            ["initdb", "--pgdata", str(data), "--username=postgres", f"--pwfile={password}", "--auth-local=reject",
             *environment["POSTGRES_INITDB_ARGS"].split()],
            env=container.env, user=self.user, cwd="/", check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def command(self, container: Container, given: tuple[str, ...]) -> tuple[str, ...]:
        """Add what the image has in its configuration, and the address that is this container's."""
        listens = ("-D", container.put(_DATA), "-h", container.address, "-c", "unix_socket_directories=")
        return (*given, *listens)


def images(python: Path) -> dict[str, Image]:
    """Return the substitute of each image, by the name before the colon.

    :param python: interpreter of an environment that has what the Dockerfile installs
    :raises Missing: naming what to install
    """
    postgres = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)[:1]
    root = os.geteuid() == 0
    for program, folder in (("postgres", postgres), ("redis-server", [])):
        if not shutil.which(program, path=os.pathsep.join([*folder, os.environ.get("PATH", os.defpath)])):
            package = {"postgres": "postgresql", "redis-server": "redis-server"}[program]
            raise Missing(f"no {program} (Debian: apt install {package})")
    if not python.exists():
        raise Missing(f"no {python.parent.parent} (make compose-check makes it)")
    home = {"AIRFLOW_HOME": "/opt/airflow", "PYTHONUNBUFFERED": "1", "USER": "airflow"}
    files = [*(ROOT / "docker").iterdir(), ROOT / "dags/debitoor_sync.py"]
    return {
        "postgres": PostgreSQL(path=postgres, user="nobody" if root else None),
        "redis": Redis(),
        "airflow-debitoor": Image([str(python.parent)], home, [file for file in files if file.is_file()]),
        "airflow-debitoor:sandbox": Image([str(python.parent)], home, [file for file in files if file.is_file()]),
    }
