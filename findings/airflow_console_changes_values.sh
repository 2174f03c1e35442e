#!/usr/bin/env bash
# apache-airflow 3.3.2: "--output plain" rounds what looks like a number, and "--output table" leaves out words in brackets.
#
# Expected: what "airflow variables list" and "airflow pools list" print is what was stored, as with "--output json".
# Seen: with plain, the keys 1234567.89 and 2026.10 are printed as 1.23457e+06 and 2026.1, because tabulate is left to
# read texts as numbers and shows six digits of them. With table, the description "[draft] invoices" is printed as
# " invoices", because rich takes the word in brackets for markup. A script that reads ids or amounts from the plain form
# gets others; commands of providers that print by AirflowConsole have both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apache-airflow==3.3.2 tabulate==0.10.0 rich==15.0.0
export AIRFLOW_HOME="$folder/home" COLUMNS=200
airflow="$folder/venv/bin/airflow"
{
    "$airflow" db migrate
    "$airflow" variables set 1234567.89 total
    "$airflow" variables set 2026.10 month
    "$airflow" pools set drafts 1 "[draft] invoices"
} >/dev/null 2>&1
"$airflow" variables list --output json 2>/dev/null
plain=$("$airflow" variables list --output plain 2>/dev/null)
table=$("$airflow" pools list --output table 2>/dev/null)
echo "$plain"
echo "$table"
grep -qF "1234567.89" <<<"$plain" && { echo "changed: the plain form keeps texts"; exit 1; }
grep -qE "^ *2026\.1$" <<<"$plain" || { echo "changed: the plain form keeps texts"; exit 1; }
grep -qF "[draft]" <<<"$table" && { echo "changed: the table keeps brackets"; exit 1; }
grep -qF " invoices" <<<"$table"
