"""What the callbacks of a DAG can tell people."""

from __future__ import annotations
