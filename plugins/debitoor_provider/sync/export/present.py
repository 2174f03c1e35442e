"""Which expenses Debitoor has for documents of GetMyInvoices, found by the documents' markers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.debitoor.constants import PAGE_SIZE
from debitoor_provider.sync.export.booked_amounts import rates_of, reverse_charge_of
from debitoor_provider.sync.markers import find_marker, without_marker
from debitoor_provider.sync.money import ZERO
from debitoor_provider.sync.statement import Statement, TargetRecord
from debitoor_provider.sync.steps.attempts import before
from debitoor_provider.sync.steps.copies import Copy, only_several, repeated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.debitoor.models import Expense, ExpenseLine
    from debitoor_provider.sync.steps.copies import Copies


def expenses_of(debitoor: DebitoorClient, days: Iterable[date | None]) -> Mapping[int, list[Expense]]:
    """Return the expenses that carry the marker of a document, by the document's id.

    An expense is newer than its document, so those changed since the first of the documents arrived are all there can
    be. The documents' dates do not narrow the question, since people change them; nor does the ledger, which may be a
    new one after a loss, or an old one from a back-up.

    :param days: when each document arrived in GetMyInvoices, and from when on other expenses are asked for as well;
        ``None``: not known
    """
    found: dict[int, list[Expense]] = {}
    for expense in debitoor.expenses(changed_since=before(days, debitoor.clock_offset), page_size=PAGE_SIZE):
        for uid in _uids(expense):
            found.setdefault(uid, []).append(expense)
    return found


def copies_since(debitoor: DebitoorClient, days: Iterable[date | None]) -> Copies:
    """Return what :func:`expenses_of` finds as the steps know it; so little is kept of each expense.

    :param days: as in :func:`expenses_of`
    """
    found: dict[str, list[Copy]] = {}
    since = before(days, debitoor.clock_offset)
    for uids, copy in debitoor.expenses_as(lambda expense: (_uids(expense), _as_copy(expense)), changed_since=since):
        for uid in uids:
            found.setdefault(str(uid), []).append(copy)
    return found


def repeated_since(debitoor: DebitoorClient, days: Iterable[date | None], at_least: int = 0) -> Copies:
    """Return those of :func:`copies_since` that are several of one document.

    Of the others only the markers are kept: a run may have written any number of expenses. Should there be several of a
    document, which is rare, the list is requested once more.

    :param at_least: how many expenses there are, as far as the caller knows
    """
    days = list(days)
    since = before(days, debitoor.clock_offset)
    markers = debitoor.expense_descriptions_as(_marked, changed_since=since, at_least=at_least)
    if not repeated(uid for one in markers for uid in ((one,) if isinstance(one, int) else one)):
        return {}
    return only_several(copies_since(debitoor, days))


def copies(marked: Mapping[int, Sequence[Expense]]) -> Copies:
    """Return marked expenses as the steps know them."""
    return {str(uid): as_copies(expenses) for uid, expenses in marked.items()}


def as_copies(expenses: Iterable[Expense]) -> list[Copy]:
    """Return expenses as the steps know them."""
    return [_as_copy(expense) for expense in expenses]


def _as_copy(expense: Expense) -> Copy:
    number, has_file = str(expense.number or ""), expense.file is not None
    return Copy(expense.id, number, expense.date, expense.total_gross_amount, expense.currency, has_file)


def _uids(expense: Expense) -> frozenset[int]:
    """Return the documents whose markers an expense carries."""
    return _uids_in(line.description for line in expense.lines)


def _uids_in(descriptions: Iterable[str]) -> frozenset[int]:
    return frozenset(uid for text in descriptions if (uid := find_marker(text)) is not None)


def _marked(descriptions: Iterable[str]) -> int | tuple[int, ...]:
    """Return the document whose marker an expense with these lines carries, as most do, or else the documents."""
    uids = _uids_in(descriptions)
    return next(iter(uids)) if len(uids) == 1 else tuple(uids)


def marked_lines(expense: Expense) -> dict[int, list[ExpenseLine]]:
    """Return the lines of an expense that carry the marker of a document, by the document's id."""
    found: dict[int, list[ExpenseLine]] = {}
    for line in expense.lines:
        if (uid := find_marker(line.description)) is not None:
            found.setdefault(uid, []).append(line)
    return found


def differs(there: Iterable[Expense]) -> Message:
    """Return that expenses carry a document's marker, but say something else."""
    return Message("differs_at_target", expenses=[str(expense.number or expense.id) for expense in there])


def comparable(expenses: Iterable[Expense]) -> Iterator[TargetRecord]:
    """Return expenses with the text of their lines, which may hold the number of a document."""
    for record, expense in zip(target_records(kept := list(expenses)), kept, strict=True):
        text = " ".join(dict.fromkeys(without_marker(line.description) for line in expense.lines))
        yield replace(record, text=text)


def target_records(expenses: Iterable[Expense]) -> Iterator[TargetRecord]:
    """Return expenses with their markers and figures."""
    for expense in expenses:
        gross = expense.total_gross_amount or ZERO  # what has no value is left out (Debitoor contract section 3.5)
        yield TargetRecord(
            expense.id,
            frozenset(map(str, _uids(expense))),
            str(expense.number or ""),
            expense.supplier_name,
            Statement(expense.date, rates_of(expense), gross, expense.currency, reverse_charge_of(expense.lines)),
            has_file=expense.file is not None,
        )
