#!/usr/bin/env bash
# apache-airflow 3.3.2: a param with format="date-time" takes any text, one with format="date" does not.
#
# Expected: both are checked when a run is triggered, as the form for them offers a calendar for both.
# Seen: {"moment": "yesterday"} is accepted and reaches the tasks; {"day": "yesterday"} is refused. jsonschema checks
# date-time only where the package rfc3339-validator is installed, which Airflow does not require, and is silent otherwise;
# with it, both are refused. The same file so takes or refuses a run by what else is installed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apache-airflow==3.3.2 jsonschema==4.26.0
mkdir "$folder/dags"
cat >"$folder/dags/dates.py" <<'PYTHON'
from airflow.sdk import DAG, Param

with DAG("dates", schedule=None, params={
    "day": Param("2026-11-30", type="string", format="date"),
    "moment": Param("2026-11-30T10:00:00+01:00", type="string", format="date-time"),
}):
    pass
PYTHON
export AIRFLOW_HOME="$folder/home" AIRFLOW__CORE__LOAD_EXAMPLES=false AIRFLOW__CORE__DAGS_FOLDER="$folder/dags"
airflow="$folder/venv/bin/airflow"
{
    "$airflow" db migrate
    "$airflow" dags reserialize
} >/dev/null 2>&1
try() {
    if "$airflow" dags trigger dates --conf "{\"$1\": \"yesterday\"}" >"$folder/answer" 2>&1; then
        echo "accepted"
    else
        grep -q "'yesterday' is not a '" "$folder/answer" && echo "refused"
    fi
}
day=$(try day)
moment=$(try moment)
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check rfc3339-validator==0.1.4
checked=$(try moment)
echo "yesterday as date: $day; as date-time: $moment; with rfc3339-validator: $checked"
[[ $day == refused && $checked == refused ]]
[[ $moment == accepted ]] || { echo "changed: date-time is checked"; exit 1; }
