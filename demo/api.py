"""What the demo and the checks ask of a running Airflow, through its API."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import requests

_PAGE = 100
"""Airflow's own ``[api] maximum_page_limit``."""


class AirflowFailed(RuntimeError):
    """A request to Airflow failed; the message names the log to look into."""


class AirflowApi:
    """One Airflow that runs somewhere.

    :param url: its address
    :param log: what to look into when it does not do what it should
    """

    def __init__(self, url: str, log: object = "its log") -> None:
        self.url = url
        self.log = log
        self._session = requests.Session()
        self._session.trust_env = False

    def log_in(self, user: str, password: str) -> None:
        """Make the further calls as a user."""
        token = self.send("POST", "/auth/token", {"username": user, "password": password})["access_token"]
        self._session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        """Call Airflow's API; return the answer's JSON."""
        return self.send(method, f"/api/v2{path}", body, params)

    def send(self, method: str, path: str, body: Any = None, params: Any = None) -> Any:
        """Ask for any path of the server; return the answer's JSON."""
        answer = self._session.request(method, f"{self.url}{path}", json=body, params=params, timeout=60)
        if answer.status_code >= 400:
            raise AirflowFailed(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json() if answer.content else None

    def unpause(self, dag_id: str) -> None:
        """Let a DAG run; Airflow starts the latest interval at once."""
        self.call("PATCH", f"/dags/{dag_id}", {"is_paused": False})

    def trigger(self, dag_id: str, **conf: Any) -> str:
        """Start a manual run; return its id."""
        return str(self.call("POST", f"/dags/{dag_id}/dagRuns", {"logical_date": None, "conf": conf})["dag_run_id"])

    def dag_ids(self) -> set[str]:
        """Return the ids of the DAGs."""
        return {dag["dag_id"] for dag in self._all("/dags", "dags", exclude_stale=True)}

    def runs(self, dag_id: str) -> list[dict[str, Any]]:
        """Return all runs of a DAG."""
        return self._all(f"/dags/{dag_id}/dagRuns", "dag_runs")

    def tasks(self, dag_id: str, run_id: str) -> dict[str, str]:
        """Return the states of a run's tasks."""
        rows = self.call("GET", f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances")["task_instances"]
        return {row["task_id"]: row["state"] for row in rows}

    def finished(self, dag_ids: Sequence[str]) -> bool:
        """Return whether each DAG has run and none runs now."""
        return all(self._count(dag_id) and not self._count(dag_id, "queued", "running") for dag_id in dag_ids)

    def until(self, done: Callable[[], bool], what: str, seconds: float) -> None:
        """Wait for something.

        :raises AirflowFailed: when it does not come
        """
        deadline = time.monotonic() + seconds
        while not done():
            if time.monotonic() > deadline:
                raise AirflowFailed(f"Airflow took more than {seconds:.0f} s {what}; see {self.log}")
            time.sleep(1)  # Airflow's API returns states, not changes

    def is_healthy(self) -> bool:
        """Return whether all its components are healthy."""
        try:
            health = self.call("GET", "/monitor/health")
        except (requests.ConnectionError, requests.Timeout, AirflowFailed):
            return False
        return all(part.get("status") == "healthy" for part in health.values())

    def _all(self, path: str, key: str, **params: Any) -> list[dict[str, Any]]:
        """Read a list to its end: Airflow returns at most a hundred at once."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.call("GET", path, limit=_PAGE, offset=len(found), **params)[key]
            found += page
            if len(page) < _PAGE:
                return found

    def _count(self, dag_id: str, *states: str) -> int:
        """Count the runs of a DAG, all or those in some states."""
        return int(self.call("GET", f"/dags/{dag_id}/dagRuns", limit=1, state=states)["total_entries"])
