"""Which documents of GetMyInvoices an account takes, and why not the others. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.getmyinvoices.enums import Archived, DocumentType, PaymentStatus
from debitoor_provider.sync.markers import find_sales_marker
from debitoor_provider.sync.period import outside
from debitoor_provider.sync.steps.left_out import LeftOut
from debitoor_provider.sync.text import fold, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from debitoor_provider.services.getmyinvoices.models import Document, Workflow
    from debitoor_provider.sync.accounts.sections import Companies, Tags
    from debitoor_provider.sync.accounts.settings import ExportAccount


@dataclass(frozen=True, slots=True)
class ListFilters:
    """What of an account's filters GetMyInvoices is asked for in one list (contract section 4.1).

    Never narrower than :func:`select`, which decides. ``None`` does not narrow. Two filters are not used:

    * tags: whether the service compares them as :func:`~debitoor_provider.sync.text.fold` does is not known (A-09);
    * document dates: the service may leave out documents without a date (A-25), which are to wait for one.
    """

    archived: Archived
    company_uid: int | None = None
    document_type: DocumentType | None = None
    payment_status: PaymentStatus | None = None

    def joined(self, other: ListFilters) -> ListFilters:
        """Return filters that leave out nothing that either of two lists has."""
        return ListFilters(
            self.archived if self.archived == other.archived else Archived.ANY,
            self.company_uid if self.company_uid == other.company_uid else None,
            self.document_type if self.document_type == other.document_type else None,
            self.payment_status if self.payment_status == other.payment_status else None,
        )

    def let_through(self, document: Document) -> bool:
        """Return whether a document is in the list, as the service decides it."""
        return (
            self.archived in {Archived.ANY, Archived.ONLY if document.is_archived else Archived.NO}
            and self.company_uid in {None, document.company_uid}
            and self.document_type in {None, document.document_type}
            and self.payment_status in {None, document.payment_status}
        )


_ASKED_STATUSES = frozenset({PaymentStatus.PAID, PaymentStatus.NOT_PAID})
"""The service has no filter value for partly paid documents, and "Unknown" is also what a missing status is read as."""


def list_filters(account: ExportAccount) -> ListFilters:
    """Return what the service itself can leave out, so that lists stay short."""
    rule = account.filter
    included = rule.companies.include
    statuses = rule.payment_status
    return ListFilters(
        archived=Archived.ANY if rule.archived else Archived.NO,
        company_uid=next((ref for ref in included if isinstance(ref, int) and len(included) == 1), None),
        document_type=rule.document_types[0] if len(rule.document_types) == 1 else None,
        payment_status=statuses[0] if len(statuses) == 1 and statuses[0] in _ASKED_STATUSES else None,
    )


def select(document: Document, account: ExportAccount, *, archived_by_us: bool = False) -> LeftOut | None:
    """Decide on a document of GetMyInvoices by its record; ``None`` when the account takes it.

    A permanent reason comes first, so that a document waits only when nothing else is against it.
    Of those that may change, the date comes last: with a date alone the filter would still leave the document out.
    Approval is not in the record: see :func:`select_workflow`. Nor is whether a marker in the note is that of a sales
    document of these books: see :meth:`.ExportDirection.select`.

    :param archived_by_us: archived because it had been sent; a person wants it sent again
    """
    rule = account.filter
    if document.document_type and document.document_type not in rule.document_types:
        return LeftOut(Message("document_type", which=Message("type_not_exported", type=shown(document.document_type))))
    if find_sales_marker(document.note):
        return LeftOut(Message("imported"))
    if document.is_archived and not (rule.archived or archived_by_us):
        return LeftOut(Message("archived"))
    waits = outside(document.document_date, account.period, None if document.document_date else undated(document))
    others = (
        _company(document, rule.companies),
        _tags(document.tags, rule.tags),
        _payment(document, rule.payment_status),
        _file(document),
        None if document.document_type else LeftOut(Message("no_document_type"), waits=True),
    )
    against = list(filter(None, others))
    if waits and waits.waits and not against and account.invoice != "off":
        return replace(waits, in_file=True)  # an e-invoice may have the date
    reasons = (*against, waits) if waits and waits.waits else (waits, *against)
    return min(filter(None, reasons), key=lambda reason: reason.waits, default=None)


def undated(document: Document, **known: object) -> Message:
    """Return why a document has no date: none is stated, or it cannot be read.

    :param known: what the reason keeps besides
    """
    if document.unread_date:
        return Message("date_unreadable", date=shown(document.unread_date), **known)
    return Message("no_date", **known)


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
        return LeftOut(Message("no_workflow"), waits=True)
    if not workflow.is_completed:
        step = Message("not_approved_step", step=shown(workflow.step)) if workflow.step else ""
        return LeftOut(Message("not_approved", at=step), waits=True)
    return None


def _company(document: Document, companies: Companies) -> LeftOut | None:
    if companies.include and not _is_among(document, companies.include):
        if document.company_uid is None and not document.company_name:
            return LeftOut(Message("no_company"), waits=True)
        return LeftOut(Message("company", which=Message("company_not_included", company=shown(document.company_name))))
    if _is_among(document, companies.exclude):
        return LeftOut(Message("company", which=Message("company_excluded", company=shown(document.company_name))))
    return None


def _is_among(document: Document, companies: Collection[int | str]) -> bool:
    if not companies:
        return False
    name = fold(document.company_name)
    return any(ref == document.company_uid if isinstance(ref, int) else fold(ref) == name for ref in companies)


def _tags(tags: Iterable[str], rule: Tags) -> LeftOut | None:
    present = {fold(tag) for tag in tags}
    barred = [tag for tag in rule.none if fold(tag) in present]
    if barred:
        return LeftOut(Message("tag_barred", tag=shown(barred[0])))
    missing = [tag for tag in rule.all if fold(tag) not in present]
    if missing:
        return LeftOut(Message("tag_missing", which=Message("lacks_tag", tag=shown(missing[0]))), waits=True)
    if rule.any and not any(fold(tag) in present for tag in rule.any):
        return LeftOut(
            Message("tag_missing", which=Message("has_none_of_tags", tags=list(map(shown, rule.any)))), waits=True
        )
    return None


def _payment(document: Document, statuses: tuple[PaymentStatus, ...]) -> LeftOut | None:
    if statuses and document.payment_status not in statuses:
        return LeftOut(Message("payment_status", status=shown(document.payment_status)), waits=True)
    return None


def _file(document: Document) -> LeftOut | None:
    return None if document.filename else LeftOut(Message("no_file"), waits=True)
