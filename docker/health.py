"""Whether a component is well, by exit code. Imports no Airflow: that would cost seconds of CPU at each look.

``health.py scheduler``     what Airflow's API server says of a component
``health.py worker``        whether this container's Celery worker answers
``health.py http://…``      whether an address answers
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from urllib.parse import urljoin
from urllib.request import ProxyHandler, build_opener

PATIENCE = 8


def fetch(url: str) -> bytes:
    """Read an address, past any proxy of the environment."""
    with build_opener(ProxyHandler({})).open(url, timeout=PATIENCE) as answer:
        return bytes(answer.read())


def component_is_well(name: str) -> bool:
    """Ask Airflow's API server."""
    server = os.environ["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"]
    return bool(json.loads(fetch(urljoin(server, "/api/v2/monitor/health")))[name]["status"] == "healthy")


def worker_is_well() -> bool:
    """Ask the worker of this container, through the broker."""
    from celery import Celery

    name = f"celery@{os.environ['HOSTNAME']}"
    with Celery(broker=Path("/run/secrets/broker").read_text().strip()) as app:
        return bool(app.control.ping(destination=[name], timeout=PATIENCE / 2, limit=1))


def is_well(what: str) -> bool:
    """Return whether the component is healthy.

    :raises OSError: when the component does not answer
    """
    if what.startswith("http://"):
        return bool(fetch(what))
    return worker_is_well() if what == "worker" else component_is_well(what)


if __name__ == "__main__":
    try:
        sys.exit(0 if is_well(sys.argv[1]) else 1)
    except OSError as error:
        sys.exit(f"{sys.argv[1]}: {error}")
