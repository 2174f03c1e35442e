#!/usr/bin/env bash
# apache-airflow-providers-fab 3.10.2 with apache-airflow 3.3.2: the stock roles Viewer and User find no page of any plugin.
#
# Expected: a page that a plugin adds to the navigation of Airflow's UI is there for everyone who may use the UI, as with
# the simple auth manager, whose viewer and user find it; the page's own API decides what each may see.
# Seen: the UI asks /api/v2/plugins for the pages that there are. With FAB's stock roles this takes "can read on Plugins",
# which begins with Op, while the menu entry of the list of plugins is a permission of its own. A Viewer or User gets 403
# there: the plugin is missing in the navigation, and the address of its page is "404 page not found", for the very roles
# that pages are made for. "airflow roles add-perms Viewer User --resource Plugins --action can_read" corrects it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apache-airflow==3.3.2 \
    apache-airflow-providers-fab==3.10.2 flask-appbuilder==5.2.2
export AIRFLOW_HOME="$folder/home" AIRFLOW__CORE__LOAD_EXAMPLES=false
export AIRFLOW__API_AUTH__JWT_SECRET="a secret that is long enough for HS512, for this finding and nothing else at all"
mkdir -p "$folder/home/plugins"
cat >"$folder/home/plugins/figures.py" <<'PYTHON'
from airflow.plugins_manager import AirflowPlugin


class Figures(AirflowPlugin):
    name = "figures"
    external_views = [{"name": "Figures", "href": "https://example.com", "destination": "nav", "url_route": "figures"}]
PYTHON
cat >"$folder/ask.py" <<'PYTHON'
import sys
from airflow.api_fastapi.app import create_app
from starlette.testclient import TestClient

with TestClient(create_app(apps="core")) as client:
    for who in sys.argv[1:]:
        token = client.post("/auth/token", json={"username": who, "password": who}).json()["access_token"]
        answer = client.get("/api/v2/plugins", headers={"Authorization": f"Bearer {token}"})
        pages = [view["name"] for one in answer.json().get("plugins", []) for view in one["external_views"]]
        print(who, answer.status_code, *pages)
PYTHON
airflow="$folder/venv/bin/airflow"
ask() { "$folder/venv/bin/python" "$folder/ask.py" "$@" 2>/dev/null | grep -E "^(viewer|user|op) " | paste -sd " "; }

echo '{"viewer": "viewer", "user": "user"}' >"$folder/passwords.json"
export AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS=viewer:viewer,user:user
export AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE="$folder/passwords.json"
"$airflow" db migrate >/dev/null 2>&1
simple=$(ask viewer user)
echo "simple auth manager: $simple"

export AIRFLOW__CORE__AUTH_MANAGER=airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager
{
    "$airflow" db migrate
    for role in Viewer User Op; do
        "$airflow" users create --username "${role,,}" --password "${role,,}" --role "$role" \
            --firstname A --lastname B --email "${role,,}@example.com"
    done
} >/dev/null 2>&1
fab=$(ask viewer user op)
echo "FAB: $fab"
"$airflow" roles add-perms Viewer User --resource Plugins --action can_read >/dev/null 2>&1
mended=$(ask viewer user op)
echo "FAB, with the permission: $mended"
[ "$simple" = "viewer 200 Figures user 200 Figures" ] || { echo "changed: the simple auth manager"; exit 1; }
[ "$fab" = "viewer 403 user 403 op 200 Figures" ] || { echo "changed: the stock roles of FAB"; exit 1; }
[ "$mended" = "viewer 200 Figures user 200 Figures op 200 Figures" ] || { echo "changed: the permission"; exit 1; }
