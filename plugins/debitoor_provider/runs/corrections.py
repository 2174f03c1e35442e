"""Whether what a person states about one document lets it go: it is drafted with that, and nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.services.errors import ServiceError
from debitoor_provider.sync.directions import DIRECTIONS
from debitoor_provider.sync.ledger import read_choices
from debitoor_provider.sync.obstacle import Obstacle

if TYPE_CHECKING:
    from decimal import Decimal

    from debitoor_provider.messages import Message
    from debitoor_provider.sync.corrections import Corrections
    from debitoor_provider.sync.ledger import Entry
    from debitoor_provider.sync.steps.job import Job


def unsettled(job: Job, entry: Entry, stated: Corrections) -> Message | None:
    """Return for what a document would be held or rejected as before, or because of what is stated.

    Another reason that comes to light is left to the next run: it may need another person. So is a document that
    cannot be read now.

    :param job: of the document's account
    :param stated: all that a person states about the document
    """
    if not stated.texts():
        return None
    try:
        record = job.direction.read(entry.source_id)
        job.direction.drafts([record]).draft(record, " ".join(filter(None, [entry.choice, stated.words()])))
    except Obstacle as obstacle:
        is_same = obstacle.code in {entry.reason_code, *DIRECTIONS[entry.direction].correction_errors}
        return obstacle.message if is_same else None
    except ServiceError:
        return None
    return None


def recorded_gross(entry: Entry) -> Decimal | None:
    """Return the gross amount of a document's record; ``None`` where a person has chosen that of its e-invoice."""
    return None if "invoice" in read_choices(entry.choice).values() else entry.gross_amount
