"""Links from Airflow's pages to ours."""

from __future__ import annotations
