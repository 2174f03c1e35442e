#!/usr/bin/env bash
# cron-descriptor 2.2.1 beside croniter 7.0.0 (both come with Airflow 3.3): one calls a schedule "every 90 minutes" that
# the other runs every hour.
#
# Expected: "*/90 * * * *" is refused, or runs every 90 minutes, as the description on Airflow's page says.
# Seen: a step beyond the field's range is taken as "minute 0", so the DAG runs hourly, while its description says
# "Every 90 minutes".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check cron-descriptor==2.2.1 croniter==7.0.0
"$folder/venv/bin/python" - <<'PYTHON'
from datetime import datetime

from cron_descriptor import get_description
from croniter import croniter

said = get_description("*/90 * * * *")
times = croniter("*/90 * * * *", datetime(2026, 1, 1, 0, 30))
first, second = times.get_next(datetime), times.get_next(datetime)
print(said, "|", first, "|", second)
assert "90 minutes" in said, f"changed: {said}"
assert (second - first).total_seconds() == 3600, f"changed: {second - first}"
PYTHON
