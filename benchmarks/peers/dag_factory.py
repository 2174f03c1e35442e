"""The provider's DAGs as dag-factory wants them told: the same tasks, retries, schedule and trigger form, in YAML."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

_OPERATORS = "debitoor_provider.operators"
_STEPS = {
    "plan": "plan.DebitoorPlanOperator",
    "rename": "rename.DebitoorRenameOperator",
    "export": "export.DebitoorExportOperator",
    "archive": "archive.DebitoorArchiveOperator",
    "report": "report.DebitoorReportOperator",
}
_PLAN = {
    "period_from": "{{ params.get('from') or '' }}",
    "period_to": "{{ params.get('to') or '' }}",
    "document_ids": "{{ (params.get('document_ids') or []) | join(',') }}",
    "preview": "{{ params.get('dry_run') or '' }}",
}

Form = Mapping[str, Mapping[str, Any]]
"""What each field of the trigger form is made with."""


def write_one_file(file: Path, accounts: list[str], form: Form) -> None:
    """Describe all DAGs in one file, below one block of what they have in common."""
    _write(file, {"default": _common(form), **{f"debitoor__{account}": _dag(account) for account in accounts}})


def write_files(folder: Path, accounts: list[str], form: Form) -> None:
    """Describe each DAG in a file of its own, with all that concerns it."""
    folder.mkdir(parents=True)
    for account in accounts:
        _write(folder / f"{account}.yaml", {f"debitoor__{account}": {**_common(form), **_dag(account)}})


def _common(form: Form) -> dict[str, Any]:
    return {
        "start_date": "2020-01-01",
        "catchup": False,
        "max_active_runs": 1,
        "schedule": {
            "__type__": "airflow.sdk.CronDataIntervalTimetable",
            "__args__": ["0 0 * * *"],
            "timezone": "Europe/Berlin",
        },
        "params": {name: {"__type__": "airflow.sdk.Param", **given} for name, given in form.items()},
        "default_args": {
            "retries": 3,
            "retry_delay": {"__type__": "datetime.timedelta", "minutes": 2},
            "retry_policy": {"__type__": f"{_OPERATORS}.retry_policy.ServiceRetryPolicy"},
            "weight_rule": f"{_OPERATORS}.priority.DueFirst",
            "max_active_tis_per_dag": 1,
        },
    }


def _dag(account: str) -> dict[str, Any]:
    tasks: list[dict[str, Any]] = []
    for name, operator in _STEPS.items():
        task: dict[str, Any] = {"task_id": name, "operator": f"{_OPERATORS}.{operator}", "account": account}
        if name == "plan":
            task |= _PLAN
        if name == "report":
            task["trigger_rule"] = "all_done"
        if tasks:
            task["dependencies"] = [tasks[-1]["task_id"]]
        tasks.append(task)
    return {"description": account, "tags": ["debitoor", "export", "daily", account], "tasks": tasks}


def _write(file: Path, described: dict[str, Any]) -> None:
    file.write_text(yaml.safe_dump(described, sort_keys=False), "utf-8")
