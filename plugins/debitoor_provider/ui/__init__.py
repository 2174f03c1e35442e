"""The Synchronisation page: its API, who may do what, and its web app."""

from __future__ import annotations

PREFIX = "/debitoor"
"""Where the API server mounts the page's API."""
ROUTE = "synchronisation"
"""The page's address in the UI, below ``plugin/``."""
