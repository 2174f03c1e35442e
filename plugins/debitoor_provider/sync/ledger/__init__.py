"""The memory of the exchange: every attempt may be repeated, the outcome is there once (design section 5)."""

from __future__ import annotations

from debitoor_provider.sync.ledger.choices import read_choices
from debitoor_provider.sync.ledger.consents import Consent
from debitoor_provider.sync.ledger.database.types import storable
from debitoor_provider.sync.ledger.entries import Entry, Event, FoundDocument, PlannedDocument, record_digest
from debitoor_provider.sync.ledger.errors import (
    EntryChanged,
    IllegalTransition,
    LeaseLost,
    LedgerError,
    LedgerMisconfigured,
    LedgerOutdated,
    LedgerTooNew,
    LedgerUnavailable,
    TargetChanged,
)
from debitoor_provider.sync.ledger.events import CHECK, RUN
from debitoor_provider.sync.ledger.figures import Correction, Counts
from debitoor_provider.sync.ledger.filters import Chosen, Order
from debitoor_provider.sync.ledger.ledger import Ledger
from debitoor_provider.sync.ledger.notices import Notice
from debitoor_provider.sync.ledger.pending import Pending
from debitoor_provider.sync.ledger.results import Naming, Outcome, PlanResult, RebuildResult
from debitoor_provider.sync.ledger.rows import Described, likeness_keys, restated
from debitoor_provider.sync.ledger.run_records import DRY_RUN, WENT_THROUGH, Run, Verdict, Watermark
from debitoor_provider.sync.ledger.sent import Sent
from debitoor_provider.sync.ledger.states import ATTENTION, DONE, DUE, OPEN, DirectionName, EventKind, State, origins
from debitoor_provider.sync.ledger.stops import Stop
from debitoor_provider.sync.ledger.wrong import WrongSettings

__all__ = [
    "ATTENTION",
    "CHECK",
    "DONE",
    "DRY_RUN",
    "DUE",
    "OPEN",
    "RUN",
    "WENT_THROUGH",
    "Chosen",
    "Consent",
    "Correction",
    "Counts",
    "Described",
    "DirectionName",
    "Entry",
    "EntryChanged",
    "Event",
    "EventKind",
    "FoundDocument",
    "IllegalTransition",
    "LeaseLost",
    "Ledger",
    "LedgerError",
    "LedgerMisconfigured",
    "LedgerOutdated",
    "LedgerTooNew",
    "LedgerUnavailable",
    "Naming",
    "Notice",
    "Order",
    "Outcome",
    "Pending",
    "PlanResult",
    "PlannedDocument",
    "RebuildResult",
    "Run",
    "Sent",
    "State",
    "Stop",
    "TargetChanged",
    "Verdict",
    "Watermark",
    "WrongSettings",
    "likeness_keys",
    "origins",
    "read_choices",
    "record_digest",
    "restated",
    "storable",
]
