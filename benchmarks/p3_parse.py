"""``python p3_parse.py <DAG file> [module ...]``: parse a DAG file as Airflow does, and print what it took as JSON.

Runs on its own in a fresh process, by any Python that has Airflow. Modules that are named are loaded beforehand.
"""

from __future__ import annotations

import gc
import importlib
import json
import sys
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.dag_processing.dagbag import BundleDagBag
from airflow.serialization.serialized_objects import DagSerialization

if TYPE_CHECKING:
    from airflow.sdk import DAG

_SERIALISED = 100


def main() -> None:
    """Parse, then look at what was made."""
    file = Path(sys.argv[1])
    for module in sys.argv[2:]:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # as Airflow's LocalExecutor does for its tasks: otherwise a collection falls into some of the parses
    watch = _Watch()
    bag = BundleDagBag(
        dag_folder=str(file), bundle_path=file.parent, bundle_name="benchmark", safe_mode=False, load_op_links=False
    )
    cpu, wall = watch.read()
    if bag.import_errors:
        raise SystemExit("\n".join(bag.import_errors.values()))
    some = list(islice(bag.dags.values(), _SERIALISED))
    DagSerialization.to_dict(some[0])  # the first one makes Airflow load its plugins
    watch = _Watch()
    for dag in some:
        DagSerialization.to_dict(dag)
    serialise = watch.read()[0] / len(some)
    shapes = {json.dumps(_shape(dag), sort_keys=True) for dag in bag.dags.values()}
    print(
        json.dumps({"cpu": cpu, "wall": wall, "serialise": serialise, "dags": len(bag.dags), "shapes": sorted(shapes)})
    )


class _Watch:
    def __init__(self) -> None:
        self._wall = time.perf_counter()
        self._cpu = time.process_time()

    def read(self) -> tuple[float, float]:
        """Return processor seconds and wall-clock seconds."""
        return time.process_time() - self._cpu, time.perf_counter() - self._wall


def _shape(dag: DAG) -> dict[str, Any]:
    """Return what has to be equal in all DAGs that are compared."""
    params = {name: dag.params.get_param(name) for name in dag.params}
    return {
        "schedule": repr(dag.timetable),
        "start": str(dag.start_date),
        "runs": [dag.catchup, dag.max_active_runs],
        "form": {name: [param.value, param.description, param.schema] for name, param in params.items()},
        "tags": len(set(dag.tags) - {"dagfactory"}),
        "tasks": {
            task.task_id: [
                task.task_type,
                {name: getattr(task, name) for name in task.template_fields if name != "account"},
                task.retries,
                str(task.retry_delay),
                type(task.retry_policy).__name__,
                task.pool,
                task.weight_rule.__class__.__name__,
                task.priority_weight,
                task.trigger_rule,
                task.max_active_tis_per_dag,
                sorted(task.downstream_task_ids),
                len(task.outlets),
            ]
            for task in dag.tasks
        },
    }


if __name__ == "__main__":
    main()
