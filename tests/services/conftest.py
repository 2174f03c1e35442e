from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from debitoor_provider.services.retry import Backoff
from services.scripted import ScriptedService

if TYPE_CHECKING:
    from collections.abc import Iterator

settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


@pytest.fixture
def service() -> Iterator[ScriptedService]:
    scripted = ScriptedService()
    yield scripted
    scripted.stop()


@pytest.fixture
def naps() -> list[float]:
    """The waits that were asked for, none of which is waited."""
    return []


@pytest.fixture
def backoff(naps: list[float]) -> Backoff:
    return Backoff(sleep=naps.append, clock=lambda: time.monotonic() + sum(naps))
