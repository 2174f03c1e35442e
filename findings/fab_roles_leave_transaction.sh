#!/usr/bin/env bash
# apache-airflow-providers-fab 3.10.2 with apache-airflow 3.3.2: a plugin that asks for the roles leaves a transaction open.
#
# Expected: get_auth_manager().security_manager.get_all_roles() in a route of a plugin's FastAPI app is a query like any
# other: when the answer has been sent, its connection is back in the pool.
# Seen: the security manager uses the scoped session of the thread, and only FAB's own app, by a middleware of its own,
# removes that after a request. In a plugin's app the transaction stays open until the same thread of the server happens
# to use Airflow's session again: on PostgreSQL "idle in transaction", one connection of a pool of 15 for each of up to 40
# threads. A query of the same tables in create_session() gives its connection back.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apache-airflow==3.3.2 \
    apache-airflow-providers-fab==3.10.2 flask-appbuilder==5.2.2
export AIRFLOW_HOME="$folder/home" AIRFLOW__CORE__LOAD_EXAMPLES=false
export AIRFLOW__CORE__AUTH_MANAGER=airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager
mkdir -p "$folder/home/plugins"
cat >"$folder/home/plugins/roles.py" <<'PYTHON'
import sqlalchemy as sa
from airflow.api_fastapi.app import get_auth_manager
from airflow.plugins_manager import AirflowPlugin
from airflow.utils.session import create_session
from fastapi import FastAPI

app = FastAPI()


@app.get("/security_manager")
def by_security_manager() -> list[str]:
    return [role.name for role in get_auth_manager().security_manager.get_all_roles()]


@app.get("/create_session")
def by_create_session() -> list[str]:
    from airflow.providers.fab.auth_manager.models import Role

    with create_session() as session:
        return list(session.scalars(sa.select(Role.name)))


class Roles(AirflowPlugin):
    name = "roles"
    fastapi_apps = [{"app": app, "url_prefix": "/roles", "name": "Roles"}]
PYTHON
"$folder/venv/bin/airflow" db migrate >/dev/null 2>&1
"$folder/venv/bin/python" - 2>/dev/null <<'PYTHON' | grep -E "^(roles|connections) "
from airflow import settings
from airflow.api_fastapi.app import create_app
from sqlalchemy import event
from starlette.testclient import TestClient

taken = set()
left = {}
with TestClient(create_app(apps="core")) as client:
    event.listen(settings.engine, "checkout", lambda _, record, __: taken.add(record))
    event.listen(settings.engine, "checkin", lambda _, record: taken.discard(record))
    for way in ("create_session", "security_manager"):
        print("roles by", way, sorted(client.get(f"/roles/{way}").json()))
        left[way] = len(taken)
print("connections not given back:", left)
assert left == {"create_session": 0, "security_manager": 1}, "changed"
PYTHON
