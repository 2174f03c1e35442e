"""Documents are moved while the page is measured, and writers that have stopped are an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import page_writers
from benchmarks.build import Build
from debitoor_provider.sync.ledger import DONE, Ledger


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(page_writers, "WRITERS", 1)
    monkeypatch.setattr(page_writers, "DOCUMENTS", 3)
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    Ledger.open(url).close()
    return url


def test_writers_move_documents_into_the_ledger_of_the_page(ledger: str) -> None:
    with page_writers.writing(Build(), ledger):
        moved = Ledger.open(ledger)
        assert {entry.account for entry in moved.documents.entries(states=DONE)} == {"writer-0"}
        moved.close()


def test_a_measurement_without_writers_is_no_figure(ledger: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_writers, "_WRITE", "raise SystemExit('no more documents')")

    with pytest.raises(RuntimeError, match="no more documents"), page_writers.writing(Build(), ledger):
        pass
