from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from debitoor_provider.sync.ledger import Ledger
from tests.postgresql import new_database
from tests.sync.ledger.samples import Clock, emptied

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import URL


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the address of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.db'}"
    else:
        yield from new_database(request.getfixturevalue("postgresql_server"))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """Return the address of a database with the tables of a ledger and no rows."""
    return emptied(request.getfixturevalue(f"{request.param}_database"))


@pytest.fixture
def ledger(url: str, clock: Clock) -> Ledger:
    """Return a ledger whose clock the test controls."""
    return Ledger.open(url, now=clock)


@pytest.fixture
def statements(ledger: Ledger) -> Iterator[list[str]]:
    """Return what the ledger has sent to its database so far."""
    sent: list[str] = []
    engine = ledger._database.engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(scope="session")
def sqlite_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return one database for many tests: emptying it is much faster than making a new one."""
    ledger = Ledger.open(url := f"sqlite:///{tmp_path_factory.mktemp('ledger') / 'ledger.db'}")
    yield url
    ledger.close()


@pytest.fixture(scope="session")
def postgresql_database(postgresql_server: URL) -> Iterator[str]:
    """Return one database for many tests: emptying it is much faster than making a new one."""
    for url in new_database(postgresql_server):
        ledger = Ledger.open(url)
        yield url
        ledger.close()
