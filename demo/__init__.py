"""The exchange at work on one machine: the sandbox, a real Airflow, and a look at what came of it."""

from __future__ import annotations
