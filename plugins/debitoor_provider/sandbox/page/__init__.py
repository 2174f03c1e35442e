"""The page for people: the contents of both accounts of a company, and its keys."""

from __future__ import annotations
