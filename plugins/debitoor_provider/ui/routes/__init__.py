"""The page's API, one module for each subject."""

from __future__ import annotations
