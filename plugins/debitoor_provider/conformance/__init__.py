"""Find out what a live service does otherwise than its contract says: a suite that only reads.

``python -m debitoor_provider.conformance`` runs it; see ``docs/conformance.md``. It is a plugin of pytest
(``debitoor_provider.conformance.plugin``) with the tests next to it, and nothing else of the provider imports it.
"""

from __future__ import annotations
