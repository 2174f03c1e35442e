"""Check what would be published: the archives in ``dist/``, and the wheel installed in an environment of its own."""

from __future__ import annotations
