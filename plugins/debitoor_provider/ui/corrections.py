"""What a person states about one document in place of its record."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from debitoor_provider.sync.accounts.sections import Period
from debitoor_provider.sync.directions import DIRECTIONS
from debitoor_provider.sync.export.choices import to_decisions
from debitoor_provider.sync.export.corrections import problems_of
from debitoor_provider.sync.ledger import IllegalTransition
from debitoor_provider.ui.folder import is_fileless, settings_of
from debitoor_provider.ui.ledger import opened_ledger
from debitoor_provider.ui.models.corrections import StatedFacts
from debitoor_provider.ui.refusals import Refused

if TYPE_CHECKING:
    from debitoor_provider.sync.export.corrections import Corrections
    from debitoor_provider.sync.ledger import Entry


def stated_of(entry: Entry) -> StatedFacts:
    """Return what a person has stated about a document."""
    return StatedFacts.of(to_decisions(entry.corrections).corrections)


def correct(entry: Entry, stated: Corrections, actor: str, reason: str) -> None:
    """Plan a document with what a person states about it.

    :raises Refused: 409 when the document does not allow it, 422 for facts that cannot be
    """
    allowed = DIRECTIONS[entry.direction].correctable(entry)
    if not allowed or not stated.texts().keys() <= {*allowed}:
        raise Refused("correction_not_allowed", status=409)
    period = Period() if is_fileless(entry.account) else settings_of(entry.account).period
    for problem in problems_of(stated, entry.gross_amount, period.start, period.end, today=datetime.now(UTC).date()):
        raise Refused(problem.code, status=422, **problem.params)
    try:
        opened_ledger().documents.correct([entry], stated.words(), actor, reason, detail=stated.as_json())
    except IllegalTransition:  # a run was faster
        raise Refused("no_document_allows", status=409) from None
