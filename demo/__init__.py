"""The exchange on one machine: the sandbox, a real Airflow, and a check of the result."""

from __future__ import annotations
