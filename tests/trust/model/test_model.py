"""Block 4: whatever people, clocks, faults and runs do in whatever order comes to what the reference model says.

Between two runs nothing of ours is at work, so what must always hold is looked at after each of them.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.trust.model.runs import Company

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from debitoor_provider.sandbox.client import SandboxAdmin
    from tests.trust.common.referee import Findings
    from tests.trust.common.tally import Tally

STEPS = 50


@pytest.mark.parametrize("number", range(8))
def test_any_order_of_events_gives_the_result_of_the_reference_model(
    number: int,
    sandbox: SandboxAdmin,
    empty_ledger: Path,
    tmp_path: Path,
    tally: Tally,
    sample: Callable[[int, int], int],
) -> None:
    findings: Findings = {}
    counts: Counter[str] = Counter()
    services = {"sandbox": sandbox, "empty_ledger": empty_ledger, "folder": tmp_path}
    company = type("Company", (Company,), {**services, "tally": tally, "findings": findings, "counts": counts})
    chosen = settings(
        max_examples=sample(20, 800),
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    try:
        run_state_machine_as_test(seed(number)(company), settings=chosen)
    except AssertionError:
        tally.add_all(findings)
        raise
    finally:
        sandbox.clear_faults()
        sandbox.set_clock()
    for name, count in counts.items():
        tally.figure(f"model, {name} of one seed at most", count)
