"""Calls within a key's allowance, counted for one process or for many machines."""

from __future__ import annotations
