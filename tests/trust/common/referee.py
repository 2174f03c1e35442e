"""The referee of the trust tests: judges by what the two services hold and by the sandbox's log, never by our ledger.

Only whether the ledger's history is one that may be is read from the ledger's own tables, by rules of its own.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from tests.trust.common.tally import Wrong

if TYPE_CHECKING:
    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin

Findings = dict[Wrong, list[str]]

_EXPENSE_MARKER = re.compile(r"\[GMI (\d+)\]$")
_NOTE_MARKER = re.compile(r"\[Debitoor ([0-9a-f]{24})\]$")
_DELIVERED = {None, "latency:before", "latency:after"}  # with these the answer was there, sooner or later

# Which state may follow on which, as the design describes the states of a document (section 5).
_OPEN = {"waiting", "planned", "held", "rejected"}
_NEXT: Mapping[str | None, set[str]] = {
    None: {*_OPEN, "moved", "archived", "ignored"},  # listed; found by a rebuild; or known from another account
    "waiting": {*_OPEN, "gone", "ignored", "moved"},
    "planned": {*_OPEN, "gone", "ignored", "sending", "moved"},
    "sending": {"sending", "planned", "moved", "held", "rejected"},
    "held": {*_OPEN, "gone", "ignored", "moved"},
    "rejected": {*_OPEN, "gone", "ignored", "moved"},
    "ignored": {"planned", "moved"},
    "gone": {*_OPEN, "moved"},
    "moved": {"moved", "archived", "planned", "held"},  # held when it is there twice
    "archived": {"planned", "held"},
}
_BY_A_PERSON = {("moved", "planned"), ("archived", "planned"), ("ignored", "planned"), ("ignored", "moved")}


class Referee:
    """Judges the exchange of one company.

    :param company: whose services are looked at
    """

    def __init__(self, sandbox: SandboxAdmin, company: CompanyAdmin) -> None:
        self._sandbox, self._company = sandbox, company
        self._files: dict[str, str] = {}  # the hash of each uploaded file

    def judge(
        self,
        *,
        exported: Collection[str | int] | None = None,
        imported: Collection[str] | None = None,
        again: Collection[str | int] = (),
        ledgers: Iterable[Path | str] = (),
    ) -> Findings:
        """Return all violations.

        :param exported: ids of the GetMyInvoices documents that have to be in the books, and no others; ``None``: do
            not look whether one is missing or too many
        :param imported: ids of the sales documents that have to be in GetMyInvoices, and no others; likewise
        :param again: documents that may be there more than once: a person sent them again, or was notified
        :param ledgers: files or URLs of ledgers whose history has to be one that may be
        """
        found: Findings = defaultdict(list)
        self._files = {file["id"]: file["sha256"] for file in self._company.files()}
        self._exported(found, None if exported is None else set(map(str, exported)), set(map(str, again)))
        self._imported(found, None if imported is None else set(imported), set(map(str, again)))
        self._archived(found)
        self._others(found)
        for place in ledgers:
            found["illegal"] += illegal_steps(place)
        return {kind: whats for kind, whats in found.items() if whats}

    def _exported(self, found: Findings, wanted: set[str] | None, again: set[str]) -> None:
        documents = {str(row["uid"]): row for row in self._company.documents(deleted=True)}
        by_uid: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for expense in self._company.expenses():
            marker = _EXPENSE_MARKER.search(expense["lines"][0].get("description", ""))
            if marker:
                by_uid[marker[1]].append(expense)
        if wanted is not None:
            found["lost"] += [f"document {uid} is not in the books" for uid in sorted(wanted - by_uid.keys())]
            found["wrong"] += [f"document {uid} went into the books" for uid in sorted(by_uid.keys() - wanted)]
        for uid, expenses in by_uid.items():
            if len(expenses) > 1 and uid not in again:
                found["twice"].append(f"document {uid} is in the books {len(expenses)} times")
            document = documents.get(uid)
            if document is None:
                found["leaked"].append(f"an expense stands for document {uid}, which the company does not have")
                continue
            for expense in expenses:
                self._compare(found, document, expense)

    def _compare(self, found: Findings, document: dict[str, Any], expense: dict[str, Any]) -> None:
        which = f"document {document['uid']}"
        file_id = (expense.get("file") or {}).get("id")
        if file_id not in self._files:
            found["bytes"].append(f"{which} is in the books without its file")
        elif self._files[file_id] != document["sha256"]:
            found["bytes"].append(f"{which} has another file in the books")
        if Decimal(expense["totalGrossAmount"]) != Decimal(document["grossAmount"]):
            found["amounts"].append(f"{which}: {expense['totalGrossAmount']} instead of {document['grossAmount']}")

    def _imported(self, found: Findings, wanted: set[str] | None, again: set[str]) -> None:
        sales = {
            row["id"]: row for row in [*self._company.invoices(deleted=True), *self._company.credit_notes(deleted=True)]
        }
        by_id: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for document in self._company.documents():
            marker = _NOTE_MARKER.search(document["note"])
            if marker:
                by_id[marker[1]].append(document)
        if wanted is not None:
            found["lost"] += [f"{sales_id} is not in GetMyInvoices" for sales_id in sorted(wanted - by_id.keys())]
            found["wrong"] += [f"{sales_id} went to GetMyInvoices" for sales_id in sorted(by_id.keys() - wanted)]
        for sales_id, copies in by_id.items():
            if len(copies) > 1 and sales_id not in again:
                found["twice"].append(f"{sales_id} is in GetMyInvoices {len(copies)} times")
            if sales_id not in sales:
                found["leaked"].append(f"a document stands for {sales_id}, which the company does not have")
                continue
            original = hashlib.sha256(self._company.invoice_pdf(sales_id)).hexdigest()
            for copy in copies:
                if copy["sha256"] != original:
                    found["bytes"].append(f"{sales_id} has another file in GetMyInvoices")
                if Decimal(copy["grossAmount"]) != Decimal(sales[sales_id]["totalGrossAmount"]):
                    found["amounts"].append(f"{sales_id}: {copy['grossAmount']}")

    def _archived(self, found: Findings) -> None:
        """Check that Debitoor's answer showed a document's expense before the document was archived."""
        effects = self._sandbox.effects(company=self._company)
        made = {row["id"]: row for row in effects if row["object"] == "expense" and row["kind"] == "created"}
        uid_of = {}
        for expense in self._company.expenses(deleted=True):
            marker = _EXPENSE_MARKER.search(expense["lines"][0].get("description", ""))
            if marker:
                uid_of[expense["id"]] = marker[1]
        delivered = [
            row
            for row in self._sandbox.calls(company=self._company, service="debitoor")
            if row["operation"].startswith("debitoor.expenses.") and row["status"] < 300 and row["fault"] in _DELIVERED
        ]
        shown: dict[str, int] = {}  # the first answer that contained a document's expense
        for expense_id, effect in made.items():
            seqs = [row["seq"] for row in delivered if row["seq"] > effect["seq"] or row["seq"] == effect["call"]]
            if expense_id in uid_of and seqs:
                uid = uid_of[expense_id]
                shown[uid] = min(seqs[0], shown.get(uid, seqs[0]))
        for row in effects:
            is_archived = str(row["details"].get("changed", {}).get("isArchived")) == "1"
            by_api = row["object"] == "document" and row["kind"] == "updated" and row["call"]
            if by_api and is_archived and shown.get(row["id"], row["call"]) >= row["call"]:
                found["early"].append(f"document {row['id']} was archived before Debitoor had shown its expense")

    def _others(self, found: Findings) -> None:
        """Check that nothing of another company came here."""
        own = {row["sha256"] for row in self._company.documents(deleted=True)}
        found["leaked"] += [
            f"file {file['fileName']} is no document of {self._company.name}"
            for file in self._company.files()
            if file["sha256"] not in own
        ]


def illegal_steps(ledger: Path | str) -> list[str]:
    """Return every illegal step in a ledger's history.

    :param ledger: its SQLite file, or its URL
    """
    engine = sa.create_engine(ledger if isinstance(ledger, str) else f"sqlite:///{ledger}", poolclass=sa.NullPool)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT document_id, kind, from_state, to_state, actor FROM debitoor_events ORDER BY document_id, id"
        ).all()
        states = dict(map(tuple, connection.exec_driver_sql("SELECT id, state FROM debitoor_documents")))
    wrong, now = [], {}
    for document, kind, origin, target, actor in rows:
        if origin != now.get(document):
            wrong.append(f"entry {document}: {kind} began at {origin}, the entry was {now.get(document)}")
        if target not in _NEXT[origin] or (
            (origin, target) in _BY_A_PERSON and not actor.startswith("user:") and kind != "rebuilt"
        ):
            wrong.append(f"entry {document}: {kind} led from {origin} to {target}")
        now[document] = target
    wrong += [
        f"entry {id_} is {state}, its history says {now.get(id_)}"
        for id_, state in states.items()
        if now.get(id_) != state
    ]
    return wrong
