from __future__ import annotations

from tests.operators.conftest import context, ledger

__all__ = ["context", "ledger"]
