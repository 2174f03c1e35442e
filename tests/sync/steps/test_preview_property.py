"""What a preview shows is what the run then does, document by document, whatever happened before.

What a file's bytes alone decide is left out: whether it is a PDF, and whether GetMyInvoices, which takes no file
twice, refuses to store a sales document again.
"""

from __future__ import annotations

import itertools
import sqlite3
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, note, seed, settings
from hypothesis import strategies as st

from debitoor_provider.services.errors import StopError
from debitoor_provider.sync.ledger import DONE, State
from debitoor_provider.sync.steps.preview import preview
from debitoor_provider.sync.steps.preview_result import Preview
from tests.sync.stage import Stage
from tests.sync.steps.past import Past
from tests.sync.steps.past_events import EXPORTS, PICKS, WINDOWS, events

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from debitoor_provider.sandbox.client import SandboxAdmin
    from debitoor_provider.sync.ledger import Entry
    from tests.sync.stage import Clock

_folders = itertools.count(1)
STATES = {
    "send": DONE,
    "there": DONE,
    "held": {State.HELD},
    "rejected": {State.REJECTED},
    "waiting": {State.WAITING},
    "ignored": {State.IGNORED},
    "left out": {State.GONE, None},
}
"""Where a document may be after the run, by what the preview said of it."""


def rows(stage: Stage) -> list[str]:
    with closing(sqlite3.connect(stage.ledger_file)) as connection:
        return list(connection.iterdump())


def entries(stage: Stage, direction: str) -> dict[str, Entry]:
    return {entry.source_id: entry for entry in stage.ledger.documents.entries("acme", direction)}


@pytest.mark.parametrize("direction", ["export", "import"])
@pytest.mark.parametrize("number", range(2))
def test_a_preview_shows_what_the_run_then_does(
    direction: str,
    number: int,
    sandbox: SandboxAdmin,
    empty_ledger: Path,
    clock: Clock,
    tmp_path: Path,
    sample: Callable[[int, int], int],
) -> None:
    @seed(number)
    @settings(
        max_examples=sample(15, 250),
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(events(direction), st.integers(0, len(EXPORTS)), WINDOWS, PICKS)
    def check(past: list[tuple[Any, ...]], chosen: int, kind: str, pick: int) -> None:
        folder = tmp_path / str(next(_folders))
        folder.mkdir()
        stage = Stage(sandbox, sandbox.create_company("Acme GmbH", limits=None), folder, empty_ledger, clock)
        try:
            _compare(stage, direction, past, chosen, kind, pick)
        finally:
            stage.close()

    try:
        check()
    finally:
        sandbox.set_clock()


def _compare(stage: Stage, direction: str, events: list[tuple[Any, ...]], chosen: int, kind: str, pick: int) -> None:
    past = Past(stage, direction)
    for event in events:
        past.play(event)
    account = past.account(chosen)
    run_kind, window = past.window(kind, pick)
    before, ledger, watch = entries(stage, direction), rows(stage), stage.watch()
    stopped = None
    seen: list[Preview] = []
    try:
        seen = preview(stage.job(account, run_kind, run_id="preview"), window).documents
    except StopError as error:
        stopped = error
    assert rows(stage) == ledger
    assert watch.writes == []
    assert not watch.created

    ended = past.execute(account, run_kind, window)
    after = entries(stage, direction)
    note(f"previewed: {[(row.source_id, row.outcome, row.reason) for row in seen]}")
    note(f"then: {stage.states(direction)}")
    assert str(ended or "") == str(stopped or "")
    if stopped:
        return
    shown = {row.source_id: row for row in seen}
    assert len(shown) == len(seen)
    for source_id, row in shown.items():
        _is_as_shown(row, before.get(source_id), after.get(source_id), stage)
    done = {id_ for id_, entry in before.items() if entry.state in DONE}
    moved = {id_ for id_, entry in after.items() if entry.state in DONE} - done
    assert moved <= {id_ for id_, row in shown.items() if row.outcome in {"send", "there"}}
    entered = {id_ for id_ in after.keys() - before.keys() if after[id_].state is not State.GONE}
    assert entered <= shown.keys()


def _is_as_shown(row: Preview, before: Entry | None, after: Entry | None, stage: Stage) -> None:
    state = after.state if after else None
    assert state in STATES[row.outcome], row
    if after is None:
        return
    found = [event for event in stage.ledger.documents.history(after) if event.detail.get("found")]
    was_done = before is not None and before.state in DONE
    if row.outcome == "send":
        assert after.moved_by == stage.run_id
        if after.direction == "export" or not before or not before.wants_new_record:
            assert not any(event.run_id == stage.run_id for event in found)
        assert after.target_name == row.target_name
        assert after.marks == row.marks
        if after.direction == "export":
            [booked] = [one for one in stage.company.expenses() if one["id"] == after.target_id]
            lines = tuple(f"{line['taxRate']} %: {line['grossAmount']:.2f}" for line in booked["lines"])
            assert row.lines == lines
            assert (row.gross_amount, row.document_date) == (after.booked_gross, date.fromisoformat(booked["date"]))
            assert row.currency == after.booked_currency
    elif row.outcome == "there":
        assert was_done or any(event.run_id == stage.run_id for event in found)
    elif row.outcome in {"held", "rejected", "waiting"} and row.message and row.message.code != "as_written":
        assert after.reason_code == row.message.code
    if state in DONE and row.target_name and not was_done:
        assert after.target_name == row.target_name
