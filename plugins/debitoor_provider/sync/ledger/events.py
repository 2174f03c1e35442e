"""The history of documents: one event for each change, written in the transaction of the change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from debitoor_provider.sync.ledger.database.tables import documents, events
from debitoor_provider.sync.ledger.states import STEPS, EventKind, State

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

RUN = "run"
"""The actor of every change that a run made, or a command that is none of a person's decisions."""
CHECK = "check"
"""The actor of what a check found that no person started, e.g. one of a DAG."""


def event_values(
    document_id: int,
    kind: EventKind,
    from_state: State | None,
    to_state: State,
    *,
    at: datetime,
    run_id: str | None,
    actor: str = RUN,
    detail: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the row of one event."""
    return {
        "document_id": document_id,
        "at": at,
        "run_id": run_id or None,
        "actor": actor,
        "kind": str(kind),
        "from_state": from_state,
        "to_state": to_state,
        "detail": dict(detail or {}),
    }


_STAYS = (EventKind.NOT_ARCHIVED, EventKind.NAMED, *(kind for kind, step in STEPS.items() if step.keeps))
"""What happens to a document that is moved already."""


def was_found() -> sa.ColumnElement[bool]:
    """Return the condition that a document became moved because it was at the target already: nothing was sent."""
    return sa.func.coalesce(events.c.detail["found"].as_boolean(), sa.false())


def last_way_to_moved() -> sa.ScalarSelect[str]:
    """Return the subquery of the kind of event by which a document became moved the last time."""
    return (
        sa.select(events.c.kind)
        .where(
            events.c.document_id == documents.c.id,
            events.c.to_state == State.MOVED,
            events.c.kind.not_in([str(kind) for kind in _STAYS]),
        )
        .order_by(events.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
