"""Account files: how they are read, checked, written, and described."""

from __future__ import annotations
