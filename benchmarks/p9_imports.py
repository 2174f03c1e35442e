"""P9: how long a DAG file waits for the provider to be loaded."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks import fresh, peers
from benchmarks.result import Goal, Result, Series

_SAMPLES = 10
"""In each round, because one is short."""
_SCRIPT = Path(__file__).parent / "p9_import.py"
_OURS = "debitoor_provider.dag_factory"
_OPERATOR = "debitoor_provider.operators.export"
_PEER = "dagfactory"
_HOOK = "airflow.providers.http.hooks.http"


def measure(rounds: int) -> Result:
    """Load each module in turn, always in a fresh process."""
    modules = {
        _OURS: Path(sys.executable),
        _OPERATOR: Path(sys.executable),
        _HOOK: Path(sys.executable),
        _PEER: peers.python(),
    }
    taken: dict[str, list[dict[str, float]]] = {module: [] for module in modules}
    with tempfile.TemporaryDirectory(prefix="p9-") as home:
        for module, python in modules.items():  # unmeasured: leaves bytecode, and Airflow's configuration
            fresh.run(python, _SCRIPT, module, home=Path(home))
        for _ in range(rounds * _SAMPLES):
            for module, python in modules.items():
                taken[module].append(fresh.run(python, _SCRIPT, module, home=Path(home)))

    def series(module: str, what: str, figure: str = "cpu") -> Series:
        return Series(what, "ms", [1000 * sample[figure] for sample in taken[module]])

    ours = series(_OURS, "this provider, all of a DAG file")
    return Result(
        id="P9",
        title="Import time",
        setting="processor time of a fresh process that has loaded requests, and DAG and BaseOperator of airflow.sdk",
        ours=[
            ours,
            series(_OURS, "the same by the clock", "wall"),
            series(_OPERATOR, "one operator, for a DAG of your own"),
        ],
        peers=[series(_PEER, "dag-factory"), series(_HOOK, "Airflow's HTTP hook")],
        goals=[Goal.at_most(50, ours.median, "at most 50 ms over airflow.sdk and requests")],
        note="Everything that the DAG file loads is counted, including what it takes of airflow.sdk in addition to DAG "
        "and BaseOperator: the timetable with croniter, and the retry policy.",
    )
