#!/usr/bin/env bash
# apache-airflow 3.3.2: a task that ends in the triggerer with success makes the DAG processor parse its whole file again.
#
# Expected: TaskSuccessEvent ends a deferred task as TaskSkippedEvent does, and costs less than going on on a worker; a
# callback is asked for where the task has one.
# Seen: for success (not for skipped) a callback request is written whether or not the task, or any task of the file, has
# a callback. For each the DAG processor starts a process that parses the file to look for it. A file that makes a thousand
# DAGs is parsed in full each time one task of one of them ends so, which costs more than the worker that was spared.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apache-airflow==3.3.2
mkdir "$folder/dags"
cat >"$folder/dags/plain.py" <<'PYTHON'
import pendulum
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("plain", schedule=None, start_date=pendulum.datetime(2026, 1, 1)):
    EmptyOperator(task_id="step")
PYTHON
export AIRFLOW_HOME="$folder/home" AIRFLOW__CORE__LOAD_EXAMPLES=false AIRFLOW__CORE__DAGS_FOLDER="$folder/dags"
airflow="$folder/venv/bin/airflow"
{
    "$airflow" db migrate
    "$airflow" dags reserialize
    "$airflow" dags trigger plain
} >/dev/null 2>&1
"$folder/venv/bin/python" - 2>/dev/null <<'PYTHON' | grep "^callback requests"
import sqlalchemy as sa
from airflow.models import TaskInstance, Trigger
from airflow.models.callback import Callback
from airflow.triggers.base import TaskSkippedEvent, TaskSuccessEvent
from airflow.utils.session import create_session
from airflow.utils.state import TaskInstanceState

requests = {}
for event in (TaskSkippedEvent(), TaskSuccessEvent()):
    with create_session() as session:
        (step,) = session.scalars(sa.select(TaskInstance))
        trigger = Trigger(classpath="anything", kwargs={})
        session.add(trigger)
        session.flush()
        step.trigger_id, step.state = trigger.id, TaskInstanceState.DEFERRED
        session.flush()
        before = session.scalar(sa.select(sa.func.count()).select_from(Callback))
        Trigger.submit_event(trigger.id, event, session=session)
        session.flush()
        requests[step.state] = session.scalar(sa.select(sa.func.count()).select_from(Callback)) - before
print("callback requests for a task without callbacks:", {str(state): count for state, count in requests.items()})
assert requests == {"skipped": 0, "success": 1}, "changed"
PYTHON
