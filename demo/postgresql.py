"""A PostgreSQL server on loopback, for the tests and benchmarks that need one."""

from __future__ import annotations

import itertools
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import URL

if TYPE_CHECKING:
    from collections.abc import Iterator

_numbers = itertools.count(1)


class Missing(RuntimeError):
    """PostgreSQL's server or its driver is not installed."""


@contextmanager
def cluster(log: Path) -> Iterator[Cluster]:
    """Run a server on loopback that may be stopped and started again.

    :raises Missing: naming what to install
    """
    if not find_spec("psycopg"):
        raise Missing("no driver for PostgreSQL: pip install 'psycopg[binary]'")
    initdb, postgres = _program("initdb"), _program("postgres")
    if not (initdb and postgres):
        raise Missing("no PostgreSQL: install its server (Debian: apt install postgresql)")
    user = "nobody" if os.geteuid() == 0 else None  # the server refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="ledger-pg-"))
    password = secrets.token_hex(8)
    (folder / "password").write_text(password)
    if user:
        shutil.chown(folder, user)
        shutil.chown(folder / "password", user)
    data, secret = folder / "data", [f"--pwfile={folder / 'password'}"]
    subprocess.run(
        [initdb, "-D", data, "-U", "ledger", "-N", "-E", "UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256", *secret],
        user=user,
        cwd=folder,
        check=True,
        capture_output=True,
    )
    port = free_port()
    fast = ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=200"]
    server = Cluster(
        URL.create("postgresql", "ledger", password, "127.0.0.1", port, "postgres"),
        [postgres, "-D", str(data), "-h", "127.0.0.1", "-p", str(port), "-k", str(folder), *fast],
        folder,
        user,
        log,
    )
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


class Cluster:
    """A PostgreSQL server with its data."""

    def __init__(self, url: URL, command: list[str], folder: Path, user: str | None, log: Path) -> None:
        self.url = url
        self._command, self._folder, self._user, self._log = command, folder, user, log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, user=self._user, cwd=self._folder, stdout=log, stderr=log)
        _wait_for(self.url, self._process)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: its clients are cut off.

        :param how: ``SIGINT`` in good order, ``SIGQUIT`` as in a crash
        """
        if self._process:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None


def new_database(server: URL) -> Iterator[str]:
    """Make an empty database for as long as it is used; yields its address."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    _run(_text(server), f"CREATE DATABASE {name} TEMPLATE template0")
    yield _text(server.set(database=name))
    _run(_text(server), f"DROP DATABASE {name} WITH (FORCE)")


def _run(url: str, *statements: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _wait_for(server: URL, process: subprocess.Popen[bytes]) -> None:
    import psycopg

    deadline = time.monotonic() + 30
    while True:
        try:
            return _run(_text(server), "SELECT 1")
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _program(name: str) -> str | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(map(str, folders)))


def free_port() -> int:
    """Return a port of loopback that is free at the moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)
