"""The ``[debitoor]`` section of Airflow's configuration, with its defaults."""

from __future__ import annotations

import os
from pathlib import Path

from airflow.sdk.configuration import conf

SECTION = "debitoor"


def ledger_url() -> str:
    """Give the SQLAlchemy URL of the ledger; by default a SQLite file in Airflow's home."""
    return conf.get(SECTION, "ledger_conn", fallback="") or f"sqlite:///{airflow_home() / 'debitoor_ledger.db'}"


def accounts_folder() -> Path:
    """Give the folder of the account files; by default ``accounts`` in the DAGs folder."""
    configured = conf.get(SECTION, "accounts_folder", fallback="")
    return Path(configured) if configured else Path(conf.get("core", "dags_folder")) / "accounts"


def airflow_home() -> Path:
    """Give Airflow's home, where the embedded files live."""
    return Path(os.environ.get("AIRFLOW_HOME", "~/airflow")).expanduser()
