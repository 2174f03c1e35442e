"""Both services as one local server with persistent data, faults on demand and a page.

The sandbox is written from the two contracts alone and shares nothing with the provider, so that one misreading of a
contract cannot pass on both sides.
"""

from __future__ import annotations
