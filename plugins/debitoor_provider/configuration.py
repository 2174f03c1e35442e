"""The ``[debitoor]`` section of Airflow's configuration, with its defaults."""

from __future__ import annotations

import logging
import os
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from airflow.sdk.configuration import conf

SECTION = "debitoor"
_SMALL_RUN = 25
_log = logging.getLogger(__name__)


def ledger_url() -> str:
    """Return the SQLAlchemy URL of the ledger; by default a SQLite file in Airflow's home."""
    return _option("ledger_conn") or f"sqlite:///{airflow_home() / 'debitoor_ledger.db'}"


def pacing_url() -> str:
    """Return the address of the store that counts calls; by default a SQLite file in Airflow's home."""
    return _option("pacing_url") or f"sqlite:///{quote(str(airflow_home() / 'debitoor_pacing.db'))}"


def accounts_folder(beside: Path | str | None = None) -> Path:
    """Return the folder of the account files; by default ``accounts`` next to a DAG file.

    :param beside: the DAG file, in whatever bundle; by default one that lies directly in the DAGs folder
    """
    configured = _option("accounts_folder")
    if configured:
        return Path(configured).expanduser()
    return (Path(beside).parent if beside else Path(conf.get("core", "dags_folder"))) / "accounts"


def ecb_rates() -> str:
    """Return the path of a file with the ECB's reference rates that people keep up to date; empty: there is none."""
    return _option("ecb_rates")


def turn_seconds() -> float:
    """Return the seconds after which a step gives its worker back; what is left goes in its next time slice."""
    return float(conf.getfloat(SECTION, "turn_seconds", fallback=240.0))


def small_run() -> int:
    """Return up to how many documents of a scheduled run the task of its plan moves itself; 0: none."""
    return _small_run(_option("small_run"))


@cache  # one warning in a process, not one for each account
def _small_run(text: str) -> int:
    if not text:
        return _SMALL_RUN
    if text.isascii() and text.isdigit():
        return int(text)
    _log.warning("[%s] small_run is %r, and should be a whole number, 0 or more: %d counts.", SECTION, text, _SMALL_RUN)
    return _SMALL_RUN


def dag_defaults() -> dict[str, Any]:
    """Return the arguments of a DAG that Airflow takes from its configuration, where it looks for each DAG anew."""
    return {
        "max_active_tasks": conf.getint("core", "max_active_tasks_per_dag"),
        "max_consecutive_failed_dag_runs": conf.getint("core", "max_consecutive_failed_dag_runs_per_dag"),
        "disable_bundle_versioning": conf.getboolean("dag_processor", "disable_bundle_versioning"),
    }


def airflow_home() -> Path:
    """Return Airflow's home, where the embedded files live."""
    return Path(os.environ.get("AIRFLOW_HOME", "~/airflow")).expanduser()


def _option(name: str) -> str:
    """Read an option; one that comes from a command (``…_CMD``) ends with a line break."""
    return str(conf.get(SECTION, name, fallback="")).strip()
