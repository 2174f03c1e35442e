"""A Redis server for the tests that want one."""

from __future__ import annotations

import shutil
import subprocess
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.postgresql import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class RedisServer:
    """A server of our own on loopback that may be stopped and started again; it forgets what it held."""

    def __init__(self, folder: Path, password: str) -> None:
        self.port = free_port()
        self.url = f"redis://:{password}@127.0.0.1:{self.port}/0"
        program = shutil.which("redis-server")
        if program is None:
            pytest.skip("no Redis: install its server (Debian: apt install redis-server)")
        self._command = [
            program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder), "--requirepass", password,
            "--save", "", "--appendonly", "no", "--logfile", str(folder / "redis.log"),
        ]  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        from redis import ConnectionError, Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        self._process = subprocess.Popen(self._command)
        deadline = time.monotonic() + 30
        with closing(Redis.from_url(self.url, retry=Retry(NoBackoff(), 0))) as client:
            while True:
                try:
                    client.ping()
                    return
                except ConnectionError:
                    if self._process.poll() is not None or time.monotonic() > deadline:
                        raise
                    time.sleep(0.02)

    def stop(self) -> None:
        """End it at once, as in a crash."""
        if self._process:
            self._process.kill()
            self._process.wait(30)
            self._process = None


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """Start a server for all tests of a process; each test cleans up after itself."""
    pytest.importorskip("redis", reason="no driver for Redis: pip install redis")
    server = RedisServer(tmp_path_factory.mktemp("redis"), "of-the-tests")
    server.start()
    yield server
    server.stop()
