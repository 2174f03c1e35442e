"""A home of Airflow with a thousand accounts and a million documents, and its API server, of any build."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from benchmarks.build import Build
from demo.postgresql import free_port
from demo.processes import background

_START = 180.0
_FILL = """\
import sys
from pathlib import Path
import sqlalchemy as sa
from benchmarks import shelf

folder, airflow, ledger, accounts, documents = sys.argv[1:]
shelf.write_accounts(Path(folder), int(accounts))
shelf.fill_airflow(sa.create_engine(airflow), int(accounts))
shelf.fill_ledger(ledger, int(accounts), int(documents))
if ledger.startswith("postgresql"):  # it has not counted the ids that were given
    newest = "setval(pg_get_serial_sequence('debitoor_documents', 'id'), (SELECT max(id) FROM debitoor_documents))"
    with sa.create_engine(ledger).begin() as connection:
        connection.exec_driver_sql(f"SELECT {newest}")
"""


@dataclass
class Page:
    """The API, with a user's session.

    :param url: of Airflow
    """

    url: str
    session: requests.Session

    def get(self, path: str, **params: Any) -> requests.Response:
        """Ask the page's API."""
        return self._checked(self.session.get(f"{self.url}/debitoor/{path}", params=params, timeout=60))

    def post(self, path: str, body: object) -> requests.Response:
        """Change something."""
        return self._checked(self.session.post(f"{self.url}/debitoor/{path}", json=body, timeout=60))

    def refuses(self, path: str, **params: Any) -> bool:
        """Return whether the page does not answer a question, because of what is asked."""
        return 400 <= self.session.get(f"{self.url}/debitoor/{path}", params=params, timeout=60).status_code < 500

    def airflow(self, path: str, **params: Any) -> requests.Response:
        """Ask Airflow itself."""
        return self._checked(self.session.get(f"{self.url}/{path}", params=params, timeout=60))

    @staticmethod
    def _checked(answer: requests.Response) -> requests.Response:
        if not answer.ok:
            raise RuntimeError(f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text[:500]}")
        return answer


@dataclass(frozen=True)
class Home:
    """A home of Airflow.

    :param folder: the home
    :param airflow: SQLAlchemy URL of Airflow's database
    :param ledger: SQLAlchemy URL of the ledger
    """

    folder: Path
    airflow: str
    ledger: str
    build: Build = field(default_factory=Build)

    @classmethod
    def on_sqlite(cls, folder: Path, build: Build) -> Home:
        """Return a home whose databases are files in it."""
        return cls(folder, f"sqlite:///{folder / 'airflow.db'}", f"sqlite:///{folder / 'ledger.db'}", build)

    @property
    def env(self) -> dict[str, str]:
        """The environment of its processes."""
        return {
            "AIRFLOW_HOME": str(self.folder),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.folder / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(self.build.plugins),
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": self.airflow,
            "AIRFLOW__DEBITOOR__LEDGER_CONN": self.ledger,
            "AIRFLOW__DEBITOOR__ACCOUNTS_FOLDER": str(self.folder / "accounts"),
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
            **self.build.env,
        }

    @property
    def _env(self) -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if "AIRFLOW" not in name} | self.env

    def fill(self, accounts: int, documents: int) -> None:
        """Make its databases, if that was not done before, by the build's own code."""
        if (self.folder / "filled").exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self._run("-m", "airflow", "db", "migrate")
        folder = str(self.folder / "accounts")
        self._run("-c", _FILL, folder, self.airflow, self.ledger, str(accounts), str(documents))
        (self.folder / "filled").touch()

    @contextmanager
    def serving(self) -> Iterator[Page]:
        """Run the API server."""
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        command = ["-m", "airflow", "api-server", "--host", "127.0.0.1", "--port", str(port), "--apps", "core"]
        log = self.folder / "api-server.log"
        with background([str(self.build.python), *command], env=self._env, log=log) as process:
            session = requests.Session()
            session.trust_env = False
            session.headers["Authorization"] = f"Bearer {_token(session, url, process, log)}"
            yield Page(url, session)

    def _run(self, *arguments: str) -> None:
        done = subprocess.run(  # noqa: S603 - our own command
            [str(self.build.python), *arguments],
            env=self._env,
            cwd=self.build.root,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{self.build.name} could not be filled: {done.stderr[-2000:]}")


def _token(session: requests.Session, url: str, process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            answer = session.get(f"{url}/auth/token", timeout=10)
        except requests.ConnectionError:
            time.sleep(0.5)
        else:
            answer.raise_for_status()
            return str(answer.json()["access_token"])
    raise RuntimeError(f"Airflow's API server does not answer: {log.read_text()[-1000:]}")
