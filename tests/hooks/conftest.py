from __future__ import annotations

import json
import os
import tempfile
from typing import TYPE_CHECKING

import pytest

os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="airflow-home-"))

from tests.services.scripted import CANARY, ScriptedService

if TYPE_CHECKING:
    from collections.abc import Iterator

Connect = "Callable[..., None]"


@pytest.fixture(autouse=True)
def pacing_in_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from debitoor_provider.services.pacing import pacer as pacing

    monkeypatch.setenv("AIRFLOW__DEBITOOR__PACING_URL", "memory://")
    yield
    pacing._opened.cache_clear()


@pytest.fixture
def connect(service: ScriptedService, monkeypatch: pytest.MonkeyPatch) -> Connect:
    """Write a connection to the scripted service into the environment."""

    def write(conn_type: str, path: str = "", extra: dict[str, object] | None = None, **fields: object) -> None:
        connection = {
            "conn_type": conn_type,
            "host": service.url + path,
            "password": CANARY,
            "extra": {"allow_http": True, **(extra or {})},
            **fields,
        }
        monkeypatch.setenv(f"AIRFLOW_CONN_{conn_type.upper()}_DEFAULT", json.dumps(connection))

    return write
