"""A ledger without entries, made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from debitoor_provider.sync.ledger import Ledger

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a ledger to be copied, since recreating the tables takes longer."""
    path = tmp_path_factory.mktemp("ledger") / "empty.db"
    Ledger.open(f"sqlite:///{path}").close()
    return path
