"""What the exports of a run need together before they move: books, companies, and what Debitoor has already."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from debitoor_provider.sync.export.mover import ExpenseMover
from debitoor_provider.sync.export.present import copies, expenses_of
from debitoor_provider.sync.export.records import DOCUMENTS
from debitoor_provider.sync.steps.attempts import Presence, open_attempts
from debitoor_provider.sync.steps.booked import note_all_booked
from debitoor_provider.sync.steps.lookalikes import in_ledger
from debitoor_provider.sync.steps.recorded import Recorded
from debitoor_provider.sync.steps.rename import name_again
from debitoor_provider.sync.steps.repeated_records import hold_repeated
from debitoor_provider.sync.steps.transfer import Shared
from debitoor_provider.sync.steps.turns import SharedJudgement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.debitoor.models import Environment, Expense
    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.sync.accounts.settings import ExportAccount
    from debitoor_provider.sync.export.exchange_rates import ExchangeRates
    from debitoor_provider.sync.export.suppliers import Suppliers
    from debitoor_provider.sync.ledger import Entry
    from debitoor_provider.sync.statement import TargetRecord
    from debitoor_provider.sync.steps.direction import Mover
    from debitoor_provider.sync.steps.job import Job
    from debitoor_provider.sync.steps.left_out import LeftOut


@contextmanager
def moving(
    job: Job,
    pending: Sequence[Entry],
    *,
    account: ExportAccount,
    getmyinvoices: GetMyInvoicesClient,
    debitoor: DebitoorClient,
    books: Callable[[], Environment],
    suppliers: Callable[[], Suppliers],
    target_records_near: Callable[[date, date], Iterable[TargetRecord]],
    rates: ExchangeRates,
    select: Callable[..., LeftOut | None],
) -> Iterator[Callable[[list[Entry]], Mover]]:
    """Ask for books and companies while documents are read and claimed, and for marked expenses once a run.

    :param pending: what the run is to move
    :param books: asks for the books
    :param suppliers: asks for the companies
    :param target_records_near: asks for the expenses of a period, no matter who booked them
    :param select: returns why the account does not take a document
    :return: what makes the mover of claimed documents
    """
    with ThreadPoolExecutor(2, "prefetch") as prefetch, ThreadPoolExecutor(1, "look") as looks:
        asked_books = prefetch.submit(books)
        asked_companies = prefetch.submit(suppliers)
        days: set[date | None] = set()
        dates: set[date | None] = set()
        for entry in pending:
            days.add(DOCUMENTS.load(entry.snapshot).created_at)
            if not entry.wants_new_record:  # a person decided that already
                dates.add(entry.document_date)
        if last := job.ledger.documents.last_moved_at(job.account_id, job.direction.name):
            days.add(last.date())  # what the run before may have booked twice
        looks_around = account.duplicates != "off"
        around: list[Recorded] = []  # the target's records before the run wrote any
        judged = SharedJudgement()

        def look() -> Mapping[int, list[Expense]]:
            nearby = prefetch.submit(Recorded.near, target_records_near, dates) if looks_around and not around else None
            marked = expenses_of(debitoor, days)
            there = copies(marked)
            hold_repeated(job, there)
            note_all_booked(job, there)
            if nearby:
                around.append(nearby.result())
            return marked

        presence = Presence(look)

        def prepare(claimed: list[Entry]) -> Mover:
            attempts = open_attempts(job.ledger, claimed)
            elsewhere = job.ledger.documents.sent_elsewhere(claimed)
            home = asked_books.result()  # Debitoor is asked for nothing else before
            companies = asked_companies.result()
            marked = Shared(looks.submit(presence.now, attempted=bool(attempts or elsewhere)))
            return ExpenseMover(
                account=account,
                settings_fingerprint=job.settings_fingerprint,
                ledger=job.ledger,
                getmyinvoices=getmyinvoices,
                debitoor=debitoor,
                books=home,
                companies=companies,
                attempts=attempts,
                copies=marked,
                elsewhere=elsewhere,
                lookalikes=in_ledger(job, claimed, judged, around) if looks_around else None,
                select=select,
                name_again=partial(name_again, job),
                now=job.now,
                rates=rates,
            ).move

        yield prepare
