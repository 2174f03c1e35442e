"""The tables and functions that count calls in PostgreSQL, version by version."""

from __future__ import annotations
