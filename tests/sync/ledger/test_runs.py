from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import LedgerError, Run, State, Watermark
from debitoor_provider.sync.ledger.database.tables import runs
from tests.sync.ledger.samples import OWNER, RUN, TTL, in_state, planned

if TYPE_CHECKING:
    from debitoor_provider.sync.ledger import Ledger
    from tests.sync.ledger.samples import Clock

INVALID = Message("as_written", text="The token is not valid.", remedy="")


def test_a_run_is_started_and_finished(ledger: Ledger, clock: Clock):
    ledger.runs.start(Run(RUN, "acme", "export", "manual", window={"from": "2026-01-01"}))
    (started,) = ledger.runs.latest("acme")
    assert (started.started_at, started.finished_at, started.verdict) == (clock.time, None, "")

    clock.pass_by(minutes=3)
    counts = {"moved": 12, "left_out": {"no_date": 2}}
    ledger.runs.finish(RUN, counts=counts, verdict="failed", message=INVALID)
    (finished,) = ledger.runs.latest("acme")
    assert (finished.finished_at, finished.counts, finished.error) == (clock.time, counts, "The token is not valid.")
    assert finished.window == {"from": "2026-01-01"}


def test_a_retried_run_starts_from_the_beginning(ledger: Ledger, clock: Clock):
    ledger.runs.start(Run(RUN, "acme", "export", "scheduled"))
    first = clock.time
    ledger.runs.finish(RUN, counts={"moved": 1}, verdict="failed")
    clock.pass_by(minutes=3)
    ledger.runs.start(Run(RUN, "acme", "export", "scheduled"))

    (again,) = ledger.runs.latest("acme")
    assert again.started_at == first
    assert (again.finished_at, again.counts, again.verdict) == (None, {}, "")


def test_the_latest_runs_come_first(ledger: Ledger, clock: Clock):
    for number in range(3):
        ledger.runs.start(Run(f"dag/{number}", "acme", "export", "scheduled"))
        clock.pass_by(minutes=1)
    ledger.runs.start(Run("dag/other", "other", "export", "scheduled"))

    assert [run.id for run in ledger.runs.latest("acme", 2)] == ["dag/2", "dag/1"]
    assert [run.id for run in ledger.runs.latest()] == ["dag/other", "dag/2", "dag/1", "dag/0"]


def test_warnings_that_two_processes_add_at_once_are_both_kept(ledger: Ledger):
    ledger.runs.start(Run(RUN, "acme", "export", "manual"))
    other = Message("as_written", text="Another one.", remedy="")
    with ThreadPoolExecutor(1) as pool:
        with ledger._database.write() as connection:
            connection.execute(runs.update().values(window={"warnings": [other.as_json()]}))
            adding = pool.submit(ledger.runs.warn, RUN, INVALID)
            wait([adding], timeout=0.3)  # it has read the run by now, or waits for it
        adding.result()
    assert ledger.runs.known([RUN])[RUN].warnings == (other, INVALID)


def test_an_unknown_run_is_none_and_cannot_be_finished(ledger: Ledger):
    assert ledger.runs.get("nothing") is None
    with pytest.raises(LedgerError, match="no run nothing"):
        ledger.runs.finish("nothing", counts={}, verdict="success")


def test_the_report_gets_the_reason_of_a_failed_step(ledger: Ledger):
    ledger.runs.start(Run(RUN, "acme", "export", "scheduled"))
    ledger.runs.note_error(RUN, INVALID)
    ledger.runs.note_error("nothing", INVALID)  # there is no such run

    run = ledger.runs.get(RUN)
    assert run is not None
    assert (run.error, run.finished_at) == ("The token is not valid.", None)
    assert ledger.runs.get("nothing") is None


def test_a_source_that_was_never_listed_has_no_watermark(ledger: Ledger):
    assert ledger.runs.watermark("acme", "export") == Watermark("acme", "export")


def test_a_plan_moves_the_watermark(ledger: Ledger):
    mark = datetime(2026, 3, 1, 7, tzinfo=UTC)
    ledger.plans.enter("acme", "export", RUN, [], watermark=mark, settings_fingerprint="one")
    assert ledger.runs.watermark("acme", "export") == Watermark("acme", "export", mark, None, "one")

    ledger.plans.enter("acme", "export", RUN, [], watermark=mark, full=True, settings_fingerprint="two")
    assert ledger.runs.watermark("acme", "export") == Watermark("acme", "export", mark, mark, "two")


def test_a_backfill_leaves_the_watermark_where_it_is(ledger: Ledger):
    mark = datetime(2026, 3, 1, tzinfo=UTC)
    ledger.plans.enter("acme", "export", RUN, [], watermark=mark, settings_fingerprint="one")
    ledger.plans.enter("acme", "export", RUN, [], settings_fingerprint="two")

    assert ledger.runs.watermark("acme", "export") == Watermark("acme", "export", mark, None, "one")


def test_the_watermark_never_moves_back(ledger: Ledger):
    late, early = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
    ledger.plans.enter("acme", "export", RUN, [], watermark=late, full=True)
    ledger.plans.enter("acme", "export", RUN, [], watermark=early, full=True)

    assert ledger.runs.watermark("acme", "export") == Watermark("acme", "export", late, late)


def test_a_full_listing_without_a_watermark_is_noted_with_its_time(ledger: Ledger, clock: Clock):
    ledger.plans.enter("acme", "export", RUN, [], full=True)

    assert ledger.runs.watermark("acme", "export") == Watermark("acme", "export", None, clock.time)


def test_the_latest_runs_of_several_accounts(ledger: Ledger, clock: Clock):
    for number, account in enumerate(["acme", "other", "third", "acme"]):
        ledger.runs.start(Run(f"d/{number}", account, "export", "manual"))
        clock.pass_by(minutes=1)
    assert [run.id for run in ledger.runs.latest(accounts=["acme", "third"])] == ["d/3", "d/2", "d/0"]
    assert [run.id for run in ledger.runs.latest(accounts={"acme"}, limit=1)] == ["d/3"]
    assert ledger.runs.latest(accounts=[]) == []
    assert ledger.runs.known(["d/1", "never"]).keys() == {"d/1"}


def test_accounts_whose_last_run_was_one_of_another_dag(ledger: Ledger, clock: Clock):
    for run_id, account in [
        ("debitoor__own/1", "own"),
        ("mine/1#own_%", "own_%"),
        ("debitoor__former/1", "former"),
        ("mine/1#former", "former"),
        ("debitoor__former/2", "former"),
        ("debitoor__now/1", "now"),
        ("mine/1#now", "now"),
    ]:
        ledger.runs.start(Run(run_id, account, "export", "manual"))
        clock.pass_by(minutes=1)
    asked = {"own", "own_%", "former", "now", "never"}
    assert ledger.runs.elsewhere(asked) == {"own_%", "now"}
    assert ledger.runs.elsewhere([]) == set()


def test_the_last_run_that_was_judged(ledger: Ledger, clock: Clock):
    assert ledger.runs.last_with_verdict("acme") is None
    for number, (kind, verdict) in enumerate(
        [("scheduled", "success"), ("manual", "failed"), ("dry_run", "success"), ("scheduled", "")]
    ):
        clock.pass_by(minutes=1)
        ledger.runs.start(Run(f"d/{number}", "acme", "export", kind))
        if verdict:
            ledger.runs.finish(f"d/{number}", counts={}, verdict=verdict)
    clock.pass_by(minutes=1)
    ledger.runs.start(Run("e/1", "other", "export", "manual"))
    ledger.runs.finish("e/1", counts={}, verdict="stopped")
    assert ledger.runs.last_with_verdict("acme").id == "d/1"
    assert ledger.runs.last_with_verdict("acme", ["success", "rejected"]).id == "d/0"
    assert ledger.runs.last_with_verdict("acme", ["stopped"]) is None


def test_the_last_run_that_listed_whatever_was_new(ledger: Ledger, clock: Clock):
    def ran(number: int, kind: str, verdict: str, **window: object) -> None:
        clock.pass_by(minutes=1)
        ledger.runs.start(Run(f"d/{number}", "acme", "export", kind, {"kind": kind, **window} if window else {}))
        if verdict:
            ledger.runs.finish(f"d/{number}", counts={}, verdict=verdict)

    def last(*verdicts: str) -> str | None:
        found = ledger.runs.last_listed(["acme", "never"], verdicts or None).get("acme")
        return found.id if found else None

    ran(0, "manual", "success", full=False, updated_since=None, document_ids=["1"])
    ran(1, "backfill", "failed")  # before it was planned
    ran(2, "manual", "success")  # a step alone that plans nothing
    assert last() is None
    assert ledger.runs.last_finished(["acme"]) == {}
    assert ledger.runs.representative("acme").id == "d/2"
    ran(3, "scheduled", "success", full=True, updated_since=None)
    finished = ledger.runs.last_finished(["acme"])
    ran(4, "backfill", "success", full=False, updated_since=None)
    ran(5, "dry_run", "success", full=True)
    ran(6, "scheduled", "", full=True)
    assert (last(), ledger.runs.representative("acme").id) == ("d/3", "d/3")
    assert ledger.runs.last_finished(["acme"]) == finished
    ran(7, "scheduled", "stopped")  # before it was planned
    assert (last(), last("success")) == ("d/7", "d/3")
    ran(8, "manual", "failed", full=False, updated_since=None)
    assert (last(), ledger.runs.representative("acme").id) == ("d/7", "d/8")
    ran(9, "manual", "rejected", full=False, updated_since="2026-01-01T00:00:00+00:00")
    assert (last(), ledger.runs.representative("acme").id) == ("d/9", "d/9")


def test_a_run_has_finished_with_what_it_brought_to_an_end(ledger: Ledger):
    in_state(ledger, State.MOVED)
    planned(ledger, 77)
    assert ledger.runs.finished_documents([RUN, "never"]) == {RUN: 1}
    assert ledger.runs.finished_documents([]) == {}


class TestSums:
    def test_what_a_run_moved_is_added_up_by_currency(self, ledger: Ledger):
        _moved(ledger, 1, gross_amount=Decimal("119.10"), document_date=date(2026, 2, 3))
        _moved(ledger, 2, gross_amount=Decimal("-19.05"), document_date=date(2026, 1, 31))
        _moved(ledger, 3, gross_amount=Decimal("7"), currency="USD", document_date=None)
        _moved(ledger, 4, gross_amount=None, currency="SEK")
        sums = ledger.runs.sums(RUN)
        assert sums.gross == {"EUR": Decimal("100.05"), "USD": Decimal(7)}
        assert (sums.documents, sums.unknown) == (4, 1)
        assert (sums.first, sums.last) == (date(2026, 1, 31), date(2026, 2, 3))

    def test_what_was_held_or_moved_by_another_run_is_not(self, ledger: Ledger):
        in_state(ledger, State.HELD, 1)
        _moved(ledger, 2, run="debitoor__acme/manual__2")
        assert tuple(ledger.runs.sums(RUN)) == (0, {}, 0, None, None)


def test_the_amount_of_a_document_is_that_of_the_run_that_moved_it_not_of_the_one_that_archives_it(ledger: Ledger):
    other = "debitoor__acme/manual__2"
    _moved(ledger, 1, gross_amount=Decimal("119.10"), document_date=date(2026, 2, 3))
    _moved(ledger, 2, other, gross_amount=Decimal(7), document_date=None)
    backlog = ledger.documents.known("acme", "export", ["1", "2"]).values()
    assert len(ledger.steps.archived(backlog, other)) == 2
    assert ledger.runs.amounts_moved(RUN) == [(Decimal("119.10"), "EUR", date(2026, 2, 3))]
    assert ledger.runs.amounts_moved(other) == [(Decimal(7), "EUR", None)]
    assert [ledger.runs.sums(run).gross for run in (RUN, other)] == [{"EUR": Decimal("119.10")}, {"EUR": Decimal(7)}]


def test_what_was_found_at_the_target_is_counted_apart(ledger: Ledger):
    for number, detail in enumerate([{"number": "1"}, {"found": True}, {"found": True, "number": "3"}, None]):
        (entry,) = ledger.leases.claim(planned(ledger, number + 1), OWNER, TTL, run_id=RUN)
        ledger.steps.moved(entry, f"e-{number}", detail=detail)
        ledger.leases.release(OWNER)
    assert ledger.runs.counts(RUN) == {"moved": 2, "already_there": 2}
    assert ledger.runs.sums(RUN).documents == 2


def _moved(ledger: Ledger, number: int, run: str = RUN, **differing: object) -> None:
    (entry,) = ledger.leases.claim(planned(ledger, number, **differing), OWNER, TTL, run_id=run)
    ledger.steps.moved(ledger.steps.intend(entry), f"expense-{number}")
    ledger.leases.release(OWNER)
