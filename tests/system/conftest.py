"""What the tests with a real scheduler share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.postgresql import new_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import URL


@pytest.fixture(scope="module")
def metadata_database(postgresql_server: URL) -> Iterator[str]:
    """Create an empty database for Airflow: SQLite does not bear a scheduler under load."""
    for url in new_database(postgresql_server):
        yield url.replace("postgresql://", "postgresql+psycopg://")
