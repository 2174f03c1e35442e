"""Documents that were sent before and that the account would not send now: their expenses stay."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from debitoor_provider.sync.export.booked_amounts import unbooked
from debitoor_provider.sync.export.restored import amounts_by_rate
from debitoor_provider.sync.ledger import Sent
from debitoor_provider.sync.money import ZERO
from debitoor_provider.sync.steps.repeated_records import found_before

if TYPE_CHECKING:
    from collections.abc import Sequence

    from debitoor_provider.services.debitoor.models import Expense
    from debitoor_provider.sync.ledger import Entry, Ledger
    from debitoor_provider.sync.steps.left_out import LeftOut

log = logging.getLogger(__name__)


def keep(ledger: Ledger, entry: Entry, there: Sequence[Expense], left_out: LeftOut) -> None:
    """Count a document as moved whose expense is there, whatever its record says by now.

    It is archived later only if the expense still has the amount that was sent, and a file of the same size.

    :param there: the expenses with its marker, as many as a person wanted
    """
    expense = next((one for one in there if one.id == entry.target_id), there[0])
    has_file = expense.file is not None and expense.file.size_bytes in (None, entry.file_bytes)
    moved = ledger.steps.moved(
        entry,
        expense.id,
        detail={**found_before(entry), "number": expense.number, "why": left_out.message.as_json()},
        mark=unbooked(expense),
        sent=None if entry.booked_gross is not None else _sent_before(entry, expense),
        is_verified=has_file
        and (entry.booked_gross, entry.booked_currency) == (expense.total_gross_amount, expense.currency),
    )
    if moved.archived_at:
        ledger.steps.archived([moved], entry.run_id)
    log.info("Document %s stays as it was sent: %s", entry.source_id, left_out.reason)


def _sent_before(entry: Entry, expense: Expense) -> Sent:
    """Return what was sent of a document, as its expense states it."""
    own = entry.net_amount, entry.gross_amount, entry.currency, entry.document_number
    gross = expense.total_gross_amount or ZERO  # what has no value is left out (Debitoor contract 3.5)
    return Sent(gross, expense.currency, entry.document_date, *own, by_rate=amounts_by_rate(expense))
