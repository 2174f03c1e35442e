"""The steps of a run, written against a direction and no service."""

from __future__ import annotations
