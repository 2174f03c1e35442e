"""A PostgreSQL server for the tests that want one."""

from __future__ import annotations

import itertools
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.engine import URL, make_url

if TYPE_CHECKING:
    from collections.abc import Iterator

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """A server of our own on loopback, or the one of ``DEBITOOR_TEST_POSTGRES`` (its user may create databases)."""
    pytest.importorskip("psycopg", reason="no driver for PostgreSQL: pip install 'psycopg[binary]'")
    if address := os.environ.get("DEBITOOR_TEST_POSTGRES"):
        yield make_url(address).set(drivername="postgresql")
        return
    initdb, postgres = _program("initdb"), _program("postgres")
    if not (initdb and postgres):
        pytest.skip("no PostgreSQL: install its server (Debian: apt install postgresql) or set DEBITOOR_TEST_POSTGRES")
    user = "nobody" if os.geteuid() == 0 else None  # the server refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="ledger-pg-"))
    password = secrets.token_hex(8)
    (folder / "password").write_text(password)
    if user:
        shutil.chown(folder, user)
        shutil.chown(folder / "password", user)
    data, secret = folder / "data", [f"--pwfile={folder / 'password'}"]
    fast = ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=200"]
    subprocess.run(
        [initdb, "-D", data, "-U", "ledger", "-N", "-E", "UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256", *secret],
        user=user,
        cwd=folder,
        check=True,
        capture_output=True,
    )
    port = _free_port()
    with (tmp_path_factory.mktemp("postgresql") / "log").open("wb") as log:
        server = subprocess.Popen(
            [postgres, "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", folder, *fast],
            user=user,
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    url = URL.create("postgresql", "ledger", password, "127.0.0.1", port, "postgres")
    try:
        _wait_for(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder)


def new_database(server: URL) -> Iterator[str]:
    """Make an empty database for as long as it is used; gives its address."""
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


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)
