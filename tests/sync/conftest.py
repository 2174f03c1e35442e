from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.sandbox.server import running
from tests.empty_ledger import empty_ledger
from tests.sync.stage import Clock, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from debitoor_provider.sandbox.client import SandboxAdmin

# All that a stage needs, so that tests outside of this repository can use it: pytest -p tests.sync.conftest
__all__ = ["acme", "clock", "empty_ledger", "in_2090", "sandbox", "stage_of"]


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxAdmin]:
    """Start both services, with a log of every call."""
    with running() as admin:
        yield admin


@pytest.fixture
def clock(sandbox: SandboxAdmin) -> Clock:
    """Return the clock of a test, which all its companies share."""
    return Clock(sandbox)


@pytest.fixture
def stage_of(sandbox: SandboxAdmin, empty_ledger: Path, tmp_path: Path, clock: Clock) -> Iterator[Callable[..., Stage]]:
    """Open both accounts of a company and a ledger for it; one that several share is asked for by ``sharing``."""
    stages: list[Stage] = []

    def new(
        name: str = "Acme GmbH", account_id: str = "acme", *, sharing: Stage | None = None, **fields: object
    ) -> Stage:
        company = sandbox.create_company(name, limits=None, **fields)
        folder = tmp_path / f"company{company.id}"
        folder.mkdir()
        stages.append(Stage(sandbox, company, folder, empty_ledger, clock, account_id))
        if sharing:
            stages[-1].share_ledger_of(sharing)
        return stages[-1]

    yield new
    for stage in stages:
        stage.close()
    sandbox.clear_faults()
    sandbox.set_clock()


@pytest.fixture
def acme(stage_of: Callable[..., Stage]) -> Stage:
    """Return a German company that books in EUR, without documents."""
    return stage_of()


@pytest.fixture
def in_2090(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let documents have dates that no published exchange rate reaches."""
    monkeypatch.setattr("debitoor_provider.sync.period._today", lambda: date(2090, 1, 3))
