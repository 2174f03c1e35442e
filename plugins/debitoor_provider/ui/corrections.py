"""What a person states about one document in place of its record."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from debitoor_provider.runs.corrections import recorded_gross, unsettled
from debitoor_provider.sync.accounts.sections import Books, Period
from debitoor_provider.sync.accounts.settings import DebitoorAccount
from debitoor_provider.sync.books import complete_books_of
from debitoor_provider.sync.corrections import problems_of, to_corrections
from debitoor_provider.sync.directions import DIRECTIONS
from debitoor_provider.sync.ledger import DONE, Chosen, IllegalTransition, read_choices
from debitoor_provider.ui import samples
from debitoor_provider.ui.folder import account_files, is_fileless, settings_of
from debitoor_provider.ui.jobs import opened_job
from debitoor_provider.ui.ledger import opened_ledger
from debitoor_provider.ui.models.corrections import StatedFacts
from debitoor_provider.ui.refusals import RequestRefused

if TYPE_CHECKING:
    from debitoor_provider.sync.corrections import Corrections
    from debitoor_provider.sync.ledger import Entry


_LOOKED_AT = 5


def stated_of(entry: Entry) -> StatedFacts:
    """Return what a person has stated about a document."""
    return StatedFacts.of(to_corrections(read_choices(entry.corrections)), entry.currency)


def books_currency(entry: Entry) -> str | None:
    """Return the currency of the books if the ledger or the account file states it; no service is called."""
    lists, account = opened_ledger().lists, entry.account
    sent = list(islice(lists.ids(Chosen(states=DONE), account=account), _LOOKED_AT))
    booked = (one.booked_currency for one in lists.page(len(sent), limit=_LOOKED_AT, ids=sent))
    known = next(filter(None, booked), None) or (entry.message and entry.message.params.get("books"))
    if known or not (bookkeeping := _bookkeeping_account(account)):
        return known or None
    return bookkeeping[1].currency


def asked_books_currency(entry: Entry) -> str | None:
    """Return the currency of the books; ask Debitoor for it if nothing else states it.

    :raises ServiceError: when it does not answer
    """
    known = books_currency(entry)
    if known or not (bookkeeping := _bookkeeping_account(entry.account)):
        return known
    account, books = bookkeeping
    with samples.opened_debitoor(account.connections.debitoor) as client:
        return complete_books_of(client, account, books).currency


def _bookkeeping_account(account_id: str) -> tuple[DebitoorAccount, Books] | None:
    """Return the settings of an account that books in Debitoor, and what they state about the books."""
    account = file.account if (file := account_files().get(account_id)) else None
    books = getattr(account, "books", None)
    return (account, books) if isinstance(account, DebitoorAccount) and isinstance(books, Books) else None


def correct(entry: Entry, stated: Corrections, actor: str, reason: str) -> None:
    """Plan a document with what a person states about it.

    :raises RequestRefused: 409 when the document does not allow it, 422 for facts that cannot be
    """
    allowed = DIRECTIONS[entry.direction].correctable(entry)
    if not allowed or not stated.texts().keys() <= {*allowed}:
        raise RequestRefused("correction_not_allowed", status=409)
    settings = None if is_fileless(entry.account) else settings_of(entry.account)
    period = settings.period if settings else Period()
    for problem in problems_of(stated, recorded_gross(entry), period.start, period.end, today=datetime.now(UTC).date()):
        raise RequestRefused(problem.code, status=422, **problem.params)
    if settings:  # without a file it is not known by which settings the document would be drafted
        with opened_job(entry.account, settings) as job:
            left = unsettled(job, entry, stated)
        if left:
            raise RequestRefused(left.code, status=422, **left.params)
    try:
        opened_ledger().documents.correct([entry], stated.words(), actor, reason, detail=stated.as_json())
    except IllegalTransition:  # a run was faster
        raise RequestRefused("no_document_allows", status=409) from None
