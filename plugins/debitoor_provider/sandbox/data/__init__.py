"""Realistic documents, generated or loaded."""

from __future__ import annotations
