"""What a DAG can wait for."""

from __future__ import annotations
