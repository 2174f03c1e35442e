"""How an account's id becomes that of its DAG. Operators need it in any DAG file, and nothing else of the settings."""

from __future__ import annotations

DAG_ID_PREFIX = "debitoor__"
