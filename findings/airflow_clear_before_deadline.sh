#!/usr/bin/env bash
# apache-airflow 3.3.2: no task of a run can be cleared while its DeadlineAlert by DAGRUN_QUEUED_AT has not passed.
#
# Expected: a failed task is cleared, in the UI or by POST clearTaskInstances, and the deadline counts from then on.
# Seen: TypeError (unsupported type for timedelta seconds component), which the API answers with 500. The interval is
# stored as a mapping (of class and seconds) and read as a number of seconds. A run that ended well has no deadline any
# more; one that failed keeps it, so exactly what one wants to clear cannot be. With another reference it can.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apache-airflow==3.3.2
mkdir "$folder/dags"
cat >"$folder/dags/due.py" <<'PYTHON'
from datetime import timedelta

import pendulum
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, AsyncCallback, DeadlineAlert, DeadlineReference

for name in ("DAGRUN_QUEUED_AT", "DAGRUN_LOGICAL_DATE"):
    due = DeadlineAlert(
        reference=getattr(DeadlineReference, name),
        interval=timedelta(days=2),
        callback=AsyncCallback("airflow.sdk.definitions.deadline.logger.info"),
    )
    with DAG(name, schedule=None, start_date=pendulum.datetime(2026, 1, 1), deadline=due):
        EmptyOperator(task_id="step")
PYTHON
export AIRFLOW_HOME="$folder/home" AIRFLOW__CORE__LOAD_EXAMPLES=false AIRFLOW__CORE__DAGS_FOLDER="$folder/dags"
{
    "$folder/venv/bin/airflow" db migrate
    "$folder/venv/bin/airflow" dags reserialize
} >/dev/null 2>&1
"$folder/venv/bin/python" - 2>/dev/null <<'PYTHON' | grep "^cleared"
from datetime import UTC, datetime

from airflow.models.dagbag import DBDagBag
from airflow.models.taskinstance import clear_task_instances
from airflow.utils.session import create_session
from airflow.utils.state import DagRunState, TaskInstanceState
from airflow.utils.types import DagRunTriggeredByType, DagRunType

now = datetime.now(UTC)
outcomes = {}
for name in ("DAGRUN_QUEUED_AT", "DAGRUN_LOGICAL_DATE"):
    with create_session() as session:
        run = DBDagBag().get_latest_version_of_dag(name, session=session).create_dagrun(
            run_id="failed", run_type=DagRunType.MANUAL, state=DagRunState.QUEUED, logical_date=now, run_after=now,
            data_interval=(now, now), triggered_by=DagRunTriggeredByType.TEST, session=session,
        )
        session.flush()
        run.state = DagRunState.FAILED
        (step,) = run.get_task_instances(session=session)
        step.state = TaskInstanceState.FAILED
        try:
            clear_task_instances([step], session)
            outcomes[name] = "cleared"
        except TypeError as error:
            outcomes[name] = str(error)
        session.rollback()
print("cleared?", outcomes)
assert "timedelta" in outcomes["DAGRUN_QUEUED_AT"], "changed"
assert outcomes["DAGRUN_LOGICAL_DATE"] == "cleared"
PYTHON
