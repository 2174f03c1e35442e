from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from debitoor_provider.services.http.retry import Backoff
from debitoor_provider.services.pacing import pacer as pacing
from tests.postgresql import new_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.redis_server import RedisServer

settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


@pytest.fixture
def naps() -> list[float]:
    """Record the requested waits instead of waiting."""
    return []


@pytest.fixture
def backoff(naps: list[float]) -> Backoff:
    return Backoff(sleep=naps.append, clock=lambda: time.monotonic() + sum(naps))


SHARED = ["sqlite", "redis", "postgresql"]


@pytest.fixture(params=["memory", *SHARED])
def store(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the address of an empty store for pacing, of each kind."""
    if request.param == "memory":
        yield "memory://"
        pacing._opened.cache_clear()
    else:
        yield request.getfixturevalue(f"{request.param}_store")


@pytest.fixture(params=SHARED)
def shared_store(request: pytest.FixtureRequest) -> str:
    """Return the address of an empty store for pacing, of each kind that several processes can use."""
    address: str = request.getfixturevalue(f"{request.param}_store")
    return address


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[str]:
    yield f"sqlite:///{tmp_path / 'pacing.db'}"
    pacing._opened.cache_clear()


@pytest.fixture
def redis_store(redis_server: RedisServer) -> Iterator[str]:
    from debitoor_provider.services.pacing import redis as pacing_redis

    client = pacing_redis._client(redis_server.url, os.getpid())
    client.flushall()
    yield redis_server.url
    client.connection_pool.disconnect()
    pacing._opened.cache_clear()
    pacing_redis._client.cache_clear()


@pytest.fixture
def postgresql_store(request: pytest.FixtureRequest) -> Iterator[str]:
    from debitoor_provider.services.pacing import postgresql as pacing_postgresql

    for url in new_database(request.getfixturevalue("postgresql_server")):
        yield url
        pacing_postgresql._engine(url, os.getpid()).dispose()
        pacing._opened.cache_clear()
        pacing_postgresql._engine.cache_clear()
