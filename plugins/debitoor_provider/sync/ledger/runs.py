"""Runs, and how far each account's source was asked."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from debitoor_provider.sync.ledger.engine import upsert
from debitoor_provider.sync.ledger.errors import LedgerError
from debitoor_provider.sync.ledger.records import Run, Watermark
from debitoor_provider.sync.ledger.rows import chunks
from debitoor_provider.sync.ledger.tables import runs, watermarks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from debitoor_provider.sync.ledger.states import Direction

_RUN = [runs.c[field.name] for field in dataclasses.fields(Run)]
_WATERMARK = [watermarks.c[field.name] for field in dataclasses.fields(Watermark)]


def start(connection: Connection, run: Run, at: datetime) -> None:
    """Enter a run. One that is known begins anew: its task is tried again, or it was cleared."""
    values: dict[str, Any] = {
        "kind": run.kind,
        "window": dict(run.window),
        "finished_at": None,
        "counts": {},
        "verdict": "",
        "error": "",
        "remedy": "",
    }
    first = {"id": run.id, "account": run.account, "direction": run.direction, "started_at": run.started_at or at}
    connection.execute(
        upsert(connection, runs).values(first | values).on_conflict_do_update(index_elements=["id"], set_=values)
    )


def finish(
    connection: Connection, run_id: str, at: datetime, *, counts: Mapping[str, Any], verdict: str, error: str
) -> None:
    """Enter what a run came to.

    :raises LedgerError: for a run that the ledger does not know
    """
    values = {"finished_at": at, "counts": dict(counts), "verdict": verdict, "error": error}
    if not connection.execute(runs.update().where(runs.c.id == run_id).values(values)).rowcount:
        raise LedgerError(f"There is no run {run_id} in the ledger.")


def note_error(connection: Connection, run_id: str, error: str, remedy: str, verdict: str) -> None:
    """Enter why a step failed; a run that was not started has nowhere to say it."""
    values = {"error": error, "remedy": remedy, "verdict": verdict}
    connection.execute(runs.update().where(runs.c.id == run_id).values(values))


def find(connection: Connection, run_id: str) -> Run | None:
    """Return a run, ``None`` when it is not known."""
    row = connection.execute(sa.select(*_RUN).where(runs.c.id == run_id)).first()
    return None if row is None else Run(*row)


def known(connection: Connection, run_ids: Iterable[str]) -> dict[str, Run]:
    """Return, by their ids, the runs that are known."""
    found: dict[str, Run] = {}
    for chunk in chunks(sorted(set(run_ids))):
        rows = connection.execute(sa.select(*_RUN).where(runs.c.id.in_(chunk)))
        found |= {run.id: run for run in (Run(*row) for row in rows)}
    return found


def latest(
    connection: Connection, account: str | None, limit: int, accounts: Collection[str] | None = None
) -> list[Run]:
    """Return the latest runs, newest first."""
    statement = sa.select(*_RUN).order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(limit)
    if account is not None:
        statement = statement.where(runs.c.account == account)
    if accounts is not None:
        statement = statement.where(runs.c.account.in_(sorted(accounts)))
    return [Run(*row) for row in connection.execute(statement)]


def last_judged(connection: Connection, account: str, verdicts: Collection[str] | None) -> Run | None:
    """Return the latest run that was to move something and has a verdict, or one of these; else ``None``."""
    is_wanted = runs.c.verdict != "" if verdicts is None else runs.c.verdict.in_(sorted(verdicts))
    row = connection.execute(
        sa.select(*_RUN)
        .where(runs.c.account == account, runs.c.kind != "dry_run", is_wanted)
        .order_by(runs.c.started_at.desc(), runs.c.id.desc())
        .limit(1)
    ).first()
    return None if row is None else Run(*row)


def watermark(connection: Connection, account: str, direction: Direction) -> Watermark:
    """Return how far the source was asked."""
    row = connection.execute(
        sa.select(*_WATERMARK).where(watermarks.c.account == account, watermarks.c.direction == direction)
    ).first()
    return Watermark(account, direction) if row is None else Watermark(*row)


def lock_watermark(connection: Connection, account: str, direction: Direction) -> None:
    """Let one plan of an account wait for the other, until the transaction ends."""
    statement = upsert(connection, watermarks).values(account=account, direction=direction, settings_fingerprint="")
    connection.execute(
        statement.on_conflict_do_update(index_elements=["account", "direction"], set_={"account": account})
    )


def move_watermark(
    connection: Connection,
    account: str,
    direction: Direction,
    *,
    listed_at: datetime | None,
    full_listed_at: datetime | None,
    settings_fingerprint: str,
) -> None:
    """Move the marks that are given, and never back: a run may end after one that started later."""
    before = watermark(connection, account, direction)
    if listed_at is None and full_listed_at is None:
        return
    connection.execute(
        watermarks.update()
        .where(watermarks.c.account == account, watermarks.c.direction == direction)
        .values(
            listed_at=_later(before.listed_at, listed_at),
            full_listed_at=_later(before.full_listed_at, full_listed_at),
            settings_fingerprint=settings_fingerprint,
        )
    )


def reset_watermark(connection: Connection, account: str, direction: Direction) -> None:
    """Forget how far the source was asked: the next run lists everything."""
    connection.execute(watermarks.delete().where(watermarks.c.account == account, watermarks.c.direction == direction))


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((moment for moment in (one, other) if moment is not None), default=None)
