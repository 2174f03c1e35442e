from __future__ import annotations

import contextlib
import os
import socket
import sqlite3
import threading
import traceback
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from debitoor_provider.sync.ledger import Ledger, LedgerMisconfigured, LedgerUnavailable, State
from debitoor_provider.sync.ledger.database import engine
from debitoor_provider.sync.ledger.database.engine import connect
from debitoor_provider.sync.ledger.database.url import parse
from tests.sync.ledger.samples import claimed, document, give_name, planned

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_IN_FILES, _IN_MEMORY = 1, 2  # sqlite.org/pragma.html#pragma_temp_store


@pytest.fixture
def on_sqlite(empty_ledger: Path, tmp_path: Path) -> Iterator[Ledger]:
    (tmp_path / "ledger.db").write_bytes(empty_ledger.read_bytes())
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield ledger
    ledger.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory&uri=true"])
def test_a_ledger_outlives_the_process(url: str):
    with pytest.raises(LedgerMisconfigured, match="needs a file"):
        Ledger.open(url)


@pytest.mark.parametrize("url", ["", "not a url", "/var/lib/ledger.db", "postgresql://u:hunter2@host:port/db"])
def test_an_invalid_address_is_refused_without_repeating_it(url: str):
    with pytest.raises(LedgerMisconfigured) as caught:
        Ledger.open(url)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_other_databases_are_refused():
    with pytest.raises(LedgerMisconfigured, match="SQLite or PostgreSQL, not on mysql"):
        Ledger.open("mysql://host/database")


@pytest.mark.parametrize("driver", ["aiosqlite", "pysqlcipher"])
def test_other_drivers_of_sqlite_are_refused(driver: str, tmp_path: Path):
    with pytest.raises(LedgerMisconfigured, match=f"SQLite or PostgreSQL, not on sqlite\\+{driver}"):
        Ledger.open(f"sqlite+{driver}:///{tmp_path / 'ledger.db'}")


def test_sqlite_s_own_driver_may_be_named(tmp_path: Path):
    assert parse(f"sqlite+pysqlite:///{tmp_path}/ledger.db") == parse(f"sqlite:///{tmp_path}/ledger.db")


def test_a_missing_driver_is_named():
    with pytest.raises(LedgerMisconfigured, match=r"pip install 'psycopg\[binary\]'"):
        Ledger.open("postgresql+pg8000://host/database")


def test_an_option_that_the_driver_does_not_know_is_refused_without_the_password():
    url = "postgresql://ada:hunter2@127.0.0.1:9/books?nonsense=1"
    with pytest.raises(LedgerMisconfigured, match="has an option that its driver does not know") as caught:
        Ledger.open(url)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_postgresql_is_reached_by_psycopg(scheme: str):
    assert parse(f"{scheme}://host/database").drivername == "postgresql+psycopg"


def test_a_relative_path_stays_the_same_when_the_folder_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    ledger = Ledger.open("sqlite:///sub/ledger.db")
    monkeypatch.chdir("/")
    planned(ledger, 1)

    assert (tmp_path / "sub" / "ledger.db").exists()
    ledger.close()


def test_sqlite_is_set_up_for_several_processes(on_sqlite: Ledger):
    with on_sqlite._database.read() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 30_000}


def test_a_step_is_undone_in_memory_and_a_migration_sorts_in_files(on_sqlite: Ledger):
    database, asked = on_sqlite._database, "PRAGMA temp_store"
    with database.migrate() as connection:
        assert connection.exec_driver_sql(asked).scalar() == _IN_FILES
    with database.write() as connection:
        assert connection.exec_driver_sql(asked).scalar() == _IN_MEMORY


def test_a_reader_is_not_held_up_by_a_writer(ledger: Ledger):
    planned(ledger, 1)
    with ledger._database.write() as connection:
        connection.execute(sa.text("UPDATE debitoor_documents SET company = 'half done'"))
        assert [entry.company for entry in ledger.documents.entries()] == ["Müller & Söhne"]


def test_a_reader_on_sqlite_sees_one_state_of_the_database(on_sqlite: Ledger):
    planned(on_sqlite, 1)
    with on_sqlite._database.reading():
        before = [entry.company for entry in on_sqlite.documents.entries()]
        with on_sqlite._database.write() as connection:
            connection.execute(sa.text("UPDATE debitoor_documents SET company = 'meanwhile'"))
        assert [entry.company for entry in on_sqlite.documents.entries()] == before
    assert [entry.company for entry in on_sqlite.documents.entries()] == ["meanwhile"]


def test_a_writer_on_sqlite_has_the_lock_before_its_first_statement(on_sqlite: Ledger):
    with on_sqlite._database.write():
        other = sqlite3.connect(str(on_sqlite._database.engine.url.database), timeout=0, isolation_level=None)
        with contextlib.closing(other), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")


def test_writers_of_one_process_wait_for_each_other(ledger: Ledger):
    entries = planned(ledger, 1)
    errors: list[Exception] = []

    def write() -> None:
        try:
            give_name(ledger, entries[0], "late.pdf")
        except Exception as error:  # noqa: BLE001 - the test asserts that there is none
            errors.append(error)

    with ledger._database.write() as connection:
        connection.execute(sa.text("UPDATE debitoor_documents SET company = 'first'"))
        thread = threading.Thread(target=write)
        thread.start()
    thread.join(20)

    assert errors == []
    (entry,) = ledger.documents.entries()
    assert (entry.company, entry.target_name) == ("first", "late.pdf")


def test_a_failure_in_the_middle_leaves_nothing(ledger: Ledger):
    (entry,) = claimed(ledger, 1)

    def fail_in_the_middle() -> None:
        with ledger._database.write() as connection:
            connection.execute(sa.text("UPDATE debitoor_documents SET state = 'sending'"))
            connection.execute(sa.text("UPDATE debitoor_documents SET account = NULL"))

    with pytest.raises(sa.exc.IntegrityError):
        fail_in_the_middle()
    assert ledger.documents.count() == {State.PLANNED: 1}
    assert ledger.steps.intend(entry).state is State.SENDING


def test_a_writer_that_waits_too_long_gets_ledger_is_busy(
    empty_ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(engine, "LOCK_WAIT", 0.05)
    path = tmp_path / "ledger.db"
    path.write_bytes(empty_ledger.read_bytes())
    ledger = Ledger.open(f"sqlite:///{path}")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(LedgerUnavailable, match="is busy: another process has been writing for too long"):
        planned(ledger, 1)
    other.execute("ROLLBACK")
    assert len(planned(ledger, 1)) == 1
    other.close()
    ledger.close()


def test_a_full_disk_is_named_and_leaves_the_ledger_whole(on_sqlite: Ledger):
    entries = claimed(on_sqlite, 1)
    with on_sqlite._database.write() as connection:  # the connection of all that is written
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    with pytest.raises(LedgerUnavailable, match="has no room left: the disk is full"):
        on_sqlite.plans.enter(
            "acme", "export", "run", [document(number, snapshot="x" * 5000) for number in range(2, 200)]
        )
    assert on_sqlite.documents.count() == {State.PLANNED: 1}

    with on_sqlite._database.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    assert on_sqlite.steps.intend(entries[0]).state is State.SENDING


def test_a_file_that_is_no_database_is_named(tmp_path: Path):
    (tmp_path / "ledger.db").write_bytes(b"this is a letter to my aunt " * 100)

    with pytest.raises(LedgerUnavailable, match="is not a database, or damaged"):
        Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").touch()

    with pytest.raises(LedgerUnavailable, match="folder cannot be created"):
        Ledger.open(f"sqlite:///{tmp_path / 'file' / 'ledger.db'}")


def test_an_unreachable_server_is_named_without_its_password():
    with socket.socket() as listener:  # bound, but not listening
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        url = f"postgresql://ada:hunter2@127.0.0.1:{port}/books?password=hunter2"
        with pytest.raises(LedgerUnavailable, match=r"PostgreSQL: books, 127\.0\.0\.1") as caught:
            Ledger.open(url)

    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_a_wrong_password_is_named_and_not_shown(postgresql_database: str):
    wrong = make_url(postgresql_database).set(password="hunter2").render_as_string(hide_password=False)

    with pytest.raises(LedgerUnavailable, match="does not accept the user name or the password") as caught:
        Ledger.open(wrong)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_a_database_that_does_not_exist_is_named(postgresql_server: sa.URL):
    missing = postgresql_server.set(database="nowhere").render_as_string(hide_password=False)

    with pytest.raises(LedgerUnavailable, match="does not exist"):
        Ledger.open(missing)


def test_a_connection_that_the_server_closed_is_opened_again(postgresql_database: str):
    import psycopg

    ledger = Ledger.open(postgresql_database)
    with psycopg.connect(postgresql_database, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    assert isinstance(ledger.documents.count(), dict)


def test_a_ledger_shows_no_password_and_no_values(postgresql_database: str):
    password = str(make_url(postgresql_database).password)

    assert password not in repr(Ledger(postgresql_database))
    assert Ledger(postgresql_database)._database.engine.hide_parameters


def test_one_address_has_one_engine_in_a_process(on_sqlite: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    url = parse(f"sqlite:///{tmp_path / 'ledger.db'}")
    mine = on_sqlite._database
    assert connect(url) is mine

    parent = os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: parent + 1)  # as after a fork
    assert connect(url) is not mine
    engine.disconnect(connect(url))
