"""The page for people: what is in both accounts of a company, and with which keys to connect."""

from __future__ import annotations
