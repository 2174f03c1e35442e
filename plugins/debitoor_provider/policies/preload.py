"""What the steps of a run import is loaded once by the scheduler where tasks are forks of it: with the LocalExecutor.

Otherwise each task loads it again, which takes more processor time than moving some documents does.
"""

from __future__ import annotations

import logging
import sys
from importlib import import_module

from airflow.sdk.configuration import conf
from pluggy import HookimplMarker

_log = logging.getLogger(__name__)

_MODULES = (
    "debitoor_provider.dag_factory",
    "debitoor_provider.operators.whole_run",
    "debitoor_provider.policies.time_slices",
    "debitoor_provider.runs.announcement",
    "debitoor_provider.runs.form",
    "debitoor_provider.runs.jobs",
    "debitoor_provider.runs.lineage",
    "debitoor_provider.runs.plan",
    "debitoor_provider.runs.record_pages",
    "debitoor_provider.runs.report",
    "debitoor_provider.services.pacing.sqlite",
    "debitoor_provider.sync.steps.archive",
    "debitoor_provider.sync.steps.transfer",
    "debitoor_provider.triggers.late",
    "pypdf",
)
"""Besides those of the directions."""


@HookimplMarker("airflow")
def on_starting(component: object) -> None:  # noqa: ARG001  Airflow passes it, before it knows of which kind it is
    """Load the modules in a scheduler, before it makes the processes of its LocalExecutor."""
    if "scheduler" in sys.argv[1:] and "LocalExecutor" in conf.get("core", "executor"):
        load()


def modules() -> list[str]:
    """Return the names of the modules."""
    from debitoor_provider.sync.directions import DIRECTIONS

    named = [name for row in DIRECTIONS.values() for name in (row.implementation, row.operator, *row.hooks.values())]
    return [*_MODULES, *dict.fromkeys(name.partition(":")[0] for name in named)]


def load() -> None:
    """Load the modules; one that cannot be is left to the task that needs it, which says why."""
    for name in modules():
        try:
            import_module(name)
        except Exception as error:  # noqa: BLE001  the scheduler serves other DAGs, too
            _log.warning("%s is not loaded by the scheduler: %s", name, error)
