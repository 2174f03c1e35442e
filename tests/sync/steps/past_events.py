"""Generates what may have happened to an account: settings, documents, and sequences of events."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

FIGURES = [
    {"net_amount": "100.00", "gross_amount": "119.00", "tax_rates": ["19"]},
    {"net_amount": "100.00", "gross_amount": "107.00", "tax_rates": ["7"]},
    {"net_amount": "200.00", "gross_amount": "226.00", "tax_rates": ["7", "19"]},
    {"net_amount": "100.00", "gross_amount": "150.00", "tax_rates": ["19"]},
    {"net_amount": "100.00", "gross_amount": "119.00", "tax_rates": []},
    {"net_amount": "0.00", "gross_amount": "0.00", "tax_rates": []},
]
BARE: dict[str, Any] = {
    "document_number": "", "document_date": None, "gross_amount": None, "net_amount": None, "tax_rates": [],
}  # fmt: skip
"""What a record lacks that the e-invoice in the document's file has."""
EXPORTS: list[dict[str, Any]] = [
    {},
    {"rename": "{company}", "archive_after_transfer": True},
    {"rename": "{document_number}", "filter": {"approved_only": True}},
    {"filter": {"tags": {"any": ["books"]}, "archived": True}},
    {"filter": {"document_types": ["RECEIPT"]}, "foreign_currency": "zero_amount"},
    {"period": {"from": "2026-02-01"}, "foreign_currency": "zero_amount", "rename": "{company}_{document_date}"},
    {"duplicates": "hold", "foreign_currency": "zero_amount"},
    {"duplicates": "off"},
    {"category": "office.supplies", "invoice": "off"},
]
MISTAKEN = {"category": "no.such"}
"""Settings of an export that stop every run; their number is behind the last of the others."""
IMPORTS: list[dict[str, Any]] = [
    {},
    {"documents": ["invoices"]},
    {"defaults": {"tags": ["sales"], "positive_credit_note": "negate"}},
    {"period": {"from": "2026-02-01"}},
    {"defaults": {"company": "Acme", "create_company": True}},
    {"defaults": {"company": "Nobody"}},
    {"duplicates": "hold"},
    {"duplicates": "off"},
    {"defaults": {"company": "Sales", "create_company": True}},
    {},
]
ODD_FILES = ["a.docx", "a.tif", "a.xml", "scan", "a.JPG", "large.pdf"]
CALLS = {
    "export": [
        "gmi.documents.list", "gmi.documents.get", "debitoor.expenses.list", "debitoor.files.create",
        "debitoor.expenses.create", "gmi.documents.update",
    ],
    "import": [
        "debitoor.*.list", "debitoor.invoices.pdf", "gmi.documents.list", "gmi.documents.create", "gmi.companies.*",
        "debitoor.credit_notes.pdf",
    ],
}  # fmt: skip
TROUBLES: dict[str, dict[str, Any]] = {
    "lost answer": {"effect": "cut_after"},
    "fault": {"effect": "status", "status": 500},
    "refusal": {"effect": "status", "status": 400},
    "refused key": {"effect": "status", "status": 401},
    "delivered twice": {"effect": "deliver_twice"},
}
"""What goes wrong at one call of a run, once."""
STATED = [
    "date=2026-02-10", "date=2026-01-10", "tax=7", "tax=7:107.00,19:119.00", "currency=EUR", "exchange_rate=0.9",
    "supply=domestic", "supply=outside", "supply=eu", "",
]  # fmt: skip
DAYS = st.sampled_from(["2026-01-31", "2026-02-01", "2026-02-28"])
PICKS = st.integers(0, 5)

_SETTINGS = st.integers(0, len(EXPORTS) - 1)
_COMMON = [
    st.tuples(st.just("run"), _SETTINGS),
    st.tuples(st.just("run"), _SETTINGS),
    st.tuples(st.just("plan"), _SETTINGS),
    st.tuples(st.just("plan_and_name"), _SETTINGS),
    st.tuples(st.just("time_passes"), st.sampled_from([1, 15, 180, 12_000])),
    st.tuples(st.just("ledger_is_lost")),
    st.tuples(st.just("troubled_run"), _SETTINGS, PICKS, st.sampled_from([*TROUBLES])),
    st.tuples(
        st.just("person"),
        PICKS,
        st.sampled_from(["ignore", "retry", "mark_moved", "if_missing", "new_record", "choose", "distinguish"]),
    ),
]
_DOCUMENTS = [
    st.tuples(
        st.just("document"),
        st.integers(0, len(FIGURES) - 1),
        st.sampled_from(["EUR", "EUR", "EUR", "USD"]),
        st.sampled_from([["books"], []]),
        st.sampled_from([None, True, False]),
        DAYS,
        st.sampled_from([[], [], ["document_number"], ["document_date"], ["gross_amount", "net_amount"], [*BARE]]),
    ),
    st.tuples(st.just("odd_file"), st.sampled_from(ODD_FILES)),
    st.tuples(st.just("edit"), PICKS, st.sampled_from(["figures", "number", "tags", "note", "type", "date"]), PICKS),
    st.tuples(st.just("approve"), PICKS, st.booleans()),
    st.tuples(st.just("archive"), PICKS, st.booleans()),
    st.tuples(st.just("correct"), PICKS, st.sampled_from(STATED)),
    st.tuples(st.just("delete"), PICKS),
    st.tuples(st.just("edit_expense"), PICKS),
    st.tuples(st.just("delete_expense"), PICKS),
    st.tuples(st.just("book_twice"), PICKS),
    st.tuples(st.just("book_by_hand"), st.integers(0, len(FIGURES) - 1), DAYS, PICKS),
]
_SALES = [
    st.tuples(st.just("sale"), st.sampled_from(["invoice", "invoice", "creditNote"]), DAYS),
    st.tuples(st.just("edit_sale"), PICKS, st.sampled_from(["59.50", "238.00"])),
    st.tuples(st.just("delete_sale"), PICKS),
    st.tuples(st.just("delete_copy"), PICKS),
    st.tuples(st.just("upload_by_hand"), PICKS),
]


def events(direction: str) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    """Generate sequences of events; they begin with documents, so that few of them have no effect."""
    own = _DOCUMENTS if direction == "export" else _SALES
    first = st.lists(own[0], min_size=1, max_size=4)
    return st.builds(list.__add__, first, st.lists(st.one_of(own[0], *own, *_COMMON), max_size=9))


WINDOWS = st.sampled_from(["scheduled", "scheduled", "manual", "period", "named", "backfill"])
