"""A document that a service answers wrongly in run after run needs a person, instead of being retried forever.

Nothing is known to be wrong with a document whose file is once a web page, for example: it is tried again. That such an
answer stays is seen by the document's history, and that it is the document's own by the other documents of the run.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import BadAnswer, NotSent, TooSlow, Unavailable
from debitoor_provider.sync.ledger import EventKind

if TYPE_CHECKING:
    from debitoor_provider.services.errors import ServiceError
    from debitoor_provider.sync.ledger import Entry, Ledger

log = logging.getLogger(__name__)

RUNS = 3
"""In so many runs in a row a document is tried."""
_BETWEEN = frozenset({EventKind.POSTPONED, EventKind.LISTED, EventKind.NAMED})
"""What happens to a document that is tried in each run and never gets as far as being sent."""


class RepeatedAnswers:
    """The answers by which documents of a run fail before anything of them is sent; for any number of threads."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._any_went = False

    def went(self) -> None:
        """Take note that a document went through: the services answer as they should."""
        self._any_went = True

    def settle(self, entry: Entry, error: ServiceError) -> bool:
        """Write down that a document failed, and return whether it is rejected for it: the same answer has stayed.

        While no other document of the run has gone through, the service may be to blame, for however many runs.

        :param entry: a planned document, as it was claimed
        """
        if not isinstance(error, BadAnswer | TooSlow | Unavailable) or isinstance(error, NotSent):
            return False
        runs = self._runs_before(entry, error.message) | {entry.run_id} if self._any_went else set()
        if len(runs) < RUNS:
            self._ledger.steps.postpone(entry, error.message)
            return False
        self._ledger.steps.reject(entry, Message("same_answer_stays", count=len(runs), reason=error.located))
        log.warning("Document %s is rejected after %d runs: %s", entry.source_id, len(runs), error)
        return True

    def _runs_before(self, entry: Entry, why: Message) -> set[str]:
        """Return the runs in which a document failed in the same way, back to whatever else happened to it."""
        runs = set()
        for event in reversed(self._ledger.documents.history(entry)):
            if event.kind not in _BETWEEN:
                break
            if event.kind == EventKind.POSTPONED:
                if event.detail.get("why") != why.as_json():
                    break
                runs.add(event.run_id or "")
        return runs
