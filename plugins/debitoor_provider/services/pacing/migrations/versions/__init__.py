"""One module per version, numbered in order."""

from __future__ import annotations
