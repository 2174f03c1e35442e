"""``airflow debitoor documents correct``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from airflow.utils.cli import suppress_logs_and_warning

from debitoor_provider.cli.console import actor, opened_ledger, settings_of, show
from debitoor_provider.cli.documents import named, row_of
from debitoor_provider.messages import Message
from debitoor_provider.runs.windows import to_day
from debitoor_provider.sync.directions import DIRECTIONS
from debitoor_provider.sync.export.corrections import Corrections, problems_of, require_one_meaning, to_corrections
from debitoor_provider.sync.ledger import IllegalTransition, read_choices

if TYPE_CHECKING:
    from argparse import Namespace

    from debitoor_provider.sync.ledger import Entry


@suppress_logs_and_warning
def correct(args: Namespace) -> None:
    """Plan a document with facts that are stated in place of its record."""
    with opened_ledger() as ledger:
        args.documents = [args.document]
        entry = named(args, ledger)[0]
        stated = _stated(args, entry)
        allowed = DIRECTIONS[entry.direction].correctable(entry)
        if not allowed or not stated.texts().keys() <= {*allowed}:
            why = entry.reason or Message("document_is", state=entry.state)
            raise SystemExit(Message("correct_not_now", document=entry.source_id, reason=why).text())
        period = settings_of(entry.account).period
        today = datetime.now(UTC).date()
        if problems := problems_of(stated, entry.gross_amount, period.start, period.end, today=today):
            raise SystemExit("\n".join(map(str, problems)))
        try:
            changed = ledger.documents.correct([entry], stated.words(), actor(), args.reason, detail=stated.as_json())
        except IllegalTransition:  # a run was faster
            raise SystemExit(Message(f"unchanged_{entry.state}", document=entry.source_id).text()) from None
        show(args, [row_of(one) for one in changed])


def _stated(args: Namespace, entry: Entry) -> Corrections:
    """Return what the command states, with what was stated before.

    :raises SystemExit: when it states nothing, or a value does not have its form
    """
    if day := to_day("--date", args.date or ""):
        args.date = day.isoformat()
    words = {
        "date": args.date,
        "currency": (args.currency or "").upper(),
        "tax": ",".join(args.tax or []),
        "exchange_rate": args.exchange_rate,
        "supply": args.supply,
    }
    given = {name: value for name, value in words.items() if value}
    if bool(given) == args.withdraw:
        raise SystemExit(Message("correct_nothing_stated").text())
    try:
        require_one_meaning(given)
        return to_corrections(given if args.withdraw else {**read_choices(entry.corrections), **given})
    except ValueError as error:
        raise SystemExit(str(error)) from None
