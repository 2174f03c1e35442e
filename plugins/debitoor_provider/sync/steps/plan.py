"""The plan step: ask the source what is new, choose by the account's settings, write down what is to be moved."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from debitoor_provider.services.getmyinvoices.constants import OVERLAP as GETMYINVOICES_OVERLAP
from debitoor_provider.services.getmyinvoices.models import Document
from debitoor_provider.services.http.shelf import Shelf, Spool
from debitoor_provider.sync import snapshot
from debitoor_provider.sync.accounts.settings import fingerprint
from debitoor_provider.sync.batches import WHOLE, chunks
from debitoor_provider.sync.books import books_of
from debitoor_provider.sync.ledger import ATTENTION, DUE, Entry, Outcome, Pending, PlannedDocument, Run, State
from debitoor_provider.sync.listing import list_documents, list_sales
from debitoor_provider.sync.selection import LeftOut, select, select_sales
from debitoor_provider.sync.snapshot import load_document
from debitoor_provider.sync.window import RunKind, Window, incremental

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.debitoor.models import SalesDocument
    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.sync.accounts.settings import Account, ExportAccount, ImportAccount
    from debitoor_provider.sync.ledger import Ledger

log = logging.getLogger(__name__)

Record = TypeVar("Record")

DEBITOOR_OVERLAP = timedelta(minutes=15)  # A9: the bounds are not known, and clocks differ
_ASKED_AGAIN = 50  # waiting documents that one run asks about: each costs a call


@dataclass(frozen=True, slots=True)
class Plan:
    """What came of planning.

    :param window: what the source was asked for
    :param due: documents that this run is to move
    :param new: how many of the listed documents were not known
    :param done: how many of the listed documents are at the target already
    :param waiting: how many may come in later
    :param left_out: how many were left out, by reason code
    """

    window: Window
    due: Pending
    new: int = 0
    done: int = 0
    waiting: int = 0
    left_out: dict[str, int] = field(default_factory=dict)


def choose_window(
    requested: Window | None, *, account: Account, account_id: str, ledger: Ledger, now: datetime, kind: RunKind
) -> Window:
    """Settle what a run asks for: what was requested, or what is new since the watermark; within the account's period.

    Settings that decide differently than those of the last full listing make everything be listed again, because a
    wider filter may take what was left out before.

    :param requested: a backfill's interval or a person's choice
    """
    if requested is None:
        mark = ledger.runs.watermark(account_id, account.type)
        unchanged = mark.settings_fingerprint == fingerprint(account)
        requested = incremental(
            now=now,
            listed_at=mark.listed_at,
            full_listed_at=mark.full_listed_at if unchanged else None,
            overlap=GETMYINVOICES_OVERLAP if account.type == "export" else DEBITOOR_OVERLAP,
            kind=kind,
        )
    return requested.within(account.period.start, account.period.end)


def plan_export(
    requested: Window | None,
    *,
    account: ExportAccount,
    account_id: str,
    ledger: Ledger,
    getmyinvoices: GetMyInvoicesClient,
    run_id: str,
    kind: RunKind,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Plan:
    """Plan an export: one ledger row for each document to be moved; why the others are left out goes into the log.

    An incremental plan with nothing new costs one call.
    """
    started = now()
    window = choose_window(requested, account=account, account_id=account_id, ledger=ledger, now=started, kind=kind)
    ledger.runs.start(Run(run_id, account_id, "export", window.kind.value, window=window.as_json()))
    with Spool[PlannedDocument]() as planned:
        with Shelf[int, Document]() as arrived:
            listed, gone = list_documents(window, account, getmyinvoices, arrived)
            left_out = _choose(
                _chosen(listed, account, account_id, ledger),
                gone,
                lambda document, waits: planned_document(document, getmyinvoices.account_number, waits),
                planned,
            )
        if window.updated_since is not None:  # of those that are listed as well, what was listed counts
            for entry in _waiting_for_approval(ledger, account_id):
                planned.append(planned_document(load_document(entry.snapshot), getmyinvoices.account_number))
        return _enter(window, planned, gone, left_out, account, account_id, ledger, run_id, started)


def plan_import(
    requested: Window | None,
    *,
    account: ImportAccount,
    account_id: str,
    ledger: Ledger,
    debitoor: DebitoorClient,
    run_id: str,
    kind: RunKind,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Plan:
    """Plan an import: one ledger row for each sales document to be moved."""
    started = now()
    window = choose_window(requested, account=account, account_id=account_id, ledger=ledger, now=started, kind=kind)
    ledger.runs.start(Run(run_id, account_id, "import", window.kind.value, window=window.as_json()))
    books_of(debitoor, account)  # another company's list, be it empty, must not move the watermark
    listed, gone = list_sales(window, account, debitoor)
    chosen = ((document.id, document, select_sales(document, account)) for document in listed)
    with Spool[PlannedDocument]() as planned:
        left_out = _choose(chosen, gone, planned_sales_document, planned)
        return _enter(window, planned, gone, left_out, account, account_id, ledger, run_id, started)


def _chosen(
    listed: Iterable[Document], account: ExportAccount, account_id: str, ledger: Ledger
) -> Iterator[tuple[str, Document, LeftOut | None]]:
    """Tell of each listed document why it is left out, if it is."""
    for some in chunks(listed, WHOLE):
        ours = _archived_by_us(ledger, account_id, some)
        for document in some:
            uid = document.document_uid
            yield str(uid), document, select(document, account, archived_by_us=uid in ours)


def _choose(
    chosen: Iterable[tuple[str, Record, LeftOut | None]],
    gone: list[str],
    write_down: Callable[[Record, LeftOut | None], PlannedDocument],
    planned: Spool[PlannedDocument],
) -> Counter[str]:
    """Sort listed records into what is planned or waits and what is left out; tell why in the log.

    :param chosen: id, record, and why it is left out if it is
    :param gone: gets the ids of those that do not even wait
    :param planned: gets the others
    :return: how many are left out, by reason code
    """
    left_out: Counter[str] = Counter()
    for source_id, record, reason in chosen:
        if reason is None or reason.waits:
            planned.append(write_down(record, reason))
        if reason is not None:
            left_out[reason.code] += 1
            log.info("Document %s is left out: %s", source_id, reason.reason)
            if not reason.waits:
                gone.append(source_id)
    return left_out


def _enter(
    window: Window,
    planned: Iterable[PlannedDocument],
    gone: list[str],
    left_out: Counter[str],
    account: Account,
    account_id: str,
    ledger: Ledger,
    run_id: str,
    started: datetime,
) -> Plan:
    """Write the plan and the watermark in one transaction, and say what the run has to do."""
    if window.document_ids:  # a person named them: what was held or rejected is to be tried again
        known = ledger.documents.known(account_id, account.type, window.document_ids).values()
        if again := [entry for entry in known if entry.state in ATTENTION]:
            ledger.documents.retry(again, actor=f"run:{run_id}")
    result = ledger.plans.enter(
        account_id,
        account.type,
        run_id,
        planned,
        watermark=started if window.moves_watermark else None,
        full=window.full and window.moves_watermark,
        gone=gone,
        settings_fingerprint=fingerprint(account),
    )
    counts = result.counts
    return Plan(
        window,
        due=due(ledger, account_id, account, run_id, window.kind),
        new=counts.get(Outcome.NEW, 0),
        done=counts.get(Outcome.DONE, 0),
        waiting=result.waiting,
        left_out=dict(left_out),
    )


def due(ledger: Ledger, account_id: str, account: Account, run_id: str, kind: RunKind) -> Pending:
    """Tell what a run is to move, older documents first."""
    return ledger.plans.pending(account_id, account.type, DUE, planned_by=_alone(run_id, kind))


def unnamed(ledger: Ledger, account_id: str, account: Account, run_id: str, kind: RunKind) -> Pending:
    """Tell what a run is to give a name before it moves it, in the order in which the documents came."""
    return ledger.plans.unnamed(account_id, account.type, planned_by=_alone(run_id, kind))


def _alone(run_id: str, kind: RunKind) -> str | None:
    """A backfill works on what it planned; every other run also on what earlier ones left behind."""
    return run_id if kind is RunKind.BACKFILL else None


def planned_document(document: Document, account_number: str, waits: LeftOut | None = None) -> PlannedDocument:
    """Write a document of GetMyInvoices down as the ledger keeps it."""
    return PlannedDocument(
        source_id=str(document.document_uid),
        exchange_key=f"getmyinvoices:{account_number}:{document.document_uid}",
        snapshot=snapshot.dump(document),
        state=State.WAITING if waits else State.PLANNED,
        reason_code=waits.code if waits else "",
        reason=waits.reason if waits else "",
        source_name=document.filename,
        document_date=document.document_date,
        document_number=document.document_number,
        company=document.company_name,
        currency=document.currency,
        net_amount=document.net_amount,
        gross_amount=document.gross_amount,
    )


def planned_sales_document(document: SalesDocument, waits: LeftOut | None = None) -> PlannedDocument:
    """Write a sales document of Debitoor down as the ledger keeps it."""
    return PlannedDocument(
        source_id=document.id,
        exchange_key=f"debitoor:{document.id}",
        snapshot=snapshot.dump(document),
        state=State.WAITING if waits else State.PLANNED,
        reason_code=waits.code if waits else "",
        reason=waits.reason if waits else "",
        source_name=document.number,
        document_date=document.date,
        document_number=document.number,
        company=document.customer_name,
        currency=document.currency,
        net_amount=document.total_net_amount,
        gross_amount=document.total_gross_amount,
    )


def _archived_by_us(ledger: Ledger, account_id: str, listed: Iterable[Document]) -> set[int]:
    """Find those that were archived because they had been sent, and are to be sent again."""
    archived = [str(document.document_uid) for document in listed if document.is_archived]
    known = ledger.documents.known(account_id, "export", archived).values() if archived else ()
    return {int(entry.source_id) for entry in known if entry.goes_although_archived}


def _waiting_for_approval(ledger: Ledger, account_id: str) -> list[Entry]:
    """Find those that wait longest for their approval: no list tells when it came (contract section 5.4)."""
    waiting = [entry for entry in ledger.documents.waiting(account_id) if entry.reason_code in _BY_APPROVAL]
    return waiting[:_ASKED_AGAIN]


_BY_APPROVAL = {"not_approved", "no_workflow"}
