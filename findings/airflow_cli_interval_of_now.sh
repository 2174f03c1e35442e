#!/usr/bin/env bash
# apache-airflow 3.3.2: "airflow dags trigger --logical-date" gives the run the data interval of today.
#
# Expected: the interval that belongs to the logical date, as a trigger by the API (and so the UI) gives it: for 1 March, on a
# monthly schedule with intervals, February.
# Seen: the last complete month before the command was entered, whatever the logical date is. A task that works on its
# data interval processes that month once more, and February not at all; the run's logical date says March.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apache-airflow==3.3.2
mkdir "$folder/dags"
cat >"$folder/dags/monthly.py" <<'PYTHON'
import pendulum
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, CronDataIntervalTimetable

with DAG("monthly", schedule=CronDataIntervalTimetable("0 0 1 * *", timezone="UTC"), start_date=pendulum.datetime(2025, 1, 1)):
    EmptyOperator(task_id="book")
PYTHON
export AIRFLOW_HOME="$folder/home" AIRFLOW__CORE__LOAD_EXAMPLES=false AIRFLOW__CORE__DAGS_FOLDER="$folder/dags"
airflow="$folder/venv/bin/airflow"
{
    "$airflow" db migrate
    "$airflow" dags reserialize
    "$airflow" dags trigger monthly --logical-date 2026-03-01
} >/dev/null 2>&1
"$folder/venv/bin/python" - 2>/dev/null <<'PYTHON' | grep "^interval"
import sqlalchemy as sa
from airflow.api_fastapi.core_api.datamodels.dag_run import TriggerDAGRunPostBody
from airflow.models import DagRun
from airflow.models.dagbag import DBDagBag
from airflow.utils.session import create_session

with create_session() as session:
    dag = DBDagBag().get_latest_version_of_dag("monthly", session=session)
    by_api = TriggerDAGRunPostBody(logical_date="2026-03-01T00:00:00Z").validate_context(dag)["data_interval"]
    (run,) = session.scalars(sa.select(DagRun))
    print("interval of the run for", run.logical_date, "by the API:", *by_api)
    print("interval of the run for", run.logical_date, "by the command line:", run.data_interval_start, run.data_interval_end)
    assert str(by_api.start)[:10] == "2026-02-01" and str(by_api.end)[:10] == "2026-03-01"
    assert run.data_interval_end > run.logical_date, "changed: it has the interval of its date"
PYTHON
