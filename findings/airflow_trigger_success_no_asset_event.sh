#!/usr/bin/env bash
# apache-airflow 3.3.2: a task that ends in the triggerer with success emits no event of the assets that are its outlets.
#
# Expected: a task with outlets that ends well emits an event of each, wherever it ends, so that DAGs scheduled on
# the asset run.
# Seen: with TaskSuccessEvent the task is green, and there is no event, so no such DAG runs. The same task executed by a
# worker emits one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apache-airflow==3.3.2
mkdir "$folder/dags"
cat >"$folder/dags/plain.py" <<'PYTHON'
import pendulum
from airflow.sdk import DAG, Asset, BaseOperator


class Worked(BaseOperator):
    def execute(self, context):
        pass


with DAG("by_trigger", schedule=None, start_date=pendulum.datetime(2026, 1, 1)):
    Worked(task_id="step", outlets=[Asset("books")])
with DAG("by_worker", schedule=None, start_date=pendulum.datetime(2026, 1, 1)):
    Worked(task_id="step", outlets=[Asset("books")])
PYTHON
export AIRFLOW_HOME="$folder/home" AIRFLOW__CORE__LOAD_EXAMPLES=false AIRFLOW__CORE__DAGS_FOLDER="$folder/dags"
airflow="$folder/venv/bin/airflow"
{
    "$airflow" db migrate
    "$airflow" dags reserialize
    "$airflow" dags trigger by_trigger
} >/dev/null 2>&1
"$folder/venv/bin/python" - 2>/dev/null <<'PYTHON' | grep "^asset events"
import subprocess
import sys

import sqlalchemy as sa
from airflow.models import TaskInstance, Trigger
from airflow.models.asset import AssetEvent
from airflow.triggers.base import TaskSuccessEvent
from airflow.utils.session import create_session
from airflow.utils.state import TaskInstanceState


def events(session):
    return session.scalar(sa.select(sa.func.count()).select_from(AssetEvent))


found = {}
with create_session() as session:
    (step,) = session.scalars(sa.select(TaskInstance).where(TaskInstance.dag_id == "by_trigger"))
    trigger = Trigger(classpath="anything", kwargs={})
    session.add(trigger)
    session.flush()
    step.trigger_id, step.state = trigger.id, TaskInstanceState.DEFERRED
    session.flush()
    Trigger.submit_event(trigger.id, TaskSuccessEvent(), session=session)
    session.flush()
    assert step.state == TaskInstanceState.SUCCESS
    found["in the triggerer"] = events(session)
subprocess.run([sys.executable, "-m", "airflow", "dags", "test", "by_worker"], check=True, capture_output=True)
with create_session() as session:
    found["on a worker"] = events(session)
print("asset events of a task that ended well:", found)
assert found == {"in the triggerer": 0, "on a worker": 1}, "changed"
PYTHON
