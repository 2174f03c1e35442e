"""A run costs the same in a ledger of a million documents: no statement reads all that are in one state."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.sync.stage import Stage

ALL_IN_A_STATE = re.compile(r"SCAN debitoor_(documents|events)\b|debitoor_documents .*\(state=\?\)")


@pytest.fixture
def statements() -> Iterator[dict[str, Any]]:
    """Return what is sent to databases, each statement with the last parameters."""
    sent: dict[str, Any] = {}

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        sent[statement] = parameters[0] if isinstance(parameters, list) else parameters

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)


def plans_of(stage: Stage, statements: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Tell how SQLite goes about each statement that is about documents."""
    with stage.ledger._database.read() as connection:
        for statement, parameters in list(statements.items()):
            if "debitoor_documents" in statement and statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
                for *_, step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters):
                    yield statement, step


@pytest.mark.parametrize("documents", [3, 120])
def test_no_statement_of_an_export_reads_all_documents_of_a_state(
    stage_of: Callable[..., Stage], statements: dict[str, Any], documents: int
):
    acme = stage_of()
    acme.documents(documents)
    acme.export(acme.exports(archive_after_transfer=True))
    acme.archive(acme.exports(archive_after_transfer=True))
    assert set(acme.states().values()) == {"archived"}
    assert len(statements) > 20
    assert [found for found in plans_of(acme, statements) if ALL_IN_A_STATE.search(found[1])] == []


def test_no_statement_of_an_import_reads_all_documents_of_a_state(acme: Stage, statements: dict[str, Any]):
    for _ in range(3):
        acme.company.add_invoice()
    acme.import_()
    assert set(acme.states("import").values()) == {"moved"}
    assert [found for found in plans_of(acme, statements) if ALL_IN_A_STATE.search(found[1])] == []
