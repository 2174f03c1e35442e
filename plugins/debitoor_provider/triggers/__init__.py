"""What runs in Airflow's triggerer."""

from __future__ import annotations
