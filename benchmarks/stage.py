"""What the measurements play on: the sandbox, its companies with their documents, and what must come of it."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.job import Job
from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin
from debitoor_provider.sandbox.company_client import JsonObject
from debitoor_provider.sandbox.server import running
from demo.accounts import slug

_PDF = b"%%PDF-1.4\n%% benchmark document %d of %s\n%%%%EOF\n"
_UID = re.compile(r"(\d+)\]?$")
_BEFORE = timedelta(days=3)
_numbers = itertools.count(1)
_ACCOUNT = """\
type: export
name: {name}
debitoor_id: {email}
frequency: hourly
connections: {{getmyinvoices: getmyinvoices_{slug}, debitoor: debitoor_{slug}}}
archive_after_transfer: true
"""


@contextmanager
def sandbox() -> Iterator[SandboxAdmin]:
    """Run both services, as a process of its own."""
    with running() as admin:
        yield admin


def gross_of(number: int) -> Decimal:
    """Return the gross amount of the document with a number: equal ones would be possible duplicates."""
    return Decimal("1.19") * (100 + number)


def furnish(
    admin: SandboxAdmin,
    name: str,
    documents: int,
    *,
    content: Callable[[int], bytes] | None = None,
    limits: dict[str, int | None] | None = None,
    suppliers: Sequence[str] = ("Lieferant GmbH",),
) -> CompanyAdmin:
    """Make a company whose documents arrived some days ago.

    :param content: of the document with a number; a few bytes by default. Equal contents are kept on the disk once
    :param limits: as of the sandbox; none by default
    :param suppliers: of the documents, in turn
    """
    company = admin.create_company(name, limits=limits)
    of_number = content or (lambda number: _PDF % (number, name.encode()))
    admin.set_clock(admin.now() - _BEFORE)
    with tempfile.TemporaryDirectory(prefix="documents-") as folder:
        _write(Path(folder), documents, of_number, suppliers)
        company.load(folder)
    admin.set_clock()
    return company


def furnish_sales(admin: SandboxAdmin, name: str, invoices: int, content: Callable[[int], bytes]) -> CompanyAdmin:
    """Make a company that has booked invoices.

    :param content: the PDF of the invoice with a number; each a different one, since GetMyInvoices takes none twice
    """
    company = admin.create_company(name, limits=None)
    for number in range(invoices):
        company.add_invoice(content=content(number))
    return company


def receive(company: CompanyAdmin, **fields: Any) -> int:
    """Let a document arrive now, another one each time; return its uid.

    :param fields: as of the sandbox, in place of the usual ones
    """
    number = next(_numbers)
    usual = {
        "supplier": "Lieferant GmbH", "supplier_country": "DE", "document_type": "INCOMING_INVOICE",
        "document_number": f"R-{number}", "document_date": "2026-01-05", "net_amount": Decimal(100 + number),
        "gross_amount": gross_of(number), "tax_rates": [19], "currency": "EUR",
    }  # fmt: skip
    text: dict[str, Any] = {
        key: str(value) if isinstance(value, Decimal) else value for key, value in (usual | fields).items()
    }
    return company.add_document(_PDF % (number, company.name.encode()), f"{number}.pdf", **text)


def job_of(admin: SandboxAdmin, company: CompanyAdmin, folder: Path, *, parallel: int = 32, **options: Any) -> Job:
    """Return the job of a process for a company."""
    return Job(
        name=company.name,
        email=company.debitoor_email,
        gmi_url=admin.gmi_url,
        api_key=company.gmi_api_key,
        account_id=company.gmi_account_id,
        debitoor_url=admin.debitoor_url,
        token=company.debitoor_token or "",
        folder=str(folder),
        parallel=parallel,
        options=options,
    )


def account_text(company: CompanyAdmin) -> str:
    """Return the file of an hourly account that exports and archives a company's documents."""
    return _ACCOUNT.format(name=company.name, email=company.debitoor_email, slug=slug(company))


def check(company: CompanyAdmin, *, archived: bool = True) -> None:
    """See that each document is in the books exactly once, with its own file, and archived.

    :raises AssertionError: when one is not
    """
    documents = {document["uid"]: document for document in company.documents()}
    expenses = company.expenses()
    files = {file["id"]: file["sha256"] for file in company.files()}
    there = Counter(map(uid_of, expenses))
    _must(there == Counter(dict.fromkeys(documents, 1)), f"{len(there)} of {len(documents)} documents are there")
    for expense in expenses:
        uid = uid_of(expense)
        _must(files[expense["fileId"]] == documents[uid]["sha256"], f"{uid} has another file")
    _must(not archived or all(one["isArchived"] for one in documents.values()), "a document is not archived")


def check_sales(company: CompanyAdmin, content: Callable[[int], bytes]) -> None:
    """See that the PDF of each invoice is in GetMyInvoices exactly once.

    :raises AssertionError: when one is not
    """
    wanted = Counter(hashlib.sha256(content(number)).hexdigest() for number in range(len(company.invoices())))
    there = Counter(document["sha256"] for document in company.documents())
    _must(there == wanted, f"{len(there & wanted)} of {len(wanted)} invoices are there")


def uid_of(expense: JsonObject) -> int:
    """Return the document an expense was made from, by the provider or by a peer; 0 when it is unknown."""
    found = _UID.search(expense["lines"][0]["description"])
    return int(found[1]) if found else 0


def _must(is_so: bool, otherwise: str) -> None:
    if not is_so:
        raise AssertionError(otherwise)


def _write(folder: Path, documents: int, of_number: Callable[[int], bytes], suppliers: Sequence[str]) -> None:
    described: list[dict[str, Any]] = []
    paths: dict[str, Path] = {}
    for number in range(documents):
        content = of_number(number)
        sha256 = hashlib.sha256(content).hexdigest()
        path = folder / f"{number}.pdf"
        if sha256 in paths:
            os.link(paths[sha256], path)
        else:
            path.write_bytes(content)
            paths[sha256] = path
        described.append(
            {
                "filename": path.name, "bytes": len(content), "sha256": sha256,
                "supplier": suppliers[number % len(suppliers)], "country": "DE",
                "document_type": "INCOMING_INVOICE", "document_number": str(number), "document_date": "2026-01-05",
                "net_amount": f"{100 + number}.00", "gross_amount": f"{gross_of(number):.2f}", "tax_rates": [19],
                "currency": "EUR",
            }
        )  # fmt: skip
    (folder / "documents.json").write_text(json.dumps(described))
