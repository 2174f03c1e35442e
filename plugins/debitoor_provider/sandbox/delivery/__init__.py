"""How an answer is sent, with or without the effect of a fault."""

from __future__ import annotations
