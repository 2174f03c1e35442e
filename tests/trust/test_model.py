"""Block 4: whatever people, clocks, faults and runs do in any order, the outcome is that of the reference model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.trust.model_runs import Runs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sandbox.client import SandboxAdmin
    from tests.trust.tally import Tally, Wrong

STEPS = 50


@pytest.mark.parametrize("number", range(8))
def test_any_order_of_events_comes_to_what_the_reference_model_says(
    number: int,
    sandbox: SandboxAdmin,
    empty_ledger: Path,
    tmp_path: Path,
    tally: Tally,
    sample: Callable[[int, int], int],
) -> None:
    findings: dict[Wrong, list[str]] = {}
    given = {"sandbox": sandbox, "empty_ledger": empty_ledger, "folder": tmp_path, "tally": tally, "latest": findings}
    machine = seed(number)(type("Company", (Runs,), given))
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=sample(25, 600),
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                phases=[Phase.generate, Phase.shrink],
                suppress_health_check=list(HealthCheck),
                report_multiple_bugs=False,
            ),
        )
    finally:
        sandbox.set_clock()
