"""The filters of the document list as SQL (G 4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from debitoor_provider.sandbox import contract
from debitoor_provider.sandbox.gmi.fields import is_date, is_date_time
from debitoor_provider.sandbox.gmi.parameters import Parameters, as_integer
from debitoor_provider.sandbox.gmi.refusal import GetMyInvoicesRefusal
from debitoor_provider.sandbox.store import folded, normalized

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.sandbox.companies import Company

# By switch: the function of the SQL, empty for the text as it is, and the same in Python.
_TAG_COMPARISONS: dict[str, tuple[str, Callable[[str], str]]] = {
    "caseless": ("fold", folded),
    "exact": ("", str),
    "normalized": ("normalize", normalized),
}


@dataclass(frozen=True, slots=True)
class Selection:
    """A condition on ``document d`` and its values."""

    where: str
    values: tuple[object, ...]

    @classmethod
    def of(cls, company: Company, parameters: Parameters) -> Self:
        """Return the condition that the parameters express.

        :raises GetMyInvoicesRefusal: if one of them is malformed
        """
        terms: list[str] = ["d.company = ?", "d.deleted IS NULL"]
        values: list[object] = [company.id]

        def add(term: str, *given: object) -> None:
            terms.append(term)
            values.extend(given)

        assigned = parameters.integer("companyFilter", 0)
        if assigned:
            add("d.counterparty = ?", max(assigned, 0))
        archived = parameters.integer("archivedFilter", contract.GMI_DEFAULT_ARCHIVED_FILTER)
        if archived not in (0, 1, 2):
            raise GetMyInvoicesRefusal(102, "Invalid parameter: archivedFilter")
        if archived != 1:
            add("d.archived = ?", archived // 2)
        if kind := parameters.text("documentTypeFilter"):
            if kind not in contract.GMI_DOCUMENT_TYPES:
                raise GetMyInvoicesRefusal(146, "Document type is invalid")
            add("d.type = ?", kind)
        if number := parameters.text("documentNumberFilter"):
            add("instr(fold(d.number), ?)", number.casefold())
        if note := parameters.text("noteFilter"):
            add("instr(fold(d.note), ?)", note.casefold())
        undated = "d.date = '' OR" if company.switches.undated_in_period else "d.date <> '' AND"
        for name, comparison in (("startDateFilter", ">="), ("endDateFilter", "<=")):
            if day := parameters.text(name):
                if not is_date(day):
                    raise GetMyInvoicesRefusal(104, f"{name} must have the format Y-m-d")
                add(f"({undated} d.date {comparison} ?)", day)
        if excluded := parameters.many("documentUidExclusionFilter"):
            uids = [as_integer(uid, "documentUidExclusionFilter") for uid in excluded]
            add(f"d.uid NOT IN ({','.join('?' * len(uids))})", *uids)
        if start := parameters.integer("documentUidStartFilter", 0):
            add("d.uid > ?", start)
        if since := parameters.text("updatedOrNewSinceFilter"):
            if not is_date_time(since):
                raise GetMyInvoicesRefusal(140, "updatedOrNewSinceFilter must have the format Y-m-d H:i:s")
            add("d.changed >= ?", since)  # local times, inclusive
        if tags := parameters.many("tagFilter"):
            function, key = _TAG_COMPARISONS[company.switches.tag_comparison]
            marks = ",".join("?" * len(tags))
            term = f"EXISTS (SELECT 1 FROM json_each(d.tags) WHERE {function}(value) IN ({marks}))"
            add(term, *(key(tag) for tag in tags))
        status = parameters.text("paymentStatusFilter", "all")
        if status not in ("all", ""):
            if status not in contract.GMI_PAYMENT_STATUS_FILTERS:
                raise GetMyInvoicesRefusal(112, "Payment status is invalid")
            add("d.payment_status = ?", contract.GMI_PAYMENT_STATUS_FILTERS[status])
        if words := parameters.text("searchQuery"):
            add(
                "(instr(fold(d.data->>'text'), ?) OR instr(fold(d.number), ?) OR instr(fold(d.note), ?) "
                "OR instr(fold(d.data->>'filename'), ?))",
                *[words.casefold()] * 4,
            )
        return cls(" AND ".join(terms), tuple(values))
