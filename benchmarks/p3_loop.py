"""The floor: a DAG file with a plain loop that makes the accounts' DAGs, and reads and checks nothing.

``DAGS`` says how many, ``DESCRIBED`` is one of them in JSON. With ``FORM_LAST`` each DAG gets its trigger form after
its tasks, as the provider does it.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from functools import partial
from pkgutil import resolve_name
from typing import Any

from airflow.sdk import DAG

_COMMON = json.loads(os.environ["DESCRIBED"])
_START = datetime.fromisoformat(_COMMON["start_date"]).replace(tzinfo=UTC)
_FORM_LAST = "FORM_LAST" in os.environ


def _maker(value: Any) -> partial[Any]:
    if not isinstance(value, dict):
        return partial(lambda: value)
    arguments = dict(value)
    return partial(resolve_name(arguments.pop("__type__")), *arguments.pop("__args__", ()), **arguments)


_FORM = {name: _maker(value) for name, value in _COMMON["params"].items()}
_ARGUMENTS = {name: _maker(value) for name, value in _COMMON["default_args"].items()}
_SCHEDULE = _maker(_COMMON["schedule"])
_TASKS = [dict(task) for task in _COMMON["tasks"]]
_OPERATORS = [(resolve_name(task.pop("operator")), task.pop("dependencies"), task) for task in _TASKS]

for _number in range(int(os.environ["DAGS"])):
    _account = f"account-{_number:04}"
    _form = {name: make() for name, make in _FORM.items()}
    with DAG(
        f"debitoor__{_account}",
        description=_account,
        doc_md=f"**GetMyInvoices → Debitoor**, daily\n\n    {_account}\n",
        schedule=_SCHEDULE(),
        start_date=_START,
        catchup=_COMMON["catchup"],
        max_active_runs=_COMMON["max_active_runs"],
        tags=["debitoor", "export", "daily", _account],
        params=None if _FORM_LAST else _form,
        default_args={name: make() for name, make in _ARGUMENTS.items()},
    ) as _dag:
        for _operator, _before, _given in _OPERATORS:
            _task = _operator(account=_account, **_given)
            for _name in _before:
                _dag.get_task(_name) >> _task
    if _FORM_LAST:
        _dag.params.update(_form)
    globals()[_dag.dag_id] = _dag
