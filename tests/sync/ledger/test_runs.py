from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.sync.ledger import LedgerError, Run, Watermark
from tests.sync.ledger.samples import RUN

if TYPE_CHECKING:
    from debitoor_provider.sync.ledger import Ledger
    from tests.sync.ledger.samples import Clock


def test_a_run_is_started_and_finished(ledger: Ledger, clock: Clock):
    ledger.start_run(Run(RUN, "acme", "export", "manual", window={"from": "2026-01-01"}))
    (started,) = ledger.runs("acme")
    assert (started.started_at, started.finished_at, started.verdict) == (clock.time, None, "")

    clock.pass_by(minutes=3)
    counts = {"moved": 12, "left_out": {"no_date": 2}}
    ledger.finish_run(RUN, counts=counts, verdict="failed", error="The token is not valid.")
    (finished,) = ledger.runs("acme")
    assert (finished.finished_at, finished.counts, finished.error) == (clock.time, counts, "The token is not valid.")
    assert finished.window == {"from": "2026-01-01"}


def test_a_run_that_is_tried_again_begins_anew(ledger: Ledger, clock: Clock):
    ledger.start_run(Run(RUN, "acme", "export", "scheduled"))
    first = clock.time
    ledger.finish_run(RUN, counts={"moved": 1}, verdict="failed")
    clock.pass_by(minutes=3)
    ledger.start_run(Run(RUN, "acme", "export", "scheduled"))

    (again,) = ledger.runs("acme")
    assert again.started_at == first
    assert (again.finished_at, again.counts, again.verdict) == (None, {}, "")


def test_the_latest_runs_come_first(ledger: Ledger, clock: Clock):
    for number in range(3):
        ledger.start_run(Run(f"dag/{number}", "acme", "export", "scheduled"))
        clock.pass_by(minutes=1)
    ledger.start_run(Run("dag/other", "other", "export", "scheduled"))

    assert [run.id for run in ledger.runs("acme", 2)] == ["dag/2", "dag/1"]
    assert [run.id for run in ledger.runs()] == ["dag/other", "dag/2", "dag/1", "dag/0"]


def test_an_unknown_run_is_none_and_cannot_be_finished(ledger: Ledger):
    assert ledger.run("nothing") is None
    with pytest.raises(LedgerError, match="no run nothing"):
        ledger.finish_run("nothing", counts={}, verdict="success")


def test_why_a_step_failed_is_there_for_the_report(ledger: Ledger):
    ledger.start_run(Run(RUN, "acme", "export", "scheduled"))
    ledger.note_error(RUN, "The token is not valid.")
    ledger.note_error("nothing", "There is no such run, and nowhere to say it.")

    run = ledger.run(RUN)
    assert run is not None
    assert (run.error, run.finished_at) == ("The token is not valid.", None)
    assert ledger.run("nothing") is None


def test_a_source_that_was_never_asked_has_no_watermark(ledger: Ledger):
    assert ledger.watermark("acme", "export") == Watermark("acme", "export")


def test_a_plan_moves_the_watermark(ledger: Ledger):
    mark = datetime(2026, 3, 1, 7, tzinfo=UTC)
    ledger.plan("acme", "export", RUN, [], watermark=mark, settings_fingerprint="one")
    assert ledger.watermark("acme", "export") == Watermark("acme", "export", mark, None, "one")

    ledger.plan("acme", "export", RUN, [], watermark=mark, full=True, settings_fingerprint="two")
    assert ledger.watermark("acme", "export") == Watermark("acme", "export", mark, mark, "two")


def test_a_backfill_leaves_the_watermark_where_it_is(ledger: Ledger):
    mark = datetime(2026, 3, 1, tzinfo=UTC)
    ledger.plan("acme", "export", RUN, [], watermark=mark, settings_fingerprint="one")
    ledger.plan("acme", "export", RUN, [], settings_fingerprint="two")

    assert ledger.watermark("acme", "export") == Watermark("acme", "export", mark, None, "one")


def test_the_watermark_never_moves_back(ledger: Ledger):
    late, early = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
    ledger.plan("acme", "export", RUN, [], watermark=late, full=True)
    ledger.plan("acme", "export", RUN, [], watermark=early, full=True)

    assert ledger.watermark("acme", "export") == Watermark("acme", "export", late, late)


def test_a_full_listing_without_a_watermark_is_noted_with_its_time(ledger: Ledger, clock: Clock):
    ledger.plan("acme", "export", RUN, [], full=True)

    assert ledger.watermark("acme", "export") == Watermark("acme", "export", None, clock.time)


def test_a_watermark_can_be_forgotten(ledger: Ledger):
    ledger.plan("acme", "export", RUN, [], watermark=datetime(2026, 3, 1, tzinfo=UTC))
    ledger.plan("acme", "import", RUN, [], watermark=datetime(2026, 3, 1, tzinfo=UTC))
    ledger.reset_watermark("acme", "export")

    assert ledger.watermark("acme", "export").listed_at is None
    assert ledger.watermark("acme", "import").listed_at is not None


def test_the_latest_runs_of_several_accounts(ledger: Ledger, clock: Clock):
    for number, account in enumerate(["acme", "other", "third", "acme"]):
        ledger.start_run(Run(f"d/{number}", account, "export", "manual"))
        clock.pass_by(minutes=1)
    assert [run.id for run in ledger.runs(accounts=["acme", "third"])] == ["d/3", "d/2", "d/0"]
    assert [run.id for run in ledger.runs(accounts={"acme"}, limit=1)] == ["d/3"]
    assert ledger.runs(accounts=[]) == []
    assert ledger.runs_known(["d/1", "never"]).keys() == {"d/1"}


def test_the_last_run_that_was_judged(ledger: Ledger, clock: Clock):
    assert ledger.last_judged("acme") is None
    for number, (kind, verdict) in enumerate(
        [("scheduled", "success"), ("manual", "failed"), ("dry_run", "success"), ("scheduled", "")]
    ):
        clock.pass_by(minutes=1)
        ledger.start_run(Run(f"d/{number}", "acme", "export", kind))
        if verdict:
            ledger.finish_run(f"d/{number}", counts={}, verdict=verdict)
    clock.pass_by(minutes=1)
    ledger.start_run(Run("e/1", "other", "export", "manual"))
    ledger.finish_run("e/1", counts={}, verdict="stopped")
    assert ledger.last_judged("acme").id == "d/1"
    assert ledger.last_judged("acme", ["success", "rejected"]).id == "d/0"
    assert ledger.last_judged("acme", ["stopped"]) is None
