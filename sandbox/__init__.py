"""Both services as one local server with a memory, faults on demand and a page to look at.

The sandbox is written from the two contracts alone and shares nothing with the provider, so that a misreading on one
side cannot agree with itself on the other.
"""

from __future__ import annotations
