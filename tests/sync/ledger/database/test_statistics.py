"""The figures by which SQLite plans fit the indexes that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.sync.ledger import Ledger

if TYPE_CHECKING:
    from pathlib import Path

TABLES = ("debitoor_documents", "debitoor_events", "debitoor_runs")


def test_each_index_of_the_large_tables_has_its_figures(tmp_path: Path):
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")._database.read() as connection:
        figures = {
            index: len(figures.split())
            for index, figures in connection.exec_driver_sql("SELECT idx, stat FROM sqlite_stat1")
        }
        columns = {
            index: 1 + len(connection.exec_driver_sql(f"PRAGMA index_info({index})").all())  # the rows come first
            for table in TABLES
            for (_, index, *_) in connection.exec_driver_sql(f"PRAGMA index_list({table})")
        }
    assert figures == columns
