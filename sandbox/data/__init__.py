"""Lifelike documents, made or loaded."""

from __future__ import annotations
