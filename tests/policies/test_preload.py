from __future__ import annotations

import subprocess
import sys

import pytest
from airflow.listeners.listener import get_listener_manager

from debitoor_provider.policies import preload

LATE = """\
import sys
from debitoor_provider.policies import preload
preload.load()
before = set(sys.modules)
import debitoor_provider.operators.plan, debitoor_provider.operators.rename, debitoor_provider.operators.archive
import debitoor_provider.runs.jobs, debitoor_provider.runs.form, debitoor_provider.runs.windows, requests
print(sorted(name for name in set(sys.modules) - before if ".operators." not in name))
"""


@pytest.fixture
def loaded(monkeypatch):
    names: list[str] = []
    monkeypatch.setattr(preload, "import_module", names.append)
    return names


@pytest.mark.parametrize(
    ("arguments", "executor", "is_loaded"),
    [
        (["airflow", "scheduler", "--skip-serve-logs"], "LocalExecutor", True),
        (["airflow", "scheduler"], "CeleryExecutor,LocalExecutor", True),
        (["airflow", "scheduler"], "CeleryExecutor", False),
        (["airflow", "triggerer"], "LocalExecutor", False),
        (["airflow", "dags", "test", "debitoor__acme"], "LocalExecutor", False),
    ],
)
def test_a_scheduler_whose_tasks_are_its_forks_loads_what_they_need(
    loaded, monkeypatch, arguments, executor, is_loaded
):
    monkeypatch.setattr(sys, "argv", arguments)
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", executor)
    preload.on_starting(object())
    assert loaded == (preload.modules() if is_loaded else [])


def test_a_module_that_cannot_be_loaded_does_not_stop_the_scheduler(monkeypatch, caplog):
    monkeypatch.setattr(preload, "modules", lambda: ("debitoor_provider.not_there", "json"))
    preload.load()
    assert "debitoor_provider.not_there is not loaded by the scheduler" in caplog.text


def test_nothing_that_a_step_imports_at_its_beginning_is_left():
    done = subprocess.run([sys.executable, "-c", LATE], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_airflow_calls_it_when_a_job_starts(airflow_database, loaded, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["airflow", "scheduler"])
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "LocalExecutor")
    monkeypatch.setattr("debitoor_provider.policies.preload.load", lambda: loaded.append("all"))
    manager = get_listener_manager()
    if preload not in manager.pm.get_plugins():  # the tests' Airflow finds no plugin by an entry point of a checkout
        manager.add_listener(preload)
    from airflow.jobs.job import Job

    Job()
    assert loaded == ["all"]
