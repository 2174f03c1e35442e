from __future__ import annotations

import multiprocessing
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory

from debitoor_provider.sync.ledger import Ledger, LedgerOutdated, LedgerTooNew, State
from debitoor_provider.sync.ledger.database import schema
from debitoor_provider.sync.ledger.database.schema import HEAD, VERSION_TABLE
from debitoor_provider.sync.ledger.database.tables import metadata
from tests.sync.ledger.samples import planned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from debitoor_provider.sync.ledger.database.engine import Database


@pytest.fixture
def empty(empty_url: str) -> Iterator[str]:
    yield empty_url
    Ledger(empty_url).close()


def set_version(ledger: Ledger, version: str) -> None:
    with ledger._database.write() as connection:
        connection.execute(sa.text(f"UPDATE {VERSION_TABLE} SET version_num = :version"), {"version": version})


def test_a_new_database_gets_its_tables_when_it_is_opened(empty: str):
    assert Ledger(empty).revision is None

    ledger = Ledger.open(empty)
    assert ledger.revision == HEAD
    assert ledger.documents.count() == {}


def test_to_open_or_upgrade_again_changes_nothing(empty: str):
    ledger = Ledger.open(empty)
    planned(ledger, 1)
    ledger.upgrade()

    assert Ledger.open(empty).documents.count() == {State.PLANNED: 1}
    assert ledger.revision == HEAD


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_the_tables_are_what_the_code_believes(empty: str):
    with Ledger.open(empty)._database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": _is_ours, "version_table": VERSION_TABLE}
        )
        assert compare_metadata(context, metadata) == []
        if connection.dialect.name == "sqlite":  # where no index of an expression is compared
            known = set(connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'index'")))
            assert {index.name for table in metadata.tables.values() for index in table.indexes} <= known


def test_the_newest_migration_is_the_version_of_the_code():
    config = Config()
    config.set_main_option("script_location", "debitoor_provider.sync.ledger.database:migrations")
    scripts = ScriptDirectory.from_config(config)
    revisions = [script.revision for script in scripts.walk_revisions()]

    assert scripts.get_current_head() == HEAD
    assert revisions == sorted(revisions, reverse=True)  # revisions are ordered by comparing them


def test_other_tables_in_the_same_database_are_left_alone(empty: str):
    with Ledger(empty)._database.write() as connection:
        connection.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(sa.text("INSERT INTO alembic_version VALUES ('airflow')"))

    ledger = Ledger.open(empty)
    with ledger._database.read() as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalars().all() == ["airflow"]
    assert ledger.revision == HEAD


def test_an_older_ledger_asks_for_the_upgrade(empty: str):
    ledger = Ledger.open(empty)
    set_version(ledger, "0000")

    with pytest.raises(LedgerOutdated, match="Run: airflow debitoor ledger upgrade"):
        Ledger.open(empty)


def test_a_newer_ledger_asks_for_the_newer_provider(empty: str):
    ledger = Ledger.open(empty)
    set_version(ledger, "9999")

    with pytest.raises(LedgerTooNew, match="has version 9999"):
        Ledger.open(empty)
    with pytest.raises(LedgerTooNew):
        ledger.upgrade()


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_a_migration_may_change_a_table_that_others_refer_to(empty: str):
    ledger = Ledger.open(empty)
    (entry,) = planned(ledger, 1)
    with ledger._database.migrate() as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("debitoor_documents") as table:
            table.alter_column("file_sha256", type_=sa.String(64), existing_type=sa.Text)  # SQLite: a new table

    assert ledger.documents.entry(entry.id) == entry
    assert len(ledger.documents.history(entry)) == 1


def test_a_migration_that_leaves_a_history_without_its_document_is_undone(empty: str):
    ledger = Ledger.open(empty)
    (entry,) = planned(ledger, 1)
    for change in (ledger._database.migrate, ledger._database.write):
        with pytest.raises((RuntimeError, sa.exc.IntegrityError)), change() as connection:
            connection.execute(sa.text("DELETE FROM debitoor_documents"))
        assert ledger.documents.entry(entry.id) == entry


def test_threads_that_open_a_new_ledger_at_once_make_it_once(empty: str):
    with ThreadPoolExecutor(4) as pool:
        revisions = list(pool.map(lambda _: Ledger.open(empty).revision, range(4)))

    assert revisions == [HEAD] * 4


def test_processes_that_open_a_new_ledger_at_once_make_it_once(empty: str):
    with ProcessPoolExecutor(4, multiprocessing.get_context("spawn")) as pool:
        revisions = list(pool.map(_open_in_a_process, [empty] * 4))

    assert revisions == [HEAD] * 4


def test_tables_that_another_process_makes_between_two_looks_are_seen(empty: str, monkeypatch: pytest.MonkeyPatch):
    look = schema._version

    def look_too_early(database: Database) -> str | None:
        monkeypatch.setattr(schema, "_version", look)
        try:
            return look(database)
        finally:
            schema.upgrade(database)

    monkeypatch.setattr(schema, "_version", look_too_early)
    assert Ledger.open(empty).revision == HEAD


def test_to_open_a_ledger_that_is_up_to_date_costs_one_query_and_no_alembic(url: str):
    script = """
import sys
import sqlalchemy as sa
from debitoor_provider.sync.ledger import Ledger
ledger = Ledger(sys.argv[1])
asked = []
sa.event.listen(ledger._database.engine, "before_cursor_execute", lambda *what: asked.append(what[2]))
Ledger.open(sys.argv[1])
assert [what for what in asked if what != "BEGIN"] == ["SELECT version_num FROM debitoor_ledger_version"], asked
assert "alembic" not in sys.modules
assert not [name for name in sys.modules if name.split(".")[0] == "airflow"]
"""
    subprocess.run([sys.executable, "-c", script, url], check=True)


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or str(name).startswith("debitoor_")


def _open_in_a_process(url: str) -> str | None:
    ledger = Ledger.open(url)
    try:
        return ledger.revision
    finally:
        ledger.close()
