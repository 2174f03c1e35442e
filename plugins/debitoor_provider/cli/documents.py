"""``airflow debitoor documents``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.utils.cli import suppress_logs_and_warning

from debitoor_provider.cli.console import actor, hint, opened_ledger, show
from debitoor_provider.runs.tables import money
from debitoor_provider.runs.windows import to_day
from debitoor_provider.sync.directions import DIRECTIONS
from debitoor_provider.sync.ledger import ATTENTION, State

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from debitoor_provider.sync.ledger import Entry, Ledger


@suppress_logs_and_warning
def list_documents(args: Namespace) -> None:
    """List documents and what became of them."""
    with opened_ledger() as ledger:
        states = {_state(name) for name in args.state or []} | (ATTENTION if args.attention else set())
        fitting: dict[str, Any] = {
            "account": args.account,
            "states": states or None,
            "text": args.text,
            "period": (to_day("--from", args.period_from), to_day("--to", args.period_to)),
        }
        entries = ledger.documents.entries(**fitting, limit=args.limit)
        show(args, [_row(entry) for entry in entries], right=["gross"], empty="There are no such documents.")
        if len(entries) == args.limit and (all_of_them := sum(ledger.documents.count(**fitting).values())) > args.limit:
            hint(f"These are {args.limit} of {all_of_them} documents; --limit shows more.")


@suppress_logs_and_warning
def retry(args: Namespace) -> None:
    """Plan documents again."""
    with opened_ledger() as ledger:
        _show_changed(args, ledger.documents.retry(_named(args, ledger), actor(), args.reason, again=args.again))


@suppress_logs_and_warning
def ignore(args: Namespace) -> None:
    """Never send these documents."""
    with opened_ledger() as ledger:
        _show_changed(args, ledger.documents.ignore(_named(args, ledger), actor(), args.reason))


@suppress_logs_and_warning
def mark_moved(args: Namespace) -> None:
    """Take the person's word that the target has these documents."""
    with opened_ledger() as ledger:
        _show_changed(args, ledger.documents.mark_moved(_named(args, ledger), actor(), args.reason))


@suppress_logs_and_warning
def history(args: Namespace) -> None:
    """Show everything that happened to a document."""
    args.documents = [args.document]
    with opened_ledger() as ledger:
        entry = _named(args, ledger)[0]
        rows = [
            {
                "at": event.at.isoformat(timespec="seconds"),
                "what": str(event.kind),
                "state": str(event.to_state),
                "by": event.actor if event.actor != "run" else event.run_id or "",
                "detail": ", ".join(f"{key}: {value}" for key, value in event.detail.items()),
            }
            for event in ledger.documents.history(entry)
        ]
        show(args, rows)


def _named(args: Namespace, ledger: Ledger) -> list[Entry]:
    """Find the documents that the command names.

    :raises SystemExit: when one is not known
    """
    found: dict[str, Entry] = {}
    for direction in DIRECTIONS:
        found |= ledger.documents.known(args.account, direction, args.documents)
    missing = [document for document in args.documents if document not in found]
    if missing:
        raise SystemExit(f"The ledger does not know {', '.join(missing)} of the account {args.account}.")
    return list(found.values())


def _show_changed(args: Namespace, entries: Sequence[Entry]) -> None:
    show(args, [_row(entry) for entry in entries], right=["gross"], empty="Nothing was changed.")
    left = len(set(args.documents)) - len(entries)
    if left:
        raise SystemExit(f"{left} of the documents are in a state that does not allow this; they were left alone.")


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "account": entry.account,
        "document": entry.source_id,
        "state": str(entry.state),
        "date": entry.document_date or "",
        "number": entry.document_number,
        "company": entry.company,
        "gross": money(entry.gross_amount),
        "currency": entry.currency,
        "name": entry.target_name or entry.source_name,
        "at_target": entry.target_id or "",
        "why": " ".join(part for part in (entry.reason, entry.remedy) if part),
    }


def _state(name: str) -> State:
    try:
        return State(name.lower())
    except ValueError:
        raise SystemExit(f"{name!r} is no state. Use one of {', '.join(State)}.") from None
