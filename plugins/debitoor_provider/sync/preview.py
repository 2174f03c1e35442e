"""A look at what a run would do: names, figures, targets and reasons; nothing is written anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from debitoor_provider.sync.expense import draft
from debitoor_provider.sync.ledger import DONE, State
from debitoor_provider.sync.naming.filename import name_key, unique
from debitoor_provider.sync.naming.naming import document_name
from debitoor_provider.sync.naming.template import Template
from debitoor_provider.sync.obstacle import Obstacle
from debitoor_provider.sync.planning import choose_window, list_documents, list_sales
from debitoor_provider.sync.selection import LeftOut, select, select_sales, select_workflow
from debitoor_provider.sync.upload import upload_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from decimal import Decimal

    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.debitoor.models import Environment
    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.services.getmyinvoices.models import Company, Document
    from debitoor_provider.sync.accounts.settings import ExportAccount, ImportAccount
    from debitoor_provider.sync.ledger import Entry, Ledger
    from debitoor_provider.sync.window import RunKind, Window


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of one document.

    :param outcome: ``send``, ``held``, ``rejected``, ``waiting``, ``left out``, ``there`` or ``ignored``
    :param lines: the booking lines, e.g. ``19 %: 119.00``
    :param reason: why it would not go, with what helps
    """

    source_id: str
    outcome: str
    document_date: date | None
    document_number: str
    company: str
    gross_amount: Decimal | None
    currency: str
    source_name: str
    target_name: str = ""
    lines: tuple[str, ...] = ()
    reason: str = ""


def preview_export(
    requested: Window | None,
    *,
    account: ExportAccount,
    account_id: str,
    ledger: Ledger,
    getmyinvoices: GetMyInvoicesClient,
    debitoor: DebitoorClient,
    kind: RunKind,
    now: datetime,
    limit: int | None = None,
) -> list[Preview]:
    """Preview an export. With ``approved_only`` each candidate costs a call, because no list tells the approval.

    :param limit: look at so many documents at most
    """
    window = choose_window(requested, account=account, account_id=account_id, ledger=ledger, now=now, kind=kind)
    listed = list_documents(window, account, getmyinvoices)[0][:limit]
    if not listed:
        return []
    books = debitoor.environment()
    companies = {company.company_uid: company for company in getmyinvoices.companies()}
    known = ledger.known(account_id, "export", [str(document.document_uid) for document in listed])
    template = Template.parse(account.rename)
    taken: set[str] = set()

    def in_use(key: str) -> bool:
        return key in taken

    rows = []
    for document in listed:
        entry = known.get(str(document.document_uid))
        row = _preview_document(document, entry, account, getmyinvoices, books, companies, template, in_use)
        taken.add(name_key(row.target_name))
        rows.append(row)
    return rows


def _preview_document(
    document: Document,
    entry: Entry | None,
    account: ExportAccount,
    getmyinvoices: GetMyInvoicesClient,
    books: Environment,
    companies: dict[int, Company],
    template: Template,
    in_use: Callable[[str], bool],
) -> Preview:
    def row(outcome: str, reason: str = "", name: str = "", lines: tuple[str, ...] = ()) -> Preview:
        return Preview(
            source_id=str(document.document_uid),
            outcome=outcome,
            document_date=document.document_date,
            document_number=document.document_number,
            company=document.company_name,
            gross_amount=document.gross_amount,
            currency=document.currency,
            source_name=document.filename,
            target_name=name,
            lines=lines,
            reason=reason,
        )

    if entry is not None and entry.state in DONE:
        return row("there", name=entry.target_name or "")
    if entry is not None and entry.state is State.IGNORED:
        return row("ignored", entry.reason)
    left_out = select(document, account)
    if left_out is None and account.filter.approved_only:
        detail = getmyinvoices.document(document.document_uid)
        left_out = select_workflow(detail.workflow, account)
    if left_out is not None:
        return row(_outcome(left_out), left_out.reason)
    name = (entry.target_name if entry else None) or unique(document_name(template, document), in_use)
    try:
        booking = draft(document, companies.get(document.company_uid or 0), books, account)
    except Obstacle as obstacle:
        return row(obstacle.kind.value, str(obstacle), name)
    lines = tuple(f"{line.tax_rate:f} %: {line.gross_amount}" for line in booking.expense.lines)
    return row("send", name=name, lines=lines)


def preview_import(
    requested: Window | None,
    *,
    account: ImportAccount,
    account_id: str,
    ledger: Ledger,
    debitoor: DebitoorClient,
    kind: RunKind,
    now: datetime,
    limit: int | None = None,
) -> list[Preview]:
    """Preview an import."""
    window = choose_window(requested, account=account, account_id=account_id, ledger=ledger, now=now, kind=kind)
    listed = list_sales(window, account, debitoor)[0][:limit]
    known = ledger.known(account_id, "import", [document.id for document in listed])
    rows = []
    for document in listed:
        entry = known.get(document.id)
        left_out = select_sales(document, account)
        outcome = "there" if entry is not None and entry.state in DONE else _outcome(left_out)
        rows.append(
            Preview(
                source_id=document.id,
                outcome=outcome,
                document_date=document.date,
                document_number=document.number,
                company=document.customer_name,
                gross_amount=document.total_gross_amount,
                currency=document.currency,
                source_name=document.number,
                target_name=upload_name(document) if outcome in {"send", "there"} else "",
                reason=left_out.reason if left_out else "",
            )
        )
    return rows


def _outcome(left_out: LeftOut | None) -> str:
    if left_out is None:
        return "send"
    return "waiting" if left_out.waits else "left out"
