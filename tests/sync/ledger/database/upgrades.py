"""Ledgers of other versions, and upgrades that are killed; run as a program it kills them at one point after another.

There may be one version only so far: a next one, made up here, takes its place in the tests.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import alembic.command  # noqa: F401  before the fork, so that no child imports it again
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import Ledger
from debitoor_provider.sync.ledger.database import migrations, schema
from debitoor_provider.sync.ledger.database.url import parse

NEXT = "9999"
_KEPT_BY_TRIGGERS = {"debitoor_state_counts", "debitoor_moved_counts"}
"""Tables that are filled along with the documents."""
_NEXT = '''
"""A version to come: a column more, another type of a column that is there, and figures to fill in."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{revision}", "{before}", None, None


def upgrade():
    with op.batch_alter_table("debitoor_documents", recreate="auto") as table:
        table.add_column(sa.Column("channel", sa.Text, nullable=False, server_default=""))
        table.alter_column("file_sha256", type_=sa.String(64), existing_type=sa.Text)
    op.execute("UPDATE debitoor_documents SET channel = 'api'")
    op.create_index("ix_debitoor_documents_channel", "debitoor_documents", ["channel"])
'''

Rows = dict[str, list[dict[str, Any]]]


def versions() -> list[str]:
    """Return all versions, oldest first."""
    config = Config()
    config.set_main_option("script_location", schema.SCRIPTS)
    return sorted(script.revision for script in ScriptDirectory.from_config(config).walk_revisions())


def scripts(folder: Path, newest: str) -> str:
    """Copy the migrations up to a version, :data:`NEXT` included if it is that; return their folder."""
    target = folder / f"migrations-{newest}"
    shutil.copytree(Path(migrations.__file__).parent, target, ignore=shutil.ignore_patterns("__pycache__"))
    for script in (target / "versions").glob("v*.py"):
        if script.stem[1:5] > newest:
            script.unlink()
    if newest == NEXT:
        (target / "versions" / f"v{NEXT}_next.py").write_text(_NEXT.format(revision=NEXT, before=versions()[-1]))
    return str(target)


def rows(url: str) -> Rows:
    """Read all there is in a ledger, whatever its version."""
    engine = sa.create_engine(parse(url))
    tables = sa.MetaData()
    with engine.connect() as connection:
        tables.reflect(connection, only=lambda name, _: name.startswith("debitoor_"))
        ours = [table for table in tables.sorted_tables if table.name != schema.VERSION_TABLE]
        ordered = {table.name: sa.select(table).order_by(*table.primary_key) for table in ours}
        found = {name: list(map(_as_today, connection.execute(query).mappings())) for name, query in ordered.items()}
    engine.dispose()
    return found


def _as_today(row: Any) -> dict[str, Any]:
    """Return a row with its message, which was two sentences before version 0005, and 0008 for runs."""
    known = dict(row)
    if "mend" in known or "error" in known:
        reason = known.pop("reason", "") or known.pop("error", "")
        remedy = known.pop("mend", "") or known.pop("remedy", "")
        known["message"] = Message("as_written", text=reason, remedy=remedy).as_json() if reason else None
    elif "message" in known:
        known["message"] = json.loads(known["message"]) if known["message"] else None
    return known


def _as_before(row: dict[str, Any], columns: set[str]) -> dict[str, Any]:
    """Return a row as a version with these columns has it."""
    known = dict(row)
    if "message" in known:
        message = known.pop("message")
        said = Message.from_json(message) if message else None
        text, remedy = (said.text(), said.remedy()) if said else ("", "")
        known |= {"reason": text, "error": text, "mend": remedy, "remedy": remedy}
        known["message"] = json.dumps(message) if message else ""
    return {name: value for name, value in known.items() if name in columns}


def fill(url: str, known: Rows) -> None:
    """Write rows into the tables of a ledger, as far as its version has the columns."""
    engine = sa.create_engine(parse(url))
    tables = sa.MetaData()
    with engine.begin() as connection:
        tables.reflect(connection)
        for table in tables.sorted_tables:
            if known.get(table.name) and table.name not in _KEPT_BY_TRIGGERS:
                columns = set(table.c.keys())
                values = [_as_before(row, columns) for row in known[table.name]]
                connection.execute(table.insert(), values)
    engine.dispose()


def missing(before: Rows, after: Rows) -> list[str]:
    """Return what existed before an upgrade and is missing or different after it."""
    lost = []
    for table, known in before.items():
        columns = set(known[0]) if known else set()
        now = [{name: row.get(name) for name in columns} for row in after.get(table, [])]
        lost += [f"{table}: {row}" for row in known if row not in now]
        if len(now) != len(known):
            lost.append(f"{table} has {len(now)} rows instead of {len(known)}")
    return lost


def kill_again_and_again(url: str, location: str, newest: str, every: int) -> None:
    """Upgrade a ledger in child processes that are killed, each some statements later than the one before.

    Prints a line for each: the version that the ledger has afterwards, and whether it is as it was, or complete.
    """
    schema.SCRIPTS, schema.HEAD = location, newest
    before = rows(url)
    point = 0
    while True:
        point += every
        child = os.fork()
        if not child:
            _upgrade_and_die(url, point)
        was_killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
        ledger = Ledger(url)
        result = {"point": point, "killed": was_killed, "version": ledger.revision, "lost": missing(before, rows(url))}
        ledger.close()
        print(json.dumps(result), flush=True)
        if not was_killed:
            return


def _upgrade_and_die(url: str, point: int) -> None:
    left = point

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    for moment in ("before_cursor_execute", "commit"):
        sa.event.listen(sa.engine.Engine, moment, count)
    try:
        Ledger(url).upgrade()
        os._exit(0)
    except BaseException as error:  # noqa: BLE001 - reported to the other process
        print(json.dumps({"error": repr(error)}), flush=True)
        os._exit(1)


if __name__ == "__main__":
    kill_again_and_again(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
