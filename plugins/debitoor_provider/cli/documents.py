"""``airflow debitoor documents``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from airflow.utils.cli import suppress_logs_and_warning

from debitoor_provider.cli.console import actor, opened_ledger, period_of, require_account, show
from debitoor_provider.cli.stderr import hint, wrong
from debitoor_provider.messages import Message
from debitoor_provider.runs.tables import money
from debitoor_provider.runs.words import code_of, word
from debitoor_provider.sync.accounts.values import quoted
from debitoor_provider.sync.decisions import choose, distinguish
from debitoor_provider.sync.directions import DIRECTIONS
from debitoor_provider.sync.ledger import ATTENTION, DONE, EventKind, IllegalTransition, State
from debitoor_provider.sync.marks import E_INVOICES, MARKS
from debitoor_provider.sync.steps.lookalikes import lookalike_keys
from debitoor_provider.sync.text import nearest

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterable

    from debitoor_provider.sync.ledger import Entry, Ledger


LEAST = ("mark", "invoice", "at_target", "booked", "name", "number", "company", "date")
"""The columns of documents that a narrow terminal leaves out, the least important first."""


@suppress_logs_and_warning
def list_documents(args: Namespace) -> None:
    """List documents and what became of them."""
    account = args.account or args.account_option
    states = {_state(name) for name in args.state or []} | (ATTENTION if args.attention else set())
    fitting: dict[str, Any] = {
        "account": account,
        "states": states or None,
        "text": args.text,
        "mark": args.mark and _one_of(args.mark, MARKS, "mark"),
        "invoice": args.invoice and _one_of(args.invoice, E_INVOICES, "invoice"),
        "period": period_of(args),
    }
    with opened_ledger() as ledger:
        if account is not None:
            require_account(account, ledger)
        entries = ledger.documents.entries(**fitting, limit=args.limit)
        least = ("account", *LEAST) if account else LEAST
        show(args, [row_of(entry) for entry in entries], empty=Message("no_such_documents"), least=least)
        if len(entries) == args.limit and (all_of_them := sum(ledger.documents.count(**fitting).values())) > args.limit:
            hint(Message("list_is_cut", limit=args.limit, total=all_of_them))


@suppress_logs_and_warning
def retry(args: Namespace) -> None:
    """Plan documents again."""
    with opened_ledger() as ledger:
        kind = EventKind.SENT_AGAIN if args.if_missing else EventKind.RETRIED
        _decide(args, ledger, kind, partial(ledger.documents.retry, if_missing=args.if_missing))


@suppress_logs_and_warning
def book(args: Namespace) -> None:
    """Plan held or rejected documents again, with the figures of the e-invoice or of the record."""
    with opened_ledger() as ledger:
        refused = [
            Message("book_not_this", document=entry.source_id, reason=state_reason(entry)).text()
            for entry in named(args, ledger)
            if not DIRECTIONS[entry.direction].questions(entry, args.figures)
        ]
        if refused:
            raise SystemExit("\n".join([*refused, Message("book_nothing_changed").text()]))
        _decide(args, ledger, EventKind.RETRIED, partial(choose, ledger, args.figures))


@suppress_logs_and_warning
def distinct(args: Namespace) -> None:
    """Record that documents are no duplicates of what they look like."""
    with opened_ledger() as ledger:
        entries = named(args, ledger)
        others = [entry.source_id for entry in entries if not lookalike_keys(entry)]
        if others:
            raise SystemExit(str(Message("distinct_not_these", documents=others)))
        _decide(args, ledger, EventKind.DISTINCT, partial(distinguish, ledger))


@suppress_logs_and_warning
def ignore(args: Namespace) -> None:
    """Mark documents as never to be sent."""
    with opened_ledger() as ledger:
        _decide(args, ledger, EventKind.IGNORED, ledger.documents.ignore)


@suppress_logs_and_warning
def mark_moved(args: Namespace) -> None:
    """Take the person's word that the target has these documents."""
    with opened_ledger() as ledger:
        _decide(args, ledger, EventKind.MARKED_MOVED, ledger.documents.mark_moved)


def _decide(
    args: Namespace, ledger: Ledger, kind: EventKind, step: Callable[[list[Entry], str, str], list[Entry]]
) -> None:
    """Do something with those of the named documents whose state allows it.

    :raises SystemExit: when one is left as it is, saying what can be done with it instead
    """
    entries = named(args, ledger)
    try:
        changed = step(entries, actor(), args.reason)
    except IllegalTransition:  # none of them
        changed = []
    if changed:
        show(args, [row_of(entry) for entry in changed], least=("account", *LEAST))
    unchanged = {entry.id for entry in entries} - {entry.id for entry in changed}
    if unchanged:
        left = [_instead(entry, kind) for entry in entries if entry.id in unchanged]
        raise SystemExit("\n".join(left))


def _instead(entry: Entry, kind: EventKind) -> str:
    """Return why a document was left as it is, and what a person can do."""
    if kind is EventKind.RETRIED and entry.state in DONE:
        return str(Message(f"unchanged_{entry.state}", document=entry.source_id))
    if kind is EventKind.SENT_AGAIN and entry.state is State.IGNORED:
        return Message("unchanged_send_again", document=entry.source_id).text()
    return Message(f"unchanged_{entry.state}", document=entry.source_id).text()


def named(args: Namespace, ledger: Ledger) -> list[Entry]:
    """Find the documents that the command names.

    :raises SystemExit: when one is not known
    """
    require_account(args.account, ledger)
    found: dict[str, Entry] = {}
    for direction in DIRECTIONS:
        found |= ledger.documents.known(args.account, direction, args.documents)
    missing = [document for document in args.documents if document not in found]
    if missing:
        raise SystemExit(str(Message("documents_unknown", documents=missing, account=args.account)))
    return list(found.values())


def state_reason(entry: Entry) -> Message | str:
    """Return why a document is in its state, or else which that is."""
    return entry.reason or Message("document_is", state=word(f"state.{entry.state}", entry.state))


def row_of(entry: Entry) -> dict[str, Any]:
    return {
        "account": entry.account,
        "document": entry.source_id,
        "state": str(entry.state),
        "date": entry.document_date or "",
        "number": entry.document_number,
        "company": entry.company,
        "gross": money(entry.gross_amount, entry.currency, is_named=False),
        "currency": entry.currency,
        "booked": money(entry.booked_gross, entry.booked_currency),
        "name": entry.target_name or entry.source_name,
        "at_target": entry.target_id or "",
        "why": " ".join(part for part in (entry.reason, entry.remedy) if part),
        "invoice": entry.invoice,
        "mark": " ".join(mark.text() for mark in entry.marks),
    }


def _state(name: str) -> State:
    return State(_one_of(name, State, "state"))


def _one_of(name: str, codes: Iterable[str], section: str) -> str:
    """Return the code of a name, which may also be the reader's word for it.

    :param section: of the page's words
    :raises SystemExit: when it is not known, naming the nearest word, or all
    """
    known = [*codes]
    code = code_of(name, section, known).lower()
    if code in known:
        return code
    words = {one: word(f"{section}.{one}", one) for one in known}
    said = {one: text if text == one else quoted(text) for one, text in words.items()}
    near = nearest(name, [*words, *words.values()])
    meant = near and said.get(code_of(near, section, known), near)
    hint = Message("did_you_mean", value=meant) if meant else Message("use_one_of", choices=[*said.values()])
    raise wrong(Message("option_not_a_choice", value=quoted(name), noun=Message(f"noun_{section}"), hint=hint))
