"""What every step of a run works with."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from debitoor_provider.sync.accounts.settings import fingerprint
from debitoor_provider.sync.ledger import DUE, RUN
from debitoor_provider.sync.window import RunKind, was_chosen

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.sync.accounts.settings import Account
    from debitoor_provider.sync.ledger import Ledger, Pending
    from debitoor_provider.sync.steps.direction import Direction
    from debitoor_provider.sync.steps.shared import SharedListing


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Job:
    """One account in one run.

    :param account_id: under which the ledger keeps the account's documents
    :param run_id: the run's id in the ledger, unique over all DAGs and accounts
    :param is_chosen: whether the run is for a period or for documents that were chosen; ``None``: as its plan says
    :param shared: a listing of changes that several accounts take their documents from
    :param actor: who or what it is, in the history of documents: a run, a check, or ``user:<name>``
    :param ending: set when the process is to end: then no further document begins
    """

    account_id: str
    account: Account
    direction: Direction[Any]
    ledger: Ledger
    run_id: str
    kind: RunKind = RunKind.MANUAL
    is_chosen: bool | None = None
    shared: SharedListing[Any] | None = None
    actor: str = RUN
    ending: threading.Event = field(default_factory=threading.Event, repr=False)
    now: Callable[[], datetime] = field(default=_utc_now, repr=False)

    @property
    def settings_fingerprint(self) -> str:
        """Changes when settings change that decide what happens to a document."""
        return fingerprint(self.account)

    @property
    def planned_by(self) -> str | None:
        """The run whose documents are due: only this one where they were chosen; other runs move what was left, too."""
        if self.is_chosen is None:
            run = self.ledger.runs.get(self.run_id)
            self.is_chosen = run is not None and was_chosen(run.window)
        return self.run_id if self.is_chosen else None

    def due(self) -> Pending:
        """Return the documents that the run is to move, older documents first."""
        return self.ledger.plans.pending(self.account_id, self.direction.name, DUE, planned_by=self.planned_by)

    def unnamed(self) -> Pending:
        """Return the documents that the run is to name, in the order in which they came."""
        return self.ledger.plans.unnamed(self.account_id, self.direction.name, planned_by=self.planned_by)
