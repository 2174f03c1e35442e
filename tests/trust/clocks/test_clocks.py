"""A clock that is wrong, ours or a service's, once or always, loses no document and stops no run without a word."""

from __future__ import annotations

import itertools
import os
import random
import subprocess
import sys
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from debitoor_provider.sync.ledger import Ledger
from tests.trust.clocks.exchange import MOMENTS, SKEWS, AccountWithClocks, Direction, Reach, Whose
from tests.trust.common.worker import Ending, Run, Workers

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sync.stage import Stage
    from tests.trust.common.cases import Case
    from tests.trust.common.tally import Tally

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), Path("libfaketime.so.1"))  # by architecture
KILLED_AT = {
    "export": ("create_expense: sent", "ledger steps.moved: begun"),
    "import": ("upload_document: sent", "ledger steps.moved: begun"),
}
CELLS = [
    (moment, skew, reach, killed)
    for moment, skew, reach, killed in itertools.product(MOMENTS, SKEWS, get_args(Reach), (False, True))
]


@pytest.mark.parametrize("direction", get_args(Direction))
@pytest.mark.parametrize("whose", get_args(Whose))
def test_a_wrong_clock_keeps_no_document_from_the_next_run(
    whose: Whose,
    direction: Direction,
    stage_of: Callable[..., Stage],
    tally: Tally,
    sample: Callable[[int, int], int],
) -> None:
    cells = random.Random(f"{whose} {direction}").sample(CELLS, sample(24, len(CELLS)))
    for number, (moment, skew, reach, killed) in enumerate(cells):
        case = f"{whose} by {skew}, {reach}, at {moment}{', killed' if killed else ''}"
        stage = stage_of(f"Company {number}", account_id=f"case{number}")
        exchange = AccountWithClocks(stage, direction, MOMENTS[moment])
        exchange.arrive()
        exchange.run()
        exchange.pass_by(HOUR)
        exchange.arrive()
        exchange.set_wrong(whose, skew)
        if killed:
            exchange.run_that_is_killed()
            exchange.pass_by(3 * MINUTE)
        warnings = exchange.run()
        if abs(skew) > MINUTE and not any(warning.code.startswith("clock_differs") for warning in warnings):
            tally.add("wrong", f"{case}: no warning")
        if abs(skew) < MINUTE and warnings:
            tally.add("wrong", f"{case}: {warnings[0]}")
        for kind, found in exchange.judge().items():
            tally.add_all({kind: [f"{case}, while it was wrong: {what}" for what in found]})
        if reach == "once":
            exchange.set_right()
        for _ in range(2):
            exchange.pass_by(HOUR)
            exchange.arrive()
            exchange.run()
        for kind, found in exchange.judge().items():
            tally.add_all({kind: [f"{case}: {what}" for what in found]})
        tally.case()


@pytest.mark.parametrize("direction", get_args(Direction))
@pytest.mark.parametrize("skew", [skew for skew in SKEWS if abs(skew) > HOUR], ids=str)
def test_a_run_that_is_killed_while_the_clock_is_wrong_blocks_nothing_once_it_is_right(
    skew: timedelta, direction: Direction, stage_of: Callable[..., Stage], tally: Tally
) -> None:
    exchange = AccountWithClocks(stage_of(), direction, MOMENTS["a plain day"])
    exchange.arrive()
    exchange.set_wrong("ours", skew)
    exchange.run_that_is_killed()
    exchange.set_right()
    exchange.pass_by(3 * MINUTE)
    exchange.run()
    tally.add_all(exchange.judge())
    tally.case()


@pytest.mark.parametrize("direction", get_args(Direction))
def test_a_watermark_in_the_future_is_repaired_and_reported(
    direction: Direction, stage_of: Callable[..., Stage], tally: Tally
) -> None:
    for number, ahead in enumerate((HOUR, 26 * HOUR, 366 * DAY)):
        stage = stage_of(f"Company {number}", account_id=f"case{number}")
        exchange = AccountWithClocks(stage, direction, MOMENTS["a plain day"])
        exchange.run()
        _move_watermark(stage, direction, ahead)
        exchange.arrive()
        exchange.pass_by(MINUTE)
        codes = {warning.code for warning in exchange.run()}
        assert codes == {"watermark_in_future"}
        run = stage.ledger.runs.get(stage.run_id)
        assert run is not None
        assert [warning["code"] for warning in run.window["warnings"]] == ["watermark_in_future"]
        assert exchange.run() == []
        tally.add_all(exchange.judge())
        tally.case()


@pytest.mark.parametrize("direction", get_args(Direction))
def test_worker_processes_that_are_killed_while_the_clock_is_wrong(
    direction: Direction,
    new_case: Callable[..., Case],
    workers: Workers,
    tally: Tally,
    sample: Callable[[int, int], int],
) -> None:
    skews = [skew for skew in SKEWS if abs(skew) >= HOUR]
    cells = list(itertools.product(skews, KILLED_AT[direction]))
    for skew, point in random.Random(direction).sample(cells, sample(6, len(cells))):
        case = new_case(direction, parallel=2)
        workers.clock.passed += skew
        ended: list[bool] = []
        workers.run(Run(case.dag, "scheduled__1"), Ending("kill", point), after_end=partial(ended.append, True))
        assert ended
        workers.clock.passed -= skew
        workers.clock.pass_by(hours=1)
        state = workers.run(Run(case.dag, "scheduled__2"))
        if state != "success":
            workers.clock.pass_by(hours=1)
            workers.run(Run(case.dag, "scheduled__3"))
        tally.add_all({kind: [f"{skew} at {point}: {what}" for what in found] for kind, found in case.judge().items()})
        tally.case()


@pytest.mark.skipif(not FAKETIME.exists(), reason="install libfaketime: apt-get install libfaketime")
@pytest.mark.parametrize("skew", [26 * HOUR, -26 * HOUR, 366 * DAY], ids=str)
def test_real_processes_with_a_wrong_clock(acme: Stage, skew: timedelta, tally: Tally) -> None:
    def process(by: timedelta, *, killed: bool = False) -> int:
        company, sandbox = acme.company, acme.sandbox
        arguments = [company.gmi_api_key, company.gmi_account_id, sandbox.gmi_url, company.debitoor_token or ""]
        arguments += [sandbox.debitoor_url, company.debitoor_email, str(acme.ledger_file), str(int(killed))]
        faked = {"LD_PRELOAD": str(FAKETIME), "FAKETIME": f"{by.total_seconds():+.0f}s"}
        faked |= {"FAKETIME_DONT_FAKE_MONOTONIC": "1"}  # setting a clock leaves that one alone
        command = [sys.executable, "-m", "tests.trust.clocks.one_run", *arguments]
        return subprocess.run(command, env={**os.environ, **faked}, check=False, timeout=120).returncode

    uids = [acme.document()]
    assert process(timedelta()) == 0
    uids.append(acme.document())
    assert process(skew, killed=True) == -9
    acme.sandbox.advance(3_600)
    uids.append(acme.document())
    assert process(HOUR) == 0
    assert acme.booked().keys() == set(uids)
    mark = Ledger.open(f"sqlite:///{acme.ledger_file}").runs.watermark(acme.account_id, "export").listed_at
    assert mark is not None
    assert abs(mark - datetime.now(mark.tzinfo) - HOUR) < MINUTE
    tally.case()


def _move_watermark(stage: Stage, direction: Direction, ahead: timedelta) -> None:
    """Leave a watermark as a clock that was ahead left it."""
    mark = stage.ledger.runs.watermark(stage.account_id, direction)
    assert mark.listed_at is not None
    stage.ledger.plans.enter(
        stage.account_id,
        direction,
        "earlier",
        [],
        watermark=mark.listed_at + ahead,
        settings_fingerprint=mark.settings_fingerprint,
    )
