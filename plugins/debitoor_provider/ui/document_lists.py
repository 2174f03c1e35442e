"""Lists of documents, of one account or of all: how they are narrowed, and what is read of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from fastapi import Query

from debitoor_provider.sync.ledger import ATTENTION, Chosen, Entry, Order, State
from debitoor_provider.sync.marks import EInvoice, Mark  # noqa: TC001  FastAPI reads it
from debitoor_provider.ui.background import in_background
from debitoor_provider.ui.ledger import opened_ledger
from debitoor_provider.ui.models.common import RequestDay  # noqa: TC001  FastAPI reads it
from debitoor_provider.ui.models.sums import SumList, SumModel
from debitoor_provider.ui.refusals import RequestRefused

if TYPE_CHECKING:
    from datetime import datetime


NEWEST = 5_000
"""As many can be looked through while a person waits."""
Newest = Annotated[bool, Query(description=f"Look for the text only in the {NEWEST:,} documents that changed last")]
"""Whether a text is looked for in the newest documents alone."""


@dataclass
class DocumentListFilter:
    """What the documents are narrowed by."""

    state: Annotated[list[State] | None, Query(description="May be given several times")] = None
    start: Annotated[RequestDay | None, Query(alias="from", description="First document date, inclusive")] = None
    end: Annotated[RequestDay | None, Query(alias="to", description="Last document date, inclusive")] = None
    search: Annotated[str, Query(max_length=200, description="Found in id, number, company, names or amount")] = ""
    mark: Annotated[Mark | None, Query(description="With this mark")] = None
    invoice: Annotated[EInvoice | None, Query(description="With such an e-invoice, e.g. contradicts")] = None
    newest: Newest = False

    def __post_init__(self) -> None:
        """Refuse a period that no document can be in."""
        if self.start and self.end and self.start > self.end:
            raise RequestRefused("period_reversed", status=422)

    def chosen(self) -> Chosen:
        """Return the chosen states, mark and e-invoice; each count of a list ignores its own."""
        return Chosen(self.state or None, self.mark, self.invoice)

    def narrowed(self, **scope: Any) -> dict[str, Any]:
        """Return the ledger's filters for the documents of a scope, whatever their state, mark and e-invoice."""
        return {**scope, "text": self.search.strip(), "period": (self.start, self.end)}


@dataclass
class FilterOfAccount(DocumentListFilter):
    """What the documents of an account are narrowed by."""

    run: Annotated[str | None, Query(max_length=1000, description="Of this run of its DAG, or <dag>/<run>")] = None

    def of(self, account_id: str) -> dict[str, Any]:
        """Return the account, and the run, as the scope of a list."""
        run = self.run
        if run is not None:
            run = f"{run}#{account_id}" if "/" in run else f"debitoor__{account_id}/{run}"
        return {"account": account_id, "run": run}


@dataclass
class ListPart:
    """Which part of a list is shown."""

    order: Order = "-changed"
    limit: Annotated[int, Query(ge=1, le=200)] = 50
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0


class DocumentListing(NamedTuple):
    """A part of a list, with the counts that its filters show."""

    total: int
    states: dict[State, int]
    marks: dict[str, int]
    invoices: dict[str, int]
    entries: list[Entry]
    changed_after: datetime | None


def read_list(wanted: DocumentListFilter, part: ListPart, **scope: Any) -> DocumentListing:
    """Read a part of a list; a text is looked for once, everything else is counted along indexes.

    :param scope: the accounts, as the ledger takes them
    """
    ledger, chosen, narrowed = opened_ledger(), wanted.chosen(), wanted.narrowed(**scope)
    lists = ledger.lists
    with ledger.reading():
        if narrowed["text"]:
            newest = NEWEST if wanted.newest else None
            states, marks, invoices, ids, narrowed["changed_after"] = lists.search(chosen, newest, **narrowed)
        else:
            marking = in_background(lists.marks, chosen, **narrowed)
            (states, invoices), ids = lists.states_and_invoices(chosen, **narrowed), None
        total = sum(number for state, number in states.items() if not wanted.state or state in wanted.state)
        entries = lists.page(total, chosen, order=part.order, limit=part.limit, offset=part.offset, ids=ids, **narrowed)
    if not narrowed["text"]:
        marks = marking.result()
    return DocumentListing(total, states, marks, invoices, entries, narrowed.get("changed_after"))


class AttentionListing(NamedTuple):
    """A part of the list of what needs attention, with the count of each reason."""

    total: int
    codes: dict[str, int]
    entries: list[Entry]
    changed_after: datetime | None


def read_attention(text: str, newest: bool, code: str | None, part: ListPart, **scope: Any) -> AttentionListing:
    """Read a part of what needs attention, newest change first; a text is looked for once.

    :param newest: look for it in the newest documents alone
    :param code: of the reason that is asked for
    :param scope: the accounts, as the ledger takes them
    """
    ledger = opened_ledger()
    filters: dict[str, Any] = {"states": ATTENTION, **scope}
    page: dict[str, Any] = {"limit": part.limit, "offset": part.offset}
    if text:
        codes, ids, after = ledger.lists.search_attention(code, NEWEST if newest else None, text=text, **scope)
        if ids is not None:
            return AttentionListing(len(ids), codes, ledger.lists.page(len(ids), ids=ids, **page), after)
        entries = ledger.documents.entries(**filters, text=text, changed_after=after, code=code, **page)
    else:
        counting, after = in_background(ledger.documents.codes, **filters), None
        entries = ledger.documents.entries(**filters, code=code, **page)
        codes = counting.result()
    total = sum(codes.values()) if code is None else codes.get(code, 0)
    return AttentionListing(total, codes, entries, after)


def counts_of(listing: DocumentListing | AttentionListing) -> dict[str, Any]:
    """Return all of a listing but the documents."""
    return {name: value for name, value in listing._asdict().items() if name != "entries"}


def read_sums(wanted: DocumentListFilter, **scope: Any) -> SumList:
    """Add up the amounts of a whole list."""
    sums = opened_ledger().lists.sums(wanted.chosen(), **wanted.narrowed(**scope))
    return SumList(sums=list(map(SumModel.of, sums)))
