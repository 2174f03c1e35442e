"""The back-up that docs/deployment.md describes brings back what it took."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy.engine import URL

from debitoor_provider.sync.ledger import FoundDocument, Ledger
from docker import init
from tests.postgresql import cluster

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).parent.parent.parent / "docs/deployment.md").read_text()
COMMANDS = re.findall(r"^docker compose exec -T postgres (pg_\w+ .*)$", PAGE, re.MULTILINE)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[URL]:
    """Start a server whose superuser has the same name as in the image."""
    with cluster(tmp_path / "log") as running:
        with psycopg.connect(running.url.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute("CREATE ROLE postgres SUPERUSER LOGIN PASSWORD 'secret'")
        superuser = running.url.set(username="postgres", password="secret")
        with psycopg.connect(superuser.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute("ALTER ROLE ledger RENAME TO first")
        yield superuser


def test_both_databases_are_restored(server: URL, tmp_path: Path) -> None:
    assert [command.split()[0] for command in COMMANDS] == ["pg_dump", "pg_dump", "pg_restore", "pg_restore"]

    def run(command: str) -> None:
        server_address = {"PGHOST": str(server.host), "PGPORT": str(server.port), "PGPASSWORD": str(server.password)}
        subprocess.run(command, shell=True, cwd=tmp_path, env=os.environ | server_address, check=True)

    known = {}
    for name in ("ledger", "airflow"):
        url = server.set(username=name, password=name, database=name)
        init.database(server, url)
        known[name] = url.render_as_string(hide_password=False)
    ledger = Ledger.open(known["ledger"])
    ledger.documents.rebuild("acme", "export", [FoundDocument("1", "key:1", "0" * 24, target_name="a.pdf")])
    ledger.close()
    with psycopg.connect(known["airflow"]) as connection:
        connection.execute("CREATE TABLE mine AS SELECT 5 AS one")
    for command in COMMANDS[:2]:
        run(command)

    ledger = Ledger.open(known["ledger"])
    before = ledger.documents.entries("acme")
    ledger.documents.rebuild("acme", "export", [FoundDocument("2", "key:2", "1" * 24, target_name="b.pdf")])
    ledger.close()
    with psycopg.connect(known["airflow"]) as connection:
        connection.execute("DROP TABLE mine")
    for command in COMMANDS[2:]:
        run(command)

    restored = Ledger.open(known["ledger"])
    assert restored.documents.entries("acme") == before
    assert [entry.source_id for entry in before] == ["1"]
    restored.close()
    with psycopg.connect(known["airflow"]) as connection:
        assert connection.execute("SELECT one FROM mine").fetchone() == (5,)
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(server.set(username="airflow", password="airflow", database="ledger").render_as_string(False))


def test_a_ledger_in_a_file_is_copied_while_it_is_in_use_and_comes_back(tmp_path: Path) -> None:
    (copy,) = re.findall(r'^python -c "import sqlite3.*$', PAGE, re.MULTILINE)
    back = re.findall(r"^(?:rm|cp) .*debitoor_ledger.*$", PAGE, re.MULTILINE)
    assert [command.split()[0] for command in back] == ["rm", "cp"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    url = f"sqlite:///{tmp_path / 'debitoor_ledger.db'}"

    def run(command: str) -> None:
        subprocess.run(command, shell=True, cwd=tmp_path, env=os.environ | {"PATH": path}, check=True)

    ledger = Ledger.open(url)
    ledger.documents.rebuild("acme", "export", [FoundDocument("1", "key:1", "0" * 24, target_name="a.pdf")])
    before = ledger.documents.entries("acme")
    run(copy)  # its last changes are still next to the file
    ledger.documents.rebuild("acme", "export", [FoundDocument("2", "key:2", "1" * 24, target_name="b.pdf")])
    ledger.close()
    for command in back:
        run(command)

    restored = Ledger.open(url)
    assert restored.documents.entries("acme") == before
    assert [entry.source_id for entry in before] == ["1"]
    restored.close()
