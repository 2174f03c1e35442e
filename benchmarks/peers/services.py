"""The five calls in plain ``requests``: list, read, upload, book, archive."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from benchmarks.job import Job

Record = dict[str, Any]
_TIMEOUT = 600


class Services:
    """Both services, without ledger, check or pacing.

    :param pool: connections that are kept
    """

    def __init__(self, job: Job, pool: int = 1, adapter: HTTPAdapter | None = None) -> None:
        self._gmi_url, self._debitoor_url = job.gmi_url, job.debitoor_url
        self._gmi, self._debitoor = requests.Session(), requests.Session()
        self._gmi.headers.update({"X-API-KEY": job.api_key, "User-Agent": f"script ({job.account_id})"})
        self._debitoor.headers["x-token"] = job.token
        for session in (self._gmi, self._debitoor):
            session.trust_env = False  # the environment is not asked for proxies again at each call
            session.mount("http://", adapter or HTTPAdapter(pool_maxsize=pool))

    def listed(self, **filters: Any) -> Iterator[list[Record]]:
        """List the documents that are not archived, page by page."""
        number, pages = 1, 1
        while number <= pages:
            answer = self._ask("GET", "/documents", params={"archivedFilter": 0, "pageNumber": number, **filters})
            pages, number = answer["maxPages"], number + 1
            yield answer["records"]

    def content(self, uid: int) -> bytes:
        """Read a document with its file."""
        return base64.b64decode(self._ask("GET", f"/documents/{uid}")["fileContent"])

    def book(self, record: Record, content: bytes) -> None:
        """Upload the file, book the expense, archive the document."""
        name, uid = record["filename"], record["documentUid"]
        files = self._debitoor.post(
            f"{self._debitoor_url}/api/files/v1",
            params={"fileName": name},
            files={"file": (name, content)},
            timeout=_TIMEOUT,
        )
        files.raise_for_status()
        line = {"taxRate": record["taxRates"][0], "grossAmount": record["grossAmount"], "description": str(uid)}
        expense = {"date": record["documentDate"], "fileId": files.json()["id"], "lines": [line]}
        self._debitoor.post(
            f"{self._debitoor_url}/api/expenses/v4", params={"autonumber": "true"}, json=expense, timeout=_TIMEOUT
        ).raise_for_status()
        self._ask("PUT", f"/documents/{uid}", json={"isArchived": 1})

    def move(self, record: Record) -> None:
        """Do all for one document."""
        self.book(record, self.content(record["documentUid"]))

    def agree(self, uid: int, expense_id: str) -> bool:
        """Read a document and its expense, and compare their dates and amounts."""
        document = self._ask("GET", f"/documents/{uid}", params={"includeDocument": "false"})["meta_data"]
        answer = self._debitoor.get(f"{self._debitoor_url}/api/expenses/{expense_id}/v4", timeout=_TIMEOUT)
        answer.raise_for_status()
        expense = answer.json()
        return bool(
            (document["documentDate"], document["grossAmount"]) == (expense["date"], expense["totalGrossAmount"])
        )

    def sales(self) -> list[Record]:
        """List the booked invoices."""
        answer = self._debitoor.get(f"{self._debitoor_url}/api/sales/invoices/v8", timeout=_TIMEOUT)
        answer.raise_for_status()
        found: list[Record] = answer.json()
        return found

    def keep(self, invoice: Record) -> None:
        """Store an invoice's PDF in GetMyInvoices, which takes it as base64 in JSON."""
        address = f"{self._debitoor_url}/api/sales/invoices/{invoice['id']}/pdf/v1"
        pdf = self._debitoor.get(address, timeout=_TIMEOUT)
        pdf.raise_for_status()
        document = {
            "fileName": f"{invoice['number']}.pdf",
            "documentType": "SALES_INVOICE",
            "documentNumber": invoice["number"],
            "documentDate": invoice["date"],
            "fileContent": base64.b64encode(pdf.content).decode(),
        }
        self._ask("POST", "/documents", json=document)

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        answer = self._gmi.request(method, self._gmi_url + path, timeout=_TIMEOUT, **options)
        answer.raise_for_status()
        return answer.json()
