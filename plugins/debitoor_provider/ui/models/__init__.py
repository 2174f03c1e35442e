"""What the page's API takes and answers."""

from __future__ import annotations
