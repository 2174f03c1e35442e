"""Statistics for SQLite's planner, the same in every ledger.

Nothing analyses a SQLite ledger, and without statistics SQLite 3.40 takes an index that begins with the state to be as
selective as an id: it then reads all documents that were ever moved to find the hundred that a step names. The figures
are those of a million documents in a thousand accounts, so that a statement is planned in the same way everywhere;
*The SQLite Query Planner*, "Query Planner Stability Guarantee", describes such figures. PostgreSQL collects its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from sqlalchemy import Connection

_DOCUMENTS, _EVENTS, _RUNS = 1_000_000, 4_000_000, 30_000
# For each index how many rows there are, and how many of them agree in the first column, the first two, and so on.
_ROWS: dict[str, dict[str, tuple[int, ...]]] = {
    "debitoor_documents": {
        "ix_debitoor_documents_all_amount": (_DOCUMENTS, 10, 1),
        "ix_debitoor_documents_all_changed": (_DOCUMENTS, 2, 1, 1),
        "ix_debitoor_documents_all_company": (_DOCUMENTS, 200, 20),
        "ix_debitoor_documents_all_date": (_DOCUMENTS, 140_000, 1_700, 2, 1, 1, 1),
        "ix_debitoor_documents_all_name": (_DOCUMENTS, 2, 1),
        "ix_debitoor_documents_all_number": (_DOCUMENTS, 2, 1),
        "ix_debitoor_documents_all_state": (_DOCUMENTS, 140_000, 2, 1, 1, 1),
        "ix_debitoor_documents_amount_key": (_DOCUMENTS, 2),
        "ix_debitoor_documents_changed": (_DOCUMENTS, 1_000, 2, 1),
        "ix_debitoor_documents_date": (_DOCUMENTS, 1_000, 15, 9, 2, 1, 1, 1),
        "ix_debitoor_documents_duplicate": (20_000, 20, 10, 5, 1, 1, 1),
        "ix_debitoor_documents_exchange": (_DOCUMENTS, 1),
        "ix_debitoor_documents_invoice": (_DOCUMENTS, 160_000, 170, 50, 2, 1, 1),
        "ix_debitoor_documents_mark": (20_000, 20, 10, 5, 1, 1, 1),
        "ix_debitoor_documents_moved": (_DOCUMENTS, 1_000, 2),
        "ix_debitoor_documents_moved_by": (_DOCUMENTS, 30, 20),
        "ix_debitoor_documents_number_key": (_DOCUMENTS, 2),
        "ix_debitoor_documents_planned_by": (_DOCUMENTS, 30),
        "ix_debitoor_documents_state": (_DOCUMENTS, 1_000, 150, 2, 1),
        "sqlite_autoindex_debitoor_documents_1": (_DOCUMENTS, 1_000, 1_000, 1),
        "sqlite_autoindex_debitoor_documents_2": (_DOCUMENTS, 1_000, 1_000, 1),
    },
    "debitoor_events": {
        "ix_debitoor_events_document": (_EVENTS, 4, 1),
        "ix_debitoor_events_run": (_EVENTS, 100, 2),
    },
    "debitoor_runs": {
        "ix_debitoor_runs_account": (_RUNS, 30, 1),
        "ix_debitoor_runs_started": (_RUNS, 2),
        "sqlite_autoindex_debitoor_runs_1": (_RUNS, 1),
    },
}


def write_statistics(connection: Connection) -> None:
    """Give the planner its figures; an index that is made again later loses its own."""
    if connection.dialect.name != "sqlite":
        return
    connection.exec_driver_sql("PRAGMA analysis_limit = 1")  # the figures that ANALYZE finds are replaced
    connection.exec_driver_sql("ANALYZE")  # makes the table
    connection.exec_driver_sql("DELETE FROM sqlite_stat1")
    connection.execute(
        sa.insert(sa.table("sqlite_stat1", *map(sa.column, ("tbl", "idx", "stat")))),
        [
            {"tbl": table, "idx": index, "stat": " ".join(map(str, figures))}
            for table, indexes in _ROWS.items()
            for index, figures in indexes.items()
        ],
    )
    connection.exec_driver_sql("ANALYZE sqlite_schema")  # reads it
