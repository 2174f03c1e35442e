"""A large set-up to measure the page with: accounts, a month of runs, a ledger; written straight into the tables."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import Ledger
from debitoor_provider.sync.ledger.database.statistics import write_statistics
from debitoor_provider.sync.ledger.database.tables import documents, events, runs

DAYS = 30
BIG = "account-0000"
"""One account has a tenth of all documents."""
_CHUNK = 5_000
_ONE_BY_ONE = 20_000
_STATES = ["archived"] * 60 + ["moved"] * 30 + ["ignored"] * 4 + ["waiting"] * 2 + ["planned", "gone"] + ["held"] * 2
_REASONS = {"held": ["foreign_currency", "reverse_charge", "credit_note_sign"], "waiting": ["not_approved"]}
_INVOICES = ["none"] * 60 + ["proven"] * 25 + ["supplied"] * 7 + ["unproven"] * 5 + ["unreadable"] * 2 + ["contradicts"]
_WORDS = ["Paper", "Ink", "Cloud", "Rail", "Energy", "Tools", "Coffee", "Print", "Legal", "Parcel"]


def name_of(number: int) -> str:
    """Name an account."""
    return f"account-{number:04}"


def write_accounts(folder: Path, count: int, **more: Any) -> None:
    """Write the account files.

    :param more: further settings of each account
    """
    folder.mkdir(parents=True)
    for number in range(count):
        described = {
            "type": "export",
            "name": f"{_WORDS[number % 10]} {number} GmbH",
            "debitoor_id": f"books@{number}.example",
            "frequency": "daily",
            "connections": {"getmyinvoices": f"gmi_{number}", "debitoor": f"debitoor_{number}"},
            "filter": {"companies": {"exclude": ["Example Portal"]}},
            "rename": "{document_date}_{company}_{document_number}",
            **more,
        }
        (folder / f"{name_of(number)}.yaml").write_text(json.dumps(described, indent=1))


def fill_airflow(engine: sa.Engine, count: int) -> None:
    """Enter the accounts' DAGs and a month of daily runs into Airflow's own tables."""
    from airflow.models.dag import DagModel
    from airflow.models.dagbundle import DagBundleModel
    from airflow.models.dagrun import DagRun
    from sqlalchemy.orm import Session

    with Session(engine) as session:
        if session.get(DagBundleModel, "dags-folder") is None:
            session.add(DagBundleModel(name="dags-folder"))
            session.flush()
        for number in range(count):
            session.add(
                DagModel(
                    dag_id=f"debitoor__{name_of(number)}",
                    bundle_name="dags-folder",
                    is_paused=number % 50 == 0,
                    is_stale=False,
                    fileloc="debitoor_sync.py",
                    relative_fileloc="debitoor_sync.py",
                    next_dagrun_create_after=_now() + timedelta(minutes=number),
                )
            )
        session.commit()
        columns = DagRun.__table__.c
        rows = (
            {
                "dag_id": f"debitoor__{name_of(number)}",
                "run_id": _run_id(day),
                "state": "running" if number % 200 == 7 and not ago else "failed" if number % 60 == 9 else "success",
                "run_type": "scheduled",
                "start_date": day,
                "end_date": day + timedelta(seconds=40),
                "run_after": day,
                "clear_number": 0,
            }
            for ago, day in _days()
            for number in range(count)
        )
        insert = sa.insert(DagRun.__table__)
        known = {column.name for column in columns}
        for chunk in _chunks(rows):
            session.execute(insert, [{key: value for key, value in row.items() if key in known} for row in chunk])
        session.commit()


def fill_ledger(url: str, accounts: int, count: int) -> None:
    """Enter documents with two events each, and a month of runs."""
    ledger = Ledger.open(url)
    indexes = [index for table in (documents, events) for index in table.indexes]
    with ledger._database.write() as connection:  # noqa: SLF001  written past the ledger
        for index in indexes:  # recreated after the rows, which is much faster
            index.drop(connection)
        _insert(connection, runs, _runs(accounts))
        _insert(connection, documents, _documents(accounts, min(count, _ONE_BY_ONE), random.Random(7)))
        for first in range(_ONE_BY_ONE, count, _ONE_BY_ONE):
            _copy(connection, first, min(count - first, _ONE_BY_ONE))
        for kind, before, after in (("listed", None, "planned"), ("moved", "sending", "moved")):
            _enter_event(connection, kind, before, after)
        for index in indexes:
            index.create(connection)
        write_statistics(connection)
    if not url.startswith("sqlite"):
        with ledger._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:  # noqa: SLF001  written past the ledger
            # PostgreSQL does both automatically within a minute, which would fall on whatever is measured then.
            connection.exec_driver_sql("VACUUM (ANALYZE)")
    ledger.close()


def _documents(accounts: int, count: int, luck: random.Random) -> Iterator[dict[str, Any]]:
    snapshot = json.dumps({"padding": "x" * 600})
    begin, step = _now() - timedelta(days=DAYS), timedelta(days=DAYS) / count
    for number in range(count):
        account = BIG if number % 10 == 0 else name_of(luck.randrange(accounts))
        at = begin + number * step
        state = luck.choice(_STATES)
        reason = luck.choice(_REASONS.get(state, [""]))
        company = f"{luck.choice(_WORDS)} {luck.randrange(500)} Ltd"
        amount = Decimal(luck.randrange(100, 500_000)) / 100
        is_there = state in {"archived", "moved"}
        run = f"debitoor__{account}/{_run_id(at.replace(hour=0, minute=0, second=0, microsecond=0))}"
        name = f"scan-{number}.pdf"
        yield {
            "id": number + 1, "account": account, "direction": "export", "source_id": str(number), "state": state,
            "previous_state": "planned", "reason_code": reason,
            "message": Message("as_written", text=f"It is held: {reason}.", remedy="Decide.") if reason else None,
            "invoice": luck.choice(_INVOICES),
            "source_name": name,
            "target_name": f"{number}_{company}.pdf" if is_there else None,
            "target_name_key": f"{number}_{company}.pdf".casefold() if is_there else None,
            "document_date": (at - timedelta(days=luck.randrange(60))).date(), "document_number": f"R-{number}",
            "company": company, "currency": "EUR", "net_amount": amount, "gross_amount": amount,
            "search": f"{number}\nr-{number}\n{company}\n{name}\n{amount}".casefold(), "snapshot": snapshot,
            "fingerprint": "f" * 64, "settings_fingerprint": "s" * 64, "exchange_key": f"getmyinvoices:1:{number}",
            "target_id": f"expense-{number}" if is_there else None, "file_id": None, "file_sha256": "a" * 64,
            "file_bytes": 20_000, "planned_by": run, "moved_by": run if is_there else None, "attempts": 1,
            "asked_at": at, "created_at": at, "changed_at": at, "moved_at": at if is_there else None,
            "archived_at": at if state == "archived" else None,
        }  # fmt: skip


def _copy(connection: sa.Connection, first: int, count: int) -> None:
    """Enter the first documents once more, as others; the database is quicker at that than we are."""
    column = documents.c
    suffix = f"-{first}"
    differing: dict[str, Any] = {
        "id": column.id + first,
        "source_id": sa.cast(column.id + first, sa.String),
        **{name: column[name].concat(suffix) for name in ("exchange_key", "target_id", "target_name_key")},
    }
    names = [one.name for one in documents.columns]
    rows = sa.select(*(differing.get(name, column[name]) for name in names)).where(column.id <= count)
    connection.execute(documents.insert().from_select(names, rows))


def _enter_event(connection: sa.Connection, kind: str, before: str | None, after: str) -> None:
    values: dict[str, Any] = {
        "document_id": documents.c.id,
        "at": documents.c.created_at,
        "actor": sa.literal("run"),
        "kind": sa.literal(kind),
        "from_state": sa.literal(before, sa.String) if before else sa.null(),
        "to_state": sa.literal(after, sa.String),
        "detail": sa.literal_column("'{}'"),
    }
    connection.execute(events.insert().from_select(list(values), sa.select(*values.values())))


def _runs(accounts: int) -> Iterator[dict[str, Any]]:
    for ago, day in _days():
        for number in range(accounts):
            failed = number % 60 == 9
            yield {
                "id": f"debitoor__{name_of(number)}/{_run_id(day)}",
                "account": name_of(number), "direction": "export", "kind": "scheduled",
                "window": {"from": None, "to": None, "document_ids": [], "full": not ago},
                "started_at": day, "finished_at": day + timedelta(seconds=40), "counts": {"moved": 30},
                "verdict": "stopped" if failed else "success", "error": "The key is blocked." if failed else "",
                "remedy": "Enter a new key." if failed else "",
            }  # fmt: skip


def _days() -> Iterator[tuple[int, datetime]]:
    today = _now().replace(hour=0, minute=0, second=0, microsecond=0)
    for ago in range(DAYS - 1, -1, -1):
        yield ago, today - timedelta(days=ago)


def _run_id(day: date) -> str:
    return f"scheduled__{day.isoformat()}"


def _now() -> datetime:
    return datetime.now(UTC)


def _insert(connection: sa.Connection, table: sa.Table, rows: Iterator[dict[str, Any]]) -> None:
    statement = table.insert()
    for chunk in _chunks(rows):
        connection.execute(statement, chunk)


def _chunks(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while chunk := list(itertools.islice(rows, _CHUNK)):
        yield chunk
