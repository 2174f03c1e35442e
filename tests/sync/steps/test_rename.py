from __future__ import annotations

from collections import Counter
from time import perf_counter
from typing import TYPE_CHECKING

from debitoor_provider.sync.directions import row_of
from debitoor_provider.sync.export.records import DOCUMENTS
from debitoor_provider.sync.ledger import PlannedDocument
from debitoor_provider.sync.steps.job import Job
from debitoor_provider.sync.steps.rename import FreeNames, rename, rename_each
from tests.sync.export.test_selection import DOCUMENT, export

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

import dataclasses

import pytest

from debitoor_provider.sync.ledger import Ledger


def job(ledger: Ledger, pattern: str = "") -> Job:
    account = export(rename=pattern)
    return Job("acme", account, row_of(account).open(account, lambda service: service), ledger, "run")


@pytest.fixture
def ledger(empty_ledger: Path, tmp_path: Path) -> Ledger:
    path = tmp_path / "ledger.db"
    path.write_bytes(empty_ledger.read_bytes())
    return Ledger.open(f"sqlite:///{path}")


@pytest.fixture
def named(ledger: Ledger) -> Callable[..., list[str]]:
    """Plan documents with these original names; return their new names, in the order of their ids."""

    def plan_and_name(filenames: Sequence[str], pattern: str = "", first: int = 1) -> list[str]:
        planned = [
            PlannedDocument(
                source_id=str(uid),
                exchange_key=f"gmi:{uid}",
                snapshot=DOCUMENTS.dump(dataclasses.replace(DOCUMENT, document_uid=uid, filename=filename)),
            )
            for uid, filename in enumerate(filenames, first)
        ]
        ledger.plans.enter("acme", "export", "run", planned)
        rename(job(ledger, pattern))
        known = ledger.documents.known("acme", "export", [document.source_id for document in planned])
        return [str(known[document.source_id].target_name) for document in planned]

    return plan_and_name


def test_a_pattern_names_the_copy(named: Callable[..., list[str]]) -> None:
    assert named(["scan.PDF"], "{document_date}_{company}") == ["2026-01-31_Paper Ltd.PDF"]


def test_an_empty_pattern_keeps_the_name(named: Callable[..., list[str]]) -> None:
    assert named(["Scan 1.pdf"]) == ["Scan 1.pdf"]


def test_equal_names_are_numbered_in_the_order_of_arrival(named: Callable[..., list[str]]) -> None:
    assert named(["a.pdf"] * 3, first=8) == ["a.pdf", "a_2.pdf", "a_3.pdf"]  # 8, 9, 10
    assert named(["b.pdf", "A.PDF", "a.pdf"], first=20) == ["b.pdf", "A_4.PDF", "a_5.pdf"]


def test_a_name_once_given_stays(named: Callable[..., list[str]], ledger: Ledger) -> None:
    named(["a.pdf", "a.pdf"])
    pending = ledger.documents.entries("acme", "export")
    assert rename_each(job(ledger, "{company}"), pending) == 0
    assert {entry.target_name for entry in ledger.documents.entries("acme", "export")} == {"a.pdf", "a_2.pdf"}


def test_a_name_that_is_taken_meanwhile_is_not_used(
    named: Callable[..., list[str]], ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(["a.pdf"])
    with monkeypatch.context() as late:
        late.setattr(type(ledger.names), "keys_taken", _blind_once(type(ledger.names).keys_taken))
        assert named(["a.pdf"], first=2) == ["a_2.pdf"]


@pytest.mark.parametrize("letter", ["紙", "😀", "é", "e\u0301", "ß", "ﬀ"])
def test_long_equal_names_of_any_script_are_numbered(named: Callable[..., list[str]], letter: str) -> None:
    names = named([f"{letter * 130}.pdf"] * 101)
    assert len(set(names)) == 101
    assert "None" not in names
    assert all(len(name.encode()) <= 255 for name in names)
    assert names[100].endswith("_101.pdf")
    later = named([f"{letter * 130}.pdf"] * 3, first=200)
    assert [name.rpartition("_")[2] for name in later] == ["102.pdf", "103.pdf", "104.pdf"]


def test_two_thousand_equal_names_are_given_in_good_time(named: Callable[..., list[str]]) -> None:
    started = perf_counter()
    names = named(["rechnung.pdf"] * 2000)
    assert Counter(names).most_common(1)[0][1] == 1
    assert {"rechnung.pdf", "rechnung_2.pdf", "rechnung_2000.pdf"} <= set(names)
    assert perf_counter() - started < 10


def test_a_released_name_can_be_given_again(named: Callable[..., list[str]], ledger: Ledger) -> None:
    named(["a.pdf", "b.pdf"])
    names = FreeNames(ledger, "acme", "export", freed=["A.pdf"])
    assert names.give("a.pdf") == "a.pdf"
    assert names.give("a.pdf") == "a_2.pdf"
    assert names.give("b.pdf") == "b_2.pdf"
    assert names.give("b.pdf") == "b_3.pdf"


def _blind_once(look: Callable[..., set[str]]) -> Callable[..., set[str]]:
    seen: list[object] = []

    def keys_taken(*args: object) -> set[str]:
        seen.append(args)
        return look(*args) if len(seen) > 1 else set()

    return keys_taken
