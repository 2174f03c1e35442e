"""Migrations of the ledger, run by ``schema.upgrade``."""

from __future__ import annotations
