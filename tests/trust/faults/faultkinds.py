"""Each kind of fault, and what the contracts' error tables make of it for each sort of call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Class = Literal["through", "retry", "reject", "stop"]
Sort = Literal[
    "general",  # all documents depend on it: lists, the account, the books, the companies
    "detail",  # one document's record
    "stream",  # a large file of GetMyInvoices, whose route may be missing (G 5.2)
    "pdf",  # a sales document's file
    "upload",  # a file for Debitoor: may be repeated
    "create",  # an expense, or a document of GetMyInvoices
    "company",  # the company of the imported documents
    "archive",
    "tags",  # that an upload has lost, found out while settling it
    "look",  # what the document is that has the same file
    "repair",  # tags of one that was found to be there already
    "settle",  # a look for the outcome of a write
]
Expected = Mapping[str, Class]

_SORTS: Mapping[str, Sort] = {
    "gmi.documents.get": "detail",
    "gmi.documents.file": "stream",
    "debitoor.invoices.pdf": "pdf",
    "debitoor.credit_notes.pdf": "pdf",
    "debitoor.files.create": "upload",
    "debitoor.expenses.create": "create",
    "gmi.documents.create": "create",
    "gmi.companies.create": "company",
}
_SORTS_IN: Mapping[tuple[str, str], Sort] = {
    ("export", "gmi.documents.update"): "archive",
    ("export, chosen", "gmi.documents.get"): "general",
    ("export, lost answer", "debitoor.expenses.list"): "settle",
    ("import, lost answer", "gmi.documents.list"): "settle",
    ("import, lost answer", "gmi.documents.update"): "tags",
    ("import, nameless duplicate", "gmi.documents.list"): "detail",
    ("import, found by its bytes", "gmi.documents.get"): "look",
    ("import, found by its bytes", "gmi.documents.update"): "repair",
}


def sort_of(errand: str, operation: str) -> Sort:
    """Return the purpose of a call."""
    return _SORTS_IN.get((errand, operation)) or _SORTS.get(operation, "general")


# A fault that passes by itself. A look that fails leaves the write unclear, whatever it failed with.
_PASSES: Expected = {"*": "retry"}
_NOT_NOTICED: Expected = {"*": "through"}
# The answer is corrupted after the write: a look-up finds it.
_DONE: Expected = {**_PASSES, "create": "through", "company": "through"}
# The file itself is wrong; any other call has an answer that cannot be read.
_NO_FILE: Expected = {**_PASSES, "stream": "reject", "pdf": "reject"}
_NO_FILE_DONE: Expected = {**_NO_FILE, **_DONE, "stream": "reject", "pdf": "reject"}
# What a service refuses concerns one document, or all of them. Lost tags are no reason to lose the document.
_REFUSES: Expected = {
    "*": "reject",
    "general": "stop",
    "company": "stop",
    "settle": "retry",
    "tags": "through",
    "repair": "through",
}
_NO_ROUTE: Expected = {**_REFUSES, "stream": "through"}
_NOT_FOUND: Expected = {**_NO_ROUTE, "upload": "stop", "create": "stop"}
_STOPS: Expected = {"*": "stop", "settle": "retry", "tags": "retry", "look": "retry", "repair": "retry"}


@dataclass(frozen=True)
class Kind:
    """One kind of fault.

    :param effect: of the sandbox, or ``refused``: nothing listens
    :param expected: the outcome by sort of call, while it lasts
    :param only: what the names of the operations that can have it begin or end with
    :param retry_after: seconds that the service asks to wait
    """

    effect: str
    expected: Expected
    options: Mapping[str, Any] = field(default_factory=dict)
    only: str = ""
    retry_after: int | None = None

    def becomes(self, sort: Sort) -> Class:
        """Return the class for a sort of call."""
        return self.expected.get(sort, self.expected["*"])

    def concerns(self, operation: str) -> bool:
        """Return whether a call can have it."""
        return operation.startswith(self.only) or operation.endswith(self.only)


READ_TIMEOUT = 0.2


def _status(status: int, expected: Expected, **options: Any) -> Kind:
    return Kind("status", expected, {"status": status, **options})


def _limited(expected: Expected, seconds: int | None, **options: Any) -> Kind:
    return Kind("rate_limited", expected, {"retry_after": seconds, **options}, retry_after=seconds)


KINDS: Mapping[str, Kind] = {
    "refused connection": Kind("refused", _PASSES),
    "reset before": Kind("cut_before", _PASSES),
    "reset after": Kind("cut_after", _DONE),
    "slow": Kind("latency", _NOT_NOTICED, {"seconds": READ_TIMEOUT / 10}),
    "too slow": Kind("latency", _DONE, {"seconds": READ_TIMEOUT * 2, "when": "after"}),
    "stalled": Kind("stall", _DONE, {"seconds": READ_TIMEOUT * 2}),
    "cut in the middle": Kind("truncate", _DONE),
    "short with the right length": Kind("truncate_hidden", _DONE),
    "wrong length": Kind("wrong_length", _DONE),
    "broken JSON": _status(200, _NO_FILE, body='{"records": ['),
    "other JSON": _status(200, _PASSES, body={"message": "Something went wrong"}),
    "empty JSON": _status(200, _PASSES, body={}),
    "error in a 200": Kind("error_in_200", _PASSES),
    "page instead": Kind("html", _PASSES),
    "gateway's page": Kind("html", _PASSES, {"status": 502}),
    "nothing instead": _status(200, _NO_FILE, body=""),
    "empty": Kind("empty", _NO_FILE_DONE),
    "not a PDF": Kind("not_a_pdf", _NO_FILE_DONE),
    "400": _status(400, _NO_ROUTE),
    "401": _status(401, _STOPS),
    "403": _status(403, _STOPS),
    "403 for 429": Kind("rate_limited", _PASSES, {"status": 403}, only="gmi."),
    "404": _status(404, _NOT_FOUND),
    "409": _status(409, _REFUSES),
    "412": _status(412, _REFUSES),
    "413": _status(413, _REFUSES),
    "415": _status(415, _REFUSES),
    "422": _status(422, _REFUSES),
    "429 with seconds": _limited(_PASSES, 30),
    "429 with a date": _limited(_PASSES, 30, retry_after_form="date"),
    "429 for long": _limited(_PASSES, 600),
    "429 without a time": _limited(_PASSES, None),
    "500": _status(500, _PASSES),
    "502": _status(502, _PASSES),
    "503": _status(503, _PASSES, body="Service unavailable"),
    "503 after": _status(503, _DONE, body="Timed out", when="after"),
    "504": _status(504, _PASSES),
    "late commit": Kind("late_commit", _PASSES, {"seconds": 75, "body": "Timed out"}),
    "redirect": Kind("redirect", _STOPS),
    "page drift": Kind("insert_row", _NOT_NOTICED, only=".list"),
}
