"""A run in Airflow's terms: its context becomes an account, a ledger, both services and a window."""

from __future__ import annotations
