#!/usr/bin/env bash
# apache-airflow 3.3.2: CronDataIntervalTimetable fails for an hourly schedule on weekdays after a change of clocks.
#
# Expected: "0 * * * 1-5" in Europe/Berlin has a next run at any time.
# Seen: at 23:00 UTC of the Sunday on which the clocks go back (2026-10-25), next_dagrun_info() without catchup raises
# AssertionError ("next schedule shouldn't be earlier"). The timetable shifts hourly schedules by the fixed time zone
# offset, and takes this one for hourly although it leaves out whole days. Where a DAG processor asks for the next run
# of every DAG of a file, all of them are without one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apache-airflow==3.3.2 time-machine==3.6.0
AIRFLOW_HOME="$folder/home" "$folder/venv/bin/python" - <<'PYTHON'
import pendulum
import time_machine
from airflow.timetables.base import TimeRestriction
from airflow.timetables.interval import CronDataIntervalTimetable

weekdays = CronDataIntervalTimetable("0 * * * 1-5", timezone="Europe/Berlin")
always = TimeRestriction(earliest=pendulum.datetime(2020, 1, 1), latest=None, catchup=False)
failed = []
for hours in range(72):
    now = pendulum.datetime(2026, 10, 24, tz="UTC").add(hours=hours)
    with time_machine.travel(now, tick=False):
        try:
            weekdays.next_dagrun_info(last_automated_data_interval=None, restriction=always)
        except AssertionError as error:
            failed.append((now, str(error)))
print(len(failed), "of 72 hours fail; first and last:", *(str(moment) for moment, _ in failed[:: max(1, len(failed) - 1)]))
assert failed, "changed: there is a next run at any time"
PYTHON
