"""``python p3_described.py <DAG id>``: print one of the provider's DAGs in plain values, from which others make it."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, BaseOperator

from debitoor_provider.dag_factory import sync_dags

_OF_THE_ACCOUNT = {"task_id", "account", "settings"}
_OF_AIRFLOW = {"dag", "task_group", "default_args", "params"}


def describe(dag: DAG) -> dict[str, Any]:
    """Return everything that a DAG is made with, except what names its account.

    Objects are written as dag-factory reads them: a mapping with ``__type__``, ``__args__`` and keyword arguments.
    """
    params = {name: dag.params.get_param(name) for name in dag.params}
    timetable: Any = dag.timetable
    return {
        "start_date": dag.start_date.date().isoformat() if dag.start_date else None,
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "schedule": {
            "__type__": _path(type(timetable)),
            "__args__": [timetable.expression],
            "timezone": str(timetable.timezone),
        },
        "params": {
            name: {"__type__": _path(type(one)), "default": one.value, "description": one.description, **one.schema}
            for name, one in params.items()
        },
        "default_args": {name: _plain(value) for name, value in dag.default_args.items()},
        "tasks": [_task(task) for task in _in_order(dag)],
    }


def _task(task: BaseOperator) -> dict[str, Any]:
    given: dict[str, Any] = task._BaseOperator__init_kwargs  # type: ignore[attr-defined]  # noqa: SLF001 - as it was given
    common = task.dag.default_args
    own = given.keys() - _OF_THE_ACCOUNT - _OF_AIRFLOW
    return {
        "task_id": task.task_id,
        "operator": _path(type(task)),
        **{name: given[name] for name in sorted(own) if name not in common},
        "dependencies": sorted(task.upstream_task_ids),
    }


def _in_order(dag: DAG) -> list[BaseOperator]:
    tasks = [task for task in dag.tasks if isinstance(task, BaseOperator)]
    return sorted(tasks, key=lambda task: len(task.get_flat_relatives(upstream=True)))


def _plain(value: Any) -> Any:
    if isinstance(value, timedelta):
        return {"__type__": _path(timedelta), "seconds": value.total_seconds()}
    return value if isinstance(value, int | str) else {"__type__": _path(type(value))}


def _path(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


if __name__ == "__main__":
    print(json.dumps(describe(sync_dags()[sys.argv[1]])))
