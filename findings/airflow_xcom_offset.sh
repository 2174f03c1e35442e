#!/usr/bin/env bash
# apache-airflow 3.3.2 (task-sdk 1.3.2): a task can return a datetime with an offset, and no task can read it.
#
# Expected: what a task returns the next one gets, or the task that returns it fails.
# Seen: datetime.fromisoformat("2026-11-30T10:00:00+01:00"), or datetime.now().astimezone() in Berlin, is stored with an empty
# name of its time zone; the task is green, and each task that reads it fails with ValueError (ZoneInfo keys must be
# normalized relative paths, got: ). Clearing the reading task cannot help. With +00:00, a ZoneInfo or a time of pendulum
# it is read.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apache-airflow==3.3.2
mkdir "$folder/dags"
cat >"$folder/dags/moments.py" <<'PYTHON'
from datetime import datetime

from airflow.sdk import DAG, task

with DAG("moments", schedule=None) as dag:
    for name, text in (("in_utc", "2026-11-30T09:00:00+00:00"), ("in_berlin", "2026-11-30T10:00:00+01:00")):

        @task(task_id=f"{name}_written")
        def write(text: str) -> datetime:
            return datetime.fromisoformat(text)

        @task(task_id=f"{name}_read")
        def read(moment: datetime) -> None:
            assert moment == datetime.fromisoformat("2026-11-30T09:00:00+00:00")

        read(write(text))
PYTHON
export AIRFLOW_HOME="$folder/home" AIRFLOW__CORE__LOAD_EXAMPLES=false AIRFLOW__CORE__DAGS_FOLDER="$folder/dags"
"$folder/venv/bin/airflow" db migrate >/dev/null 2>&1
"$folder/venv/bin/airflow" dags test moments >"$folder/log" 2>&1 || true
grep -m1 -oE "ValueError: ZoneInfo keys .*" "$folder/log"
"$folder/venv/bin/python" - 2>/dev/null <<'PYTHON' | grep "^states"
import sqlalchemy as sa
from airflow.models import TaskInstance
from airflow.utils.session import create_session

with create_session() as session:
    states = dict(session.execute(sa.select(TaskInstance.task_id, TaskInstance.state)).all())
print("states", {task: str(state) for task, state in states.items()})
assert states == {
    "in_utc_written": "success", "in_utc_read": "success", "in_berlin_written": "success", "in_berlin_read": "failed",
}, "changed"
PYTHON
