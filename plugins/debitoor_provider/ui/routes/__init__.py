"""The page's API, one module for each thing it is about."""

from __future__ import annotations
