"""The Debitoor HTTP API (contract D)."""

from __future__ import annotations
