"""Benchmarks: the provider compared with a peer in one run, as a ratio."""

from __future__ import annotations
