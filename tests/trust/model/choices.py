"""What Hypothesis may choose: how documents look, how accounts are set, which calls fail and how."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from tests.trust.model.reference import FIGURES, SUPPLIERS, ExportRules, ImportRules

if TYPE_CHECKING:
    from tests.trust.model.exchange import Direction

PICKS = st.sampled_from([0, 0, 0, 1, 1, 2, 3, 5, 8])  # mostly what came last
KINDS = st.sampled_from(["INCOMING_INVOICE", "INCOMING_INVOICE", "RECEIPT", "CREDIT_NOTE", "DELIVERY_NOTE"])
DAYS = st.sampled_from(["2026-01-31", "2026-01-31", "2026-02-01", "2026-02-28", "2025-12-31", ""])
NAMES = st.sampled_from(["Paper Ltd", *SUPPLIERS])
AMOUNTS = st.sampled_from(["one rate", "one rate", *FIGURES])
APPROVALS = st.sampled_from([False, False, True, None])
TAGS = st.sampled_from(
    [frozenset({"books"}), frozenset[str](), frozenset({"checked"}), frozenset({"books", "private"})]
)
STARTS = [
    datetime(2026, 3, 10, 8, tzinfo=UTC),
    datetime(2026, 3, 28, 23, 50, tzinfo=UTC),  # before the clocks go forward in Berlin
    datetime(2026, 10, 24, 23, 50, tzinfo=UTC),  # and back
]
Fault = tuple[str, dict[str, Any]]
DIRECTIONS: st.SearchStrategy[Direction] = st.sampled_from(["export", "export", "import"])
PERIODS = st.sampled_from(
    [(None, None), (None, None), ("2026-01-01", None), ("2026-01-01", "2026-01-31"), (None, "2026-02-01")]
)
EXPORTS = st.builds(
    ExportRules,
    kinds=st.sampled_from([ExportRules.kinds, ExportRules.kinds, ("INCOMING_INVOICE",)]),
    wanted=st.sampled_from([(), (), (), ("books",), ("books",), ("books", "checked")]),
    barred=st.sampled_from([(), ("private",)]),
    payment=st.sampled_from([(), (), (), (), (), ("Paid",), ("Paid", "Partially"), ("Partially",)]),
    companies=st.sampled_from([((), ()), ((), ()), ((), ()), ((), ()), (("Paper Ltd",), ()), ((), ("Desk AG",))]),
    approved_only=st.booleans(),
    without_workflow=st.sampled_from(["skip", "pass"]),
    period=PERIODS,
    take_archived=st.booleans(),
    archive=st.booleans(),
    template=st.sampled_from(["", "{document_date}_{company}_{document_number}"]),
    foreign=st.sampled_from(["hold", "zero_amount"]),
    credit=st.sampled_from(["hold", "keep", "negate"]),
)
IMPORTS = st.builds(
    ImportRules,
    documents=st.sampled_from([ImportRules.documents, ImportRules.documents, ("invoices",), ("credit_notes",)]),
    kind=st.sampled_from(["SALES_INVOICE", "INCOMING_INVOICE"]),
    credit_kind=st.sampled_from([None, "CREDIT_NOTE"]),
    period=PERIODS,
)
WINDOWS = st.sampled_from(
    [("2026-01-01", "2026-01-31"), ("2026-02-01", None), (None, "2026-01-31"), ("2026-02-01", "2026-01-01")]
)
WRITES: dict[Direction, list[str]] = {
    "export": [
        "debitoor.files.create",
        "debitoor.expenses.create",
        "debitoor.expenses.*",
        "debitoor.expenses.*",
        "gmi.documents.update",
    ],
    "import": ["gmi.documents.create", "gmi.documents.*", "gmi.documents.*"],
}
READS: dict[Direction, list[str]] = {
    "export": ["gmi.documents.list", "gmi.documents.get", "gmi.documents.file", "debitoor.expenses.list"],
    "import": ["debitoor.invoices.list", "debitoor.environment", "debitoor.*.pdf"],
}
LOSSES: list[Fault] = [
    ("cut_after", {}),
    ("cut_before", {}),
    ("status", {"status": 503, "when": "after"}),
    ("html", {"status": 502, "when": "after"}),
    ("truncate", {}),
]
REFUSALS: list[Fault] = [
    ("status", {"status": 500}),
    ("status", {"status": 503}),
    ("status", {"status": 401}),
    ("rate_limited", {"retry_after": 5}),
    ("rate_limited", {"retry_after": 600}),
    ("rate_limited", {}),
]
HITS: list[dict[str, Any]] = [{"between": (2, 19)}, {}, {"times": 1}, {"between": (4, 19)}, {"every": 2}]
