"""A PostgreSQL server for the tests that want one; they are skipped where there is none."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.engine import URL, make_url

from demo import postgresql
from demo.postgresql import Cluster, free_port, new_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Cluster", "cluster", "free_port", "new_database", "postgresql_server"]


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """Start a server on loopback, or use that of ``DEBITOOR_TEST_POSTGRES`` (its user may create databases)."""
    pytest.importorskip("psycopg", reason="no driver for PostgreSQL: pip install 'psycopg[binary]'")
    if address := os.environ.get("DEBITOOR_TEST_POSTGRES"):
        yield make_url(address).set(drivername="postgresql")
        return
    with cluster(tmp_path_factory.mktemp("postgresql") / "log") as server:
        yield server.url


@contextmanager
def cluster(log: Path) -> Iterator[Cluster]:
    """Start a server on loopback that may be stopped and started again."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(postgresql.cluster(log))
        except postgresql.Missing as missing:
            pytest.skip(f"{missing} or set DEBITOOR_TEST_POSTGRES")
        yield server
