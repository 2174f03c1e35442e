"""One Airflow DAG for each account file in the accounts folder (``accounts/`` beside this file, if not configured)."""

from __future__ import annotations

from debitoor_provider.dag_factory import sync_dags

globals().update(sync_dags())
