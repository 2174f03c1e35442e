"""A whole Airflow on loopback, from the database to the triggerer, for as long as a ``with`` block."""

from __future__ import annotations

import base64
import json
import os
import secrets
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo.api import AirflowApi, AirflowFailed
from demo.postgresql import free_port
from demo.processes import background

ROOT = Path(__file__).resolve().parent.parent
_SCHEDULER = ("scheduler", "--skip-serve-logs")
_COMPONENTS = (
    ("api-server",),
    ("dag-processor",),
    ("triggerer", "--skip-serve-logs"),
)


@dataclass
class LocalAirflow(AirflowApi):
    """One Airflow.

    :param home: its folder: database, logs, embedded ledger
    :param accounts: the folder of the account files
    :param connections: connections by id, as ``airflow connections import`` takes them
    :param database: SQLAlchemy URL of the metadata database; SQLite in ``home`` without one
    :param parallelism: tasks at once; SQLite does not bear more than 4
    :param schedulers: how many, each with ``parallelism`` workers of its own; more than one needs PostgreSQL
    :param settings: further ``AIRFLOW__…`` variables
    :param python: the interpreter that has Airflow
    """

    home: Path
    accounts: Path
    connections: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    database: str = ""
    parallelism: int = 4
    schedulers: int = 1
    settings: Mapping[str, str] = field(default_factory=dict)
    python: str = sys.executable

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.log: Path = self.home / "demo.log"
        super().__init__(f"http://127.0.0.1:{self.port}", self.log)

    @property
    def env(self) -> dict[str, str]:
        """The environment of all its processes."""
        given = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "_AIRFLOW"))}
        return {
            **given,
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__PARALLELISM": str(self.parallelism),
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
            "AIRFLOW__CORE__FERNET_KEY": self._secret("fernet"),
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": self.database or f"sqlite:///{self.home / 'airflow.db'}",
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(self.port),
            "AIRFLOW__API__BASE_URL": self.url,
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__API__SECRET_KEY": self._secret("api"),
            "AIRFLOW__API_AUTH__JWT_SECRET": self._secret("jwt"),
            "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "5",
            "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "10",
            "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "AIRFLOW__DEBITOOR__ACCOUNTS_FOLDER": str(self.accounts),
            **self.settings,
        }

    @contextmanager
    def running(self, wait: float = 180.0) -> Iterator[LocalAirflow]:
        """Start everything, wait until it is healthy, and end everything afterwards."""
        self.prepare()
        with ExitStack() as stack:
            for component in (*_COMPONENTS, *[_SCHEDULER] * self.schedulers):
                stack.enter_context(background(self._airflow(*component), env=self.env, log=self.log, cwd=self.home))
            self.until(self.is_healthy, "to be healthy", wait)
            yield self

    def prepare(self) -> None:
        """Make the database, enter the connections, and leave a file by which a shell finds this Airflow."""
        self.command("db", "migrate")
        if self.connections:
            file = self._write("connections.json", json.dumps(self.connections))
            self.command("connections", "import", "--overwrite", str(file))
            file.unlink()
        own = {name: value for name, value in self.env.items() if name.startswith("AIRFLOW")}
        lines = [f"export {name}={shlex.quote(value)}" for name, value in own.items()]
        self._write(
            "env.sh", "\n".join([*lines, f'export PATH={shlex.quote(str(Path(self.python).parent))}:"$PATH"\n'])
        )

    def command(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run an ``airflow`` command to its end.

        :raises AirflowFailed: when it fails and ``check`` is set
        """
        done = subprocess.run(
            self._airflow(*arguments), env=self.env, cwd=self.home, capture_output=True, text=True, check=False
        )
        with self.log.open("a") as log:
            log.write(done.stdout + done.stderr)
        if check and done.returncode:
            raise AirflowFailed(f"airflow {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
        return done

    def _airflow(self, *arguments: str) -> list[str]:
        return [self.python, "-m", "airflow", *arguments]

    def _secret(self, name: str) -> str:
        """Keep one random secret for each purpose in the home."""
        file = self.home / f".{name}_secret"
        if not file.exists():
            self._write(file.name, base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
        return file.read_text()

    def _write(self, name: str, text: str) -> Path:
        """Write a file into the home that only its owner may read."""
        file = self.home / name
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as output:
            output.write(text)
        return file
