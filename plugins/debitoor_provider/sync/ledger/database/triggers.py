"""Triggers that keep the figures: a change of a document changes its account's counts in the same transaction.

SQLite has one writer at a time, so an account has one row of counts, in slot 0. On PostgreSQL many workers move
documents of one account at the same time, and a row that they shared would make each wait for the commits of the
others. There each server process adds its changes to a row of its own, whose slot is its process id: no transaction
waits for another, and none can deadlock. A plan sums these rows up in slot 0, see :func:`merge_slots`.

Alembic creates the triggers again after each upgrade, since SQLite drops them with a table that a migration replaces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from debitoor_provider.sync.ledger.states import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

STATES = [str(state) for state in State]


def create_triggers(connection: Connection) -> None:
    """Create or replace the triggers, unless the tables are of a version without figures."""
    if sa.inspect(connection).has_table("debitoor_invoice_counts"):
        for statement in _for_sqlite() if connection.dialect.name == "sqlite" else _for_postgresql():
            connection.exec_driver_sql(statement)


def merge_slots(connection: Connection, account: str) -> None:
    """Sum up an account's counts in slot 0, as the last statements of a transaction; nothing to do on SQLite.

    Rows that another transaction is changing are left for the next time, so this waits for no worker.
    """
    if connection.dialect.name != "sqlite":
        for statement in _FOLD:
            connection.execute(statement, {"the_account": account})


def _each(text: str) -> str:
    """Repeat a text for each state, which ``?`` stands for, separated by commas."""
    return ", ".join(text.replace("?", state) for state in STATES)


def _for_sqlite() -> Iterator[str]:
    for name, event, *statements in _SQLITE:
        yield f"DROP TRIGGER IF EXISTS debitoor_count_{name}"
        yield f"CREATE TRIGGER debitoor_count_{name} AFTER {event} BEGIN {'; '.join(statements)}; END"


_ADD_DAY = """
INSERT INTO debitoor_moved_counts (account, day, slot, number)
SELECT NEW.account, substr(NEW.moved_at, 1, 10), 0, 1 WHERE NEW.moved_at IS NOT NULL
ON CONFLICT (account, day, slot) DO UPDATE SET number = number + 1"""
_REMOVE_DAY = """
UPDATE debitoor_moved_counts SET number = number - 1
WHERE account = OLD.account AND day = substr(OLD.moved_at, 1, 10) AND slot = 0"""
_ADD_INVOICE = f"""
INSERT INTO debitoor_invoice_counts (account, invoice, slot, {_each("?")})
SELECT NEW.account, NEW.invoice, 0, {_each("NEW.state = '?'")} WHERE NEW.invoice <> ''
ON CONFLICT (account, invoice, slot) DO UPDATE SET {_each("? = ? + excluded.?")}"""
_REMOVE_INVOICE = f"""
UPDATE debitoor_invoice_counts SET {_each("? = ? - (OLD.state = '?')")}
WHERE account = OLD.account AND invoice = OLD.invoice AND slot = 0"""
_SQLITE = [
    (
        "insert",
        "INSERT ON debitoor_documents",
        f"""
INSERT INTO debitoor_state_counts (account, slot, {_each("?")}) VALUES (NEW.account, 0, {_each("NEW.state = '?'")})
ON CONFLICT (account, slot) DO UPDATE SET {_each("? = ? + excluded.?")}""",
        _ADD_DAY,
        _ADD_INVOICE,
    ),
    (
        "invoice",
        """UPDATE OF state, invoice ON debitoor_documents
WHEN OLD.invoice <> NEW.invoice OR (OLD.state <> NEW.state AND NEW.invoice <> '')""",
        _REMOVE_INVOICE,
        _ADD_INVOICE,
    ),
    (
        "state",
        "UPDATE OF state ON debitoor_documents WHEN OLD.state <> NEW.state",
        f"""
UPDATE debitoor_state_counts SET {_each("? = ? + (NEW.state = '?') - (OLD.state = '?')")}
WHERE account = NEW.account AND slot = 0""",
    ),
    (
        "moved",
        "UPDATE OF moved_at ON debitoor_documents WHEN OLD.moved_at IS NOT NEW.moved_at",
        _REMOVE_DAY,
        _ADD_DAY,
    ),
    (
        "delete",
        "DELETE ON debitoor_documents",
        f"""
UPDATE debitoor_state_counts SET {_each("? = ? - (OLD.state = '?')")} WHERE account = OLD.account AND slot = 0""",
        _REMOVE_DAY,
        _REMOVE_INVOICE,
    ),
]


def _for_postgresql() -> Iterator[str]:
    added = "SELECT account, state, invoice, moved_at, 1 AS change FROM added"
    removed = "SELECT account, state, invoice, moved_at, -1 AS change FROM removed"
    for event, rows, tables in (
        ("insert", added, "NEW TABLE AS added"),
        ("update", f"{removed} UNION ALL {added}", "OLD TABLE AS removed NEW TABLE AS added"),
        ("delete", removed, "OLD TABLE AS removed"),
    ):
        name = f"debitoor_count_{event}"
        yield f"""
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
INSERT INTO debitoor_state_counts AS counts (account, slot, {_each("?")})
SELECT account, pg_backend_pid(), {_each("?")}
FROM (
    SELECT account, {_each("coalesce(sum(change) FILTER (WHERE state = '?'), 0) AS ?")}
    FROM ({rows}) AS changes GROUP BY account
) AS changed
WHERE ({_each("?")}) <> ({_each("0")})
ON CONFLICT (account, slot) DO UPDATE SET {_each("? = counts.? + excluded.?")};
INSERT INTO debitoor_invoice_counts AS counts (account, invoice, slot, {_each("?")})
SELECT account, invoice, pg_backend_pid(), {_each("?")}
FROM (
    SELECT account, invoice, {_each("coalesce(sum(change) FILTER (WHERE state = '?'), 0) AS ?")}
    FROM ({rows}) AS changes WHERE invoice <> '' GROUP BY account, invoice
) AS changed
WHERE ({_each("?")}) <> ({_each("0")})
ON CONFLICT (account, invoice, slot) DO UPDATE SET {_each("? = counts.? + excluded.?")};
INSERT INTO debitoor_moved_counts AS counts (account, day, slot, number)
SELECT account, (moved_at AT TIME ZONE 'UTC')::date, pg_backend_pid(), sum(change)
FROM ({rows}) AS changes WHERE moved_at IS NOT NULL GROUP BY 1, 2 HAVING sum(change) <> 0
ON CONFLICT (account, day, slot) DO UPDATE SET number = counts.number + excluded.number;
RETURN NULL;
END $$"""
        yield f"DROP TRIGGER IF EXISTS {name} ON debitoor_documents"
        yield f"""
CREATE TRIGGER {name} AFTER {event} ON debitoor_documents REFERENCING {tables}
FOR EACH STATEMENT EXECUTE FUNCTION {name}()"""


_FOLD = [
    sa.text(f"""
WITH idle AS (
    SELECT slot FROM debitoor_state_counts WHERE account = :the_account AND slot <> 0 FOR UPDATE SKIP LOCKED
), folded AS (
    DELETE FROM debitoor_state_counts AS counts USING idle
    WHERE counts.account = :the_account AND counts.slot = idle.slot RETURNING counts.*
)
INSERT INTO debitoor_state_counts AS counts (account, slot, {_each("?")})
SELECT :the_account, 0, {_each("sum(?)")} FROM folded HAVING count(*) > 0
ON CONFLICT (account, slot) DO UPDATE SET {_each("? = counts.? + excluded.?")}"""),
    sa.text(f"""
WITH idle AS (
    SELECT invoice, slot FROM debitoor_invoice_counts
    WHERE account = :the_account AND slot <> 0 FOR UPDATE SKIP LOCKED
), folded AS (
    DELETE FROM debitoor_invoice_counts AS counts USING idle
    WHERE counts.account = :the_account AND counts.invoice = idle.invoice AND counts.slot = idle.slot RETURNING counts.*
)
INSERT INTO debitoor_invoice_counts AS counts (account, invoice, slot, {_each("?")})
SELECT :the_account, invoice, 0, {_each("sum(?)")} FROM folded GROUP BY invoice
ON CONFLICT (account, invoice, slot) DO UPDATE SET {_each("? = counts.? + excluded.?")}"""),
    sa.text("""
WITH idle AS (
    SELECT day, slot FROM debitoor_moved_counts WHERE account = :the_account AND slot <> 0 FOR UPDATE SKIP LOCKED
), folded AS (
    DELETE FROM debitoor_moved_counts AS counts USING idle
    WHERE counts.account = :the_account AND counts.day = idle.day AND counts.slot = idle.slot RETURNING counts.*
)
INSERT INTO debitoor_moved_counts AS counts (account, day, slot, number)
SELECT :the_account, day, 0, sum(number) FROM folded GROUP BY day
ON CONFLICT (account, day, slot) DO UPDATE SET number = counts.number + excluded.number"""),
]
