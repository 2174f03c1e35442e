#!/usr/bin/env bash
# croniter 7.0.0 beside apache-airflow 3.3.2, which computes with it: a daily 02:30 is another moment when the clocks change.
#
# Expected: croniter with a time in the DAG's time zone gives the times at which Airflow starts the runs, so that a monitoring
# can ask it which run was due last.
# Seen: on the Sunday without 02:30 croniter has the run at 03:00 and Airflow at 03:30; on the Sunday with two, croniter has it
# at the first and Airflow at the second, an hour later. Airflow gives croniter a time without a zone and adds the zone to
# the answer (with fold=1). In between, who asks croniter misses a run that is not due yet.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apache-airflow==3.3.2 croniter==7.0.0
AIRFLOW_HOME="$folder/home" "$folder/venv/bin/python" - <<'PYTHON'
from datetime import datetime
from zoneinfo import ZoneInfo

import pendulum
from airflow.timetables.base import DataInterval, TimeRestriction
from airflow.timetables.trigger import CronTriggerTimetable
from croniter import croniter

always = TimeRestriction(earliest=None, latest=None, catchup=True)
timetable = CronTriggerTimetable("30 2 * * *", timezone="Europe/Berlin")
seen = {}
for day in ("2026-03-28", "2026-06-01", "2026-10-24"):
    before = datetime.fromisoformat(f"{day} 02:30").replace(tzinfo=ZoneInfo("Europe/Berlin"))
    last = DataInterval.exact(pendulum.instance(before))
    by_airflow = timetable.next_dagrun_info(last_automated_data_interval=last, restriction=always).run_after
    by_croniter = croniter("30 2 * * *", before).get_next(datetime)
    seen[day] = [f"{time.astimezone(ZoneInfo('Europe/Berlin')):%d %H:%M %Z}" for time in (by_airflow, by_croniter)]
    print("after", day, "Airflow:", seen[day][0], "croniter:", seen[day][1])
assert seen == {
    "2026-03-28": ["29 03:30 CEST", "29 03:00 CEST"],
    "2026-06-01": ["02 02:30 CEST", "02 02:30 CEST"],
    "2026-10-24": ["25 02:30 CET", "25 02:30 CEST"],
}, "changed"
PYTHON
