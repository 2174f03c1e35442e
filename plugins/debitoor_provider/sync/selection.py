"""Which documents an account takes, and why not the others. Pure: what is asked of a service is said by ListFilters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from debitoor_provider.services.debitoor.enums import SalesType
from debitoor_provider.services.getmyinvoices.enums import Archived, DocumentType, PaymentStatus
from debitoor_provider.sync.accounts.settings import SalesKind
from debitoor_provider.sync.specification import find_sales_marker
from debitoor_provider.sync.text import fold, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from debitoor_provider.services.debitoor.models import SalesDocument
    from debitoor_provider.services.getmyinvoices.models import Document, Workflow
    from debitoor_provider.sync.accounts.settings import Companies, ExportAccount, ImportAccount, Period, Tags


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Why a document is not taken.

    :param code: stable short name, e.g. ``tag_missing``
    :param reason: one plain sentence
    :param waits: whether it may come in later, when somebody completes or releases it
    """

    code: str
    reason: str
    waits: bool = False


@dataclass(frozen=True, slots=True)
class ListFilters:
    """What of an account's filters GetMyInvoices can be asked for in one list (contract section 4.1).

    Never narrower than :func:`select`, which decides. ``None`` does not narrow.
    """

    archived: Archived
    company_uid: int | None = None
    document_type: DocumentType | None = None
    payment_status: PaymentStatus | None = None
    tags: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None


def list_filters(account: ExportAccount) -> ListFilters:
    """Tell what the service itself can leave out, so that lists stay short."""
    rule = account.filter
    included = rule.companies.include
    statuses = [status for status in rule.payment_status if status is not PaymentStatus.PARTIALLY]
    return ListFilters(
        archived=Archived.ANY if rule.archived else Archived.NO,
        company_uid=next((ref for ref in included if isinstance(ref, int) and len(included) == 1), None),
        document_type=rule.document_types[0] if len(rule.document_types) == 1 else None,
        # There is no filter value for partly paid ones (contract section 4.1).
        payment_status=statuses[0] if len(rule.payment_status) == len(statuses) == 1 else None,
        # Whether several tags mean any or all of them is not known: one alone is right under both readings.
        tags=rule.tags.all[:1] or (rule.tags.any if len(rule.tags.any) == 1 else ()),
        start=account.period.start,
        end=account.period.end,
    )


def select(document: Document, account: ExportAccount, *, archived_by_us: bool = False) -> LeftOut | None:
    """Decide on a document of GetMyInvoices by its record; ``None`` when the account takes it.

    What will not change by itself is told first, so that a document only waits when nothing else is against it.
    Approval is not in the record: see :func:`select_workflow`.

    :param archived_by_us: archived because it had been sent; a person wants it sent again
    """
    rule = account.filter
    if find_sales_marker(document.note):
        return LeftOut("imported", "It came from Debitoor.")
    if document.document_type not in rule.document_types:
        return LeftOut("document_type", f"Its type {_shown(document.document_type)} is not exported.")
    if document.is_archived and not (rule.archived or archived_by_us):
        return LeftOut("archived", "It is archived in GetMyInvoices.")
    reasons = (
        _outside(document.document_date, account.period),
        _company(document, rule.companies),
        _tags(document.tags, rule.tags),
        _payment(document, rule.payment_status),
        _file(document),
    )
    return min(filter(None, reasons), key=lambda reason: reason.waits, default=None)


def select_workflow(workflow: Workflow | None, account: ExportAccount) -> LeftOut | None:
    """Decide on a document by its approval (contract A-13).

    :param workflow: from the single-document call; ``None`` for a document without a workflow
    """
    rule = account.filter
    if not rule.approved_only:
        return None
    if workflow is None:
        if rule.without_workflow == "pass":
            return None
        return LeftOut("no_workflow", "It has no approval workflow.", waits=True)
    if not workflow.is_completed:
        step = f" (at {_shown(workflow.step)})" if workflow.step else ""
        return LeftOut("not_approved", f"It is not released yet{step}.", waits=True)
    return None


def select_sales(document: SalesDocument, account: ImportAccount) -> LeftOut | None:
    """Decide on a sales document of Debitoor; ``None`` when the account takes it."""
    kind = SalesKind.CREDIT_NOTES if document.type is SalesType.CREDIT_NOTE else SalesKind.INVOICES
    if kind not in account.documents:
        return LeftOut("document_type", f"The account does not import {kind.value.replace('_', ' ')}.")
    if document.deleted or document.deleted_date is not None:
        return LeftOut("deleted", "It was deleted in Debitoor.")
    return _outside(document.date, account.period)


def _outside(day: date | None, period: Period) -> LeftOut | None:
    if period.start is None and period.end is None:
        return None
    if day is None:
        return LeftOut("no_date", "It has no date, and the account has a period.", waits=True)
    if (period.start and day < period.start) or (period.end and day > period.end):
        return LeftOut("period", f"Its date {day} is outside the account's period.")
    return None


def _company(document: Document, companies: Companies) -> LeftOut | None:
    if companies.include and not _is_among(document, companies.include):
        if document.company_uid is None and not document.company_name:
            return LeftOut("no_company", "It is not assigned to a company yet.", waits=True)
        return LeftOut("company", f"The account does not take documents of {_shown(document.company_name)}.")
    if _is_among(document, companies.exclude):
        return LeftOut("company", f"The account leaves out documents of {_shown(document.company_name)}.")
    return None


def _is_among(document: Document, companies: Iterable[int | str]) -> bool:
    name = fold(document.company_name)
    return any(ref == document.company_uid if isinstance(ref, int) else fold(ref) == name for ref in companies)


def _tags(tags: Iterable[str], rule: Tags) -> LeftOut | None:
    present = {fold(tag) for tag in tags}
    barred = [tag for tag in rule.none if fold(tag) in present]
    if barred:
        return LeftOut("tag_barred", f"It has the tag {_shown(barred[0])}.")
    missing = [tag for tag in rule.all if fold(tag) not in present]
    if missing:
        return LeftOut("tag_missing", f"It lacks the tag {_shown(missing[0])}.", waits=True)
    if rule.any and not any(fold(tag) in present for tag in rule.any):
        return LeftOut("tag_missing", f"It has none of the tags {', '.join(map(_shown, rule.any))}.", waits=True)
    return None


def _payment(document: Document, statuses: tuple[PaymentStatus, ...]) -> LeftOut | None:
    if statuses and document.payment_status not in statuses:
        return LeftOut("payment_status", f"Its payment status is {_shown(document.payment_status)}.", waits=True)
    return None


def _file(document: Document) -> LeftOut | None:
    return None if document.filename else LeftOut("no_file", "It has no file yet.", waits=True)


def _shown(text: str) -> str:
    return shorten(" ".join(text.split()), 60)
