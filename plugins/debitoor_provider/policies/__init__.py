"""How tasks are retried, ordered and divided into time slices."""

from __future__ import annotations
