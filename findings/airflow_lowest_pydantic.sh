#!/usr/bin/env bash
# apache-airflow 3.3.0: the lowest pydantic that it declares installs, and the API server cannot be made with it.
#
# Expected: apache-airflow-core 3.3.0 requires pydantic>=2.11.0, so it works with 2.11.1.
# Seen: pip is content, "airflow version" and "airflow db migrate" work, and making the API's application fails with
# AttributeError ('FieldInfo' object has no attribute '_copy'); with 2.11.5 it is made. Who resolves to lowest
# versions, as a provider does to test what it declares, has to raise pydantic's floor beyond Airflow's own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
python="$folder/venv/bin/python"
try() {
    "$folder/venv/bin/pip" install --quiet --disable-pip-version-check apache-airflow==3.3.0 "pydantic==$1"
    AIRFLOW_HOME="$folder/home" "$python" -c 'from airflow.api_fastapi.app import create_app; create_app(); print("made")' 2>&1 | tail -1 || true
}
lowest=$(try 2.11.1)
later=$(try 2.11.5)
grep -i "requires-dist: pydantic" "$folder"/venv/lib/python3*/site-packages/apache_airflow_core-3.3.0.dist-info/METADATA
echo "pydantic 2.11.1: $lowest"
echo "pydantic 2.11.5: $later"
[[ $lowest == *"no attribute '_copy'"* ]] || { echo "changed: 2.11.1 works"; exit 1; }
[[ $later == made ]]
