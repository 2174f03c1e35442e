#!/usr/bin/env bash
# apache-airflow 3.3.2: dag.test() and "airflow dags test" fail for every DAG that has a DeadlineAlert.
#
# Expected: a DAG runs in dag.test() as it does on a scheduler; a deadline that is far away changes nothing.
# Seen: before the first task SQLAlchemy's StatementError ends it: 'dict' object has no attribute 'hex'. The new run looks
# up each deadline in the table deadline_alert by its id, and where a DAG from the database has that id, the DAG that
# dag.test() hands over has the deadline itself. The same DAG without a deadline succeeds.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apache-airflow==3.3.2
export AIRFLOW_HOME="$folder/home" AIRFLOW__CORE__LOAD_EXAMPLES=False AIRFLOW__LOGGING__LOGGING_LEVEL=CRITICAL
mkdir -p "$AIRFLOW_HOME/dags"
cat > "$AIRFLOW_HOME/dags/plain.py" <<'PYTHON'
from datetime import timedelta

from airflow.sdk import DAG, DeadlineAlert, DeadlineReference, SyncCallback, task

NEVER = DeadlineAlert(
    reference=DeadlineReference.DAGRUN_QUEUED_AT, interval=timedelta(days=365), callback=SyncCallback("builtins.print")
)
for dag_id, deadline in (("without", None), ("with", NEVER)):
    with DAG(dag_id, deadline=deadline) as dag:

        @task
        def nothing() -> None: ...

        nothing()
    globals()[dag_id] = dag
PYTHON
"$folder/venv/bin/airflow" db migrate > /dev/null 2>&1
try() {
    local code=0
    "$folder/venv/bin/airflow" dags test "$1" > "$folder/$1" 2>&1 || code=$?
    echo "the DAG $1 a deadline: exit code $code $(grep -E '^[A-Za-z.]*(Error|Exception)\b' "$folder/$1" | tail -1)"
    return "$code"
}
try without || { echo "not even the DAG without a deadline runs"; exit 1; }
if try with; then
    echo "changed: a DAG with a deadline runs"
    exit 1
fi
grep -q "'dict' object has no attribute 'hex'" "$folder/with" || { echo "changed: it fails otherwise"; tail -20 "$folder/with"; exit 1; }
