"""The health checks of the containers."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from docker import health

if TYPE_CHECKING:
    from collections.abc import Iterator

HEALTH = {"metadatabase": {"status": "healthy"}, "scheduler": {"status": "unhealthy"}, "triggerer": {"status": None}}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            well = self.path == "/api/v2/monitor/health"
            self.send_response(200 if well else 404)
            self.end_headers()
            self.wfile.write(json.dumps(HEALTH).encode() if well else b"")

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("AIRFLOW__CORE__EXECUTION_API_SERVER_URL", f"{url}/execution/")
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # is not asked
        yield url
        server.shutdown()
        thread.join()


def test_a_component_has_the_health_that_airflow_reports(server: str) -> None:
    assert health.is_well("metadatabase")
    assert not health.is_well("scheduler")
    assert not health.is_well("triggerer")


def test_an_address_is_healthy_when_it_answers(server: str) -> None:
    with pytest.raises(OSError, match="404"):
        health.is_well(f"{server}/elsewhere")


def test_an_unresponsive_component_is_unhealthy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTION_API_SERVER_URL", "http://127.0.0.1:9/execution/")
    with pytest.raises(OSError, match="refused"):
        health.is_well("scheduler")
