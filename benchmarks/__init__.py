"""Benchmarks: ours beside its peer in one run, as a ratio."""

from __future__ import annotations
