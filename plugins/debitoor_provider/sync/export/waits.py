"""Documents that wait: for a date within the account's period, for an exchange rate, for their approval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.sync.export.choices import corrected, to_decisions
from debitoor_provider.sync.export.conversion import still_waits
from debitoor_provider.sync.export.records import DOCUMENTS
from debitoor_provider.sync.export.selection import select, undated
from debitoor_provider.sync.obstacle import Obstacle, ObstacleKind, waiting
from debitoor_provider.sync.period import outside
from debitoor_provider.sync.steps.left_out import LeftOut, before_reading

if TYPE_CHECKING:
    from debitoor_provider.messages import Message
    from debitoor_provider.services.getmyinvoices.models import Document
    from debitoor_provider.sync.accounts.settings import ExportAccount
    from debitoor_provider.sync.export.evidence import Evidence
    from debitoor_provider.sync.export.exchange_rates import ExchangeRates
    from debitoor_provider.sync.ledger import Entry


NO_DATE = frozenset({"no_date", "date_unreadable"})
"""The reasons of documents whose record has no date."""
ASKED = frozenset({"not_approved", "no_workflow"})
"""The reasons of documents that a run asks GetMyInvoices about, since no listing shows that they need not wait."""
RECHECKED = NO_DATE | {"period_by_invoice", "no_rate_yet"}
"""The other reasons for which :func:`look_again` has an answer."""


def require_period(document: Document, evidence: Evidence | None, account: ExportAccount) -> None:
    """Make sure that a document is within the account's period by the date of its e-invoice.

    :param evidence: what its file says; ``None`` if it was not read
    :raises Obstacle: when it is not, or when its e-invoice does not tell
    """
    day = evidence.date if evidence else None
    known = {"is_read": True} if evidence else {}
    left_out = outside(day, account.period, undated(document, **known))
    if left_out is None:
        return
    if day is not None:
        raise waiting("period_by_invoice", date=day)
    raise Obstacle(ObstacleKind.WAITING, left_out.message)


def _is_read(waits: Message) -> bool:
    """Return whether a document waits for its date although its file has been read."""
    return waits.code == "period_by_invoice" or bool(waits.params.get("is_read"))


def look_again(entry: Entry, account: ExportAccount, rates: ExchangeRates) -> LeftOut | bool:
    """Return whether a run looks at a waiting document; see :meth:`.Direction.recheck`.

    Its file is read for its date once, and again when its record has changed.
    """
    waits = entry.message
    if waits and _is_read(waits):
        return LeftOut(waits, waits=True)
    if waits and entry.reason_code == "no_rate_yet":
        still = still_waits(waits, rates)
        return LeftOut(still, waits=True) if still else True
    if entry.reason_code in NO_DATE:
        record = corrected(DOCUMENTS.load(entry.snapshot), to_decisions(entry.decisions).corrections)
        return before_reading(select(record, account)) is None
    return entry.reason_code in ASKED
