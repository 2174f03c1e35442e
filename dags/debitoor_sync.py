"""One Airflow DAG for each account file: in ``[debitoor] accounts_folder``, or in ``accounts/`` next to this file."""

from __future__ import annotations

from debitoor_provider.dag_factory import sync_dags

globals().update(sync_dags(beside=__file__))
