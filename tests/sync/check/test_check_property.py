"""Whatever happened before: what a run moved is the same, and a change at the target is reported exactly."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from debitoor_provider.sync.check.check import check
from debitoor_provider.sync.check.rows import DIFFERENCES, CheckOutcome
from debitoor_provider.sync.ledger import DONE
from debitoor_provider.sync.window import RunKind
from tests.sync.stage import Stage
from tests.sync.steps.past import Past
from tests.sync.steps.past_events import DAYS, EXPORTS, FIGURES, PICKS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from debitoor_provider.sandbox.client import SandboxAdmin
    from debitoor_provider.sync.check.rows import Row
    from tests.sync.stage import Clock

_folders = itertools.count(1)
DOCUMENTS = st.lists(
    st.tuples(
        st.integers(0, len(FIGURES) - 1),
        st.sampled_from(["EUR", "EUR", "USD"]),
        st.sampled_from([["books"], []]),
        st.sampled_from([None, True, False]),
        DAYS,
    ),
    min_size=1,
    max_size=6,
)
CHANGES = st.sampled_from(["amount", "date", "rate", "deleted", "source deleted"])


def checked(stage: Stage, account: Any) -> tuple[dict[str, Row], dict[Any, Decimal]]:
    """Return the rows of documents by their id, and the target's own sums."""
    watch, before = stage.watch(), stage.ledger_file.read_bytes()
    with check(stage.job(account, run_id="check")) as found:
        rows = {row.source_id: row for row in found.rows if row.outcome is not CheckOutcome.OTHERS}
        assert len(rows) == sum(found.counts.values()) - found.counts[CheckOutcome.OTHERS]
        sums = {(row.month, row.rate): row.target + row.others for row in found.sums if row.target + row.others}
        assert found.differs == any(row.outcome in DIFFERENCES for row in rows.values())
    assert watch.writes == []
    assert stage.ledger_file.read_bytes() == before
    return rows, sums


def in_the_books(stage: Stage) -> dict[Any, Decimal]:
    """Return the sums of the books by the sandbox's own record, for each month and tax rate."""
    sums: dict[Any, Decimal] = {}
    for expense in stage.company.expenses():
        for line in expense["lines"]:
            key = (expense["date"][:7], Decimal(line["taxRate"]))
            sums[key] = sums.get(key, Decimal(0)) + Decimal(line["grossAmount"])
    return {key: gross for key, gross in sums.items() if gross}


def moved(stage: Stage) -> dict[str, str]:
    entries = stage.ledger.documents.entries("acme", "export", DONE)
    return {entry.source_id: entry.target_id or "" for entry in entries}


@pytest.mark.parametrize("number", range(2))
def test_what_a_run_moved_is_the_same_and_a_change_is_reported(
    number: int, sandbox: SandboxAdmin, empty_ledger: Path, clock: Clock, tmp_path: Path,
    sample: Callable[[int, int], int],
) -> None:  # fmt: skip
    @seed(number)
    @settings(
        max_examples=sample(10, 200),
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(DOCUMENTS, st.integers(0, len(EXPORTS) - 1), PICKS, CHANGES)
    def play(documents: list[Any], chosen: int, pick: int, change: str) -> None:
        folder = tmp_path / str(next(_folders))
        folder.mkdir()
        stage = Stage(sandbox, sandbox.create_company("Acme GmbH", limits=None), folder, empty_ledger, clock)
        try:
            past = Past(stage, "export")
            for document in documents:
                past.document(*document)
            account = past.account(chosen)
            past.execute(account, RunKind.SCHEDULED, None)
            _compare(stage, account, pick, change)
        finally:
            stage.close()

    play()


def _compare(stage: Stage, account: Any, pick: int, change: str) -> None:
    there = moved(stage)
    rows, sums = checked(stage, account)
    assert {id_ for id_, row in rows.items() if row.outcome is CheckOutcome.SAME} == there.keys()
    assert sums == in_the_books(stage)
    assert not [
        row
        for row in rows.values()
        if row.outcome in {CheckOutcome.DIFFERS, CheckOutcome.ERROR, CheckOutcome.ONLY_THERE}
    ]
    if not there:
        return
    source_id = sorted(there)[pick % len(there)]
    expected = _change(stage, source_id, there[source_id], change)
    after, sums = checked(stage, account)
    assert (after[source_id].outcome, source_id) == (expected, source_id)
    assert {id_: row.outcome for id_, row in after.items() if id_ != source_id} == {
        id_: row.outcome for id_, row in rows.items() if id_ != source_id
    }
    assert sums == in_the_books(stage)
    assert after[source_id].is_missing == (change == "deleted")


def _change(stage: Stage, source_id: str, target_id: str, change: str) -> CheckOutcome:
    """Change one thing; returns what a check has to say of it."""
    [expense] = [one for one in stage.company.expenses() if one["id"] == target_id]
    [line, *others] = expense["lines"]
    match change:
        case "amount":
            lines = [{**line, "grossAmount": line["grossAmount"] + 1}, *others]
            stage.company.edit_entity(target_id, lines=lines, totalGrossAmount=expense["totalGrossAmount"] + 1)
        case "date":
            day = date.fromisoformat(expense["date"]) + timedelta(days=1)
            stage.company.edit_entity(target_id, date=day.isoformat())
        case "rate":
            lines = [{**line, "taxRate": 16, "grossAmount": line["grossAmount"] + 1}, *others]
            stage.company.edit_entity(target_id, lines=lines)
        case "deleted":
            stage.company.delete_entity(target_id)
            return CheckOutcome.ONLY_HERE
        case "source deleted":
            stage.company.delete_document(int(source_id))
            return CheckOutcome.ONLY_THERE
    return CheckOutcome.DIFFERS
