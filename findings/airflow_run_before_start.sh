#!/usr/bin/env bash
# apache-airflow 3.3.2: a run that is triggered for a date before the DAG's start_date is green without having had a task.
#
# Expected: it is refused, as it is where start_date stands in default_args; or it runs, as a backfill of that date does.
# Seen: the run is accepted, has no task, and is a success at the scheduler's first look. Who triggers an old month again by
# its logical date, in the UI, by the API or the command line, believes that it was done.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apache-airflow==3.3.2
mkdir "$folder/dags"
cat >"$folder/dags/monthly.py" <<'PYTHON'
import pendulum
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

START = pendulum.datetime(2026, 6, 1)
with DAG("of_the_dag", schedule="@monthly", start_date=START):
    EmptyOperator(task_id="book")
with DAG("of_its_tasks", schedule="@monthly", default_args={"start_date": START}):
    EmptyOperator(task_id="book")
PYTHON
export AIRFLOW_HOME="$folder/home" AIRFLOW__CORE__LOAD_EXAMPLES=false AIRFLOW__CORE__DAGS_FOLDER="$folder/dags"
airflow="$folder/venv/bin/airflow"
{
    "$airflow" db migrate
    "$airflow" dags reserialize
    "$airflow" dags trigger of_the_dag --run-id may --logical-date 2026-05-01
    "$airflow" dags trigger of_the_dag --run-id july --logical-date 2026-07-01
} >/dev/null 2>&1
if "$airflow" dags trigger of_its_tasks --run-id may --logical-date 2026-05-01 >"$folder/refusal" 2>&1; then
    echo "changed: the other is not refused"
    exit 1
fi
grep -m1 -oE "ValueError: .*" "$folder/refusal"
"$folder/venv/bin/python" - 2>/dev/null <<'PYTHON' | grep "^runs"
import sqlalchemy as sa
from airflow.models import DagRun
from airflow.models.dagbag import DBDagBag
from airflow.utils.session import create_session

seen = {}
with create_session() as session:
    for run in session.scalars(sa.select(DagRun)):
        run.dag = DBDagBag().get_latest_version_of_dag(run.dag_id, session=session)
        run.update_state(session=session)
        seen[run.run_id] = str(run.state), len(run.get_task_instances(session=session))
    session.rollback()
print("runs with state and number of tasks:", seen)
assert seen == {"may": ("success", 0), "july": ("running", 1)}, "changed"
PYTHON
