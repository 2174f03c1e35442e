"""How tasks are retried, ordered and take turns."""

from __future__ import annotations
