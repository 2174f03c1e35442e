from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sync.conftest import empty_ledger, sandbox, stage_of
from tests.trust.referee import Referee

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sync.stage import Stage

__all__ = ["acme", "empty_ledger", "referee_of", "sandbox", "stage_of"]


@pytest.fixture
def acme(stage_of: Callable[..., Stage]) -> Stage:
    """A German company that books in EUR, without documents."""
    return stage_of()


@pytest.fixture
def referee_of() -> Callable[[Stage], Referee]:
    """Gives the referee of a company."""
    return lambda stage: Referee(stage.sandbox, stage.company)
