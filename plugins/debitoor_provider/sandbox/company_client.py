"""The Python client of the admin API for one company."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Literal

from debitoor_provider.sandbox.admin_session import AdminSession, JsonObject

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    import requests

__all__ = ["CompanyAdmin", "JsonObject"]


class CompanyAdmin:
    """One company of a sandbox: its credentials, data and settings, and the actions of a person in its two web apps."""

    def __init__(self, admin: AdminSession, record: JsonObject) -> None:
        self.admin = admin
        self._take(record)

    def _take(self, record: JsonObject) -> None:
        self.id: int = record["id"]
        self.name: str = record["name"]
        self.country: str = record["country"]
        self.currency: str = record["currency"]
        self.timezone: str = record["timezone"]
        self.gmi_api_key: str = record["gmi_api_key"]
        self.gmi_account_id: str = record["gmi_account_id"]
        self.debitoor_id: str = record["debitoor_id"]
        self.debitoor_token: str | None = record["debitoor_token"]
        self.debitoor_email: str = record["debitoor_email"]
        self.oauth_client_id: str = record["oauth_client_id"]
        self.oauth_client_secret: str = record["oauth_client_secret"]
        self.oauth_redirect_uri: str = record["oauth_redirect_uri"]
        self.switches: JsonObject = record["switches"]
        self.limits: JsonObject = record["limits"]

    @property
    def record_page(self) -> str:
        """Where a person sees a record of the company, with ``{id}`` in place of its id."""
        return f"{self.admin.base_url}/?company={self.id}&record={{id}}#record"

    # --- GetMyInvoices ---

    def add_document(self, content: bytes, filename: str, *, created_at: datetime | None = None, **fields: Any) -> int:
        """Add a document to GetMyInvoices.

        :param created_at: aware; the sandbox's now if None
        :param fields: ``supplier``, ``supplier_country``, ``supplier_vat_id``, ``document_type``, ``document_number``,
            ``document_date``, ``due_date``, ``net_amount``, ``gross_amount``, ``tax_rates``, ``currency``, ``tags``,
            ``note``, ``order_number``, ``payment_status``, ``paid_at``, ``payment_method``, ``workflow`` (None or
            ``{"is_completed": bool}``), ``line_items``, ``archived``, ``locked``, ``text``, ``source``
        :return: its uid
        """
        body = {"content": base64.b64encode(content).decode(), "filename": filename, **fields}
        if created_at:
            body["created_at"] = created_at.isoformat()
        return int(self._call("POST", "/documents", body)["uid"])

    def edit_document(self, uid: int, **fields: Any) -> None:
        """Edit a document as a person would; see :meth:`add_document` for the fields."""
        self._call("PATCH", f"/documents/{uid}", fields)

    def delete_document(self, uid: int) -> None:
        """Delete a document as a person would."""
        self._call("DELETE", f"/documents/{uid}")

    def add_portal(self, name: str, *, status: str = "active") -> int:
        """Add a portal to the companies of GetMyInvoices.

        :param status: active, inactive or pending
        :return: its uid
        """
        return int(self._call("POST", "/portals", {"name": name, "status": status})["uid"])

    def documents(self, *, deleted: bool = False) -> list[JsonObject]:
        """Return all documents as stored, archived ones included; keys as in the API plus ``uid`` and ``sha256``."""
        rows: list[JsonObject] = self._call("GET", "/documents", params={"deleted": deleted})
        return rows

    def document(self, uid: int) -> JsonObject:
        """Return one document, deleted or not.

        :raises LookupError: if there is none
        """
        found: list[JsonObject] = self._call("GET", "/documents", params={"deleted": True, "uid": uid})
        if not found:
            raise LookupError(uid)
        return found[0]

    def document_file(self, uid: int) -> bytes:
        """Return the bytes of a document."""
        return self._request("GET", f"/documents/{uid}/file").content

    def load(self, folder: Path | str) -> list[int]:
        """Load PDFs with their ``documents.json`` and return the uids."""
        uids: list[int] = self._call("POST", "/load", {"folder": str(folder)})["uids"]
        return uids

    def generate(self, documents: int = 0, invoices: int = 0, *, seed: int = 0, **period: str) -> JsonObject:
        """Generate realistic documents and sales invoices.

        :param period: ``from_date`` and ``to_date``, by default the twelve months before the sandbox's now
        :return: counts
        """
        made: JsonObject = self._call(
            "POST", "/generate", {"documents": documents, "invoices": invoices, "seed": seed, **period}
        )
        return made

    # --- Debitoor ---

    def expenses(self, *, deleted: bool = False) -> list[JsonObject]:
        """Return all expenses, oldest first, amounts as int or Decimal."""
        return self.entities("expense", deleted=deleted)

    def invoices(self, *, deleted: bool = False) -> list[JsonObject]:
        """Return all sales invoices, oldest first."""
        return self.entities("invoice", deleted=deleted)

    def credit_notes(self, *, deleted: bool = False) -> list[JsonObject]:
        """Return all credit notes as stored, with negative amounts, oldest first."""
        return self.entities("creditNote", deleted=deleted)

    def entities(self, kind: str, *, deleted: bool = False) -> list[JsonObject]:
        """Return all of ``expense``, ``income``, ``invoice``, ``creditNote``, ``supplier`` or ``customer``."""
        rows: list[JsonObject] = self._call("GET", f"/entities/{kind}", params={"deleted": deleted})
        return rows

    def add_invoice(
        self, *, kind: Literal["invoice", "creditNote"] = "invoice", content: bytes | None = None, **fields: Any
    ) -> JsonObject:
        """Book a sales invoice or credit note.

        :param content: its PDF, printed from the figures if None
        :param fields: ``number``, ``date``, ``customer_name``, ``customer_country``, ``currency``, ``paid``, ``lines``
            (items of ``description``, ``quantity``, ``unit_net_price``, ``tax_rate``), ``extra`` (further properties)
        :return: the entity
        """
        body = {"kind": kind, **fields}
        if content is not None:
            body["content"] = base64.b64encode(content).decode()
        made: JsonObject = self._call("POST", "/invoices", body)
        return made

    def cancel_invoice(self, ident: str, *, date: str | None = None) -> JsonObject:
        """Cancel a sales invoice by a credit note, which is returned."""
        note: JsonObject = self._call("POST", f"/invoices/{ident}/cancel", {"date": date})
        return note

    def add_expense(self, **body: Any) -> JsonObject:
        """Enter an expense as a person would; the keys are those of the API, the service computes the amounts."""
        made: JsonObject = self._call("POST", "/expenses", body)
        return made

    def edit_entity(self, ident: str, **changes: Any) -> JsonObject:
        """Change properties of anything in Debitoor as a person would; None removes a property."""
        changed: JsonObject = self._call("PATCH", f"/entities/{ident}", changes)
        return changed

    def delete_entity(self, ident: str) -> None:
        """Delete an invoice, expense or the like as a person would."""
        self._call("DELETE", f"/entities/{ident}")

    def invoice_pdf(self, ident: str) -> bytes:
        """Return the PDF of a sales document."""
        return self._request("GET", f"/entities/{ident}/pdf").content

    def print_again(self, ident: str, content: bytes) -> None:
        """Replace the PDF of a sales document, as a change of its layout would."""
        self._call("PUT", f"/entities/{ident}/pdf", {"content": base64.b64encode(content).decode()})

    def files(self) -> list[JsonObject]:
        """Return all files uploaded to Debitoor, in the order of upload, each with its ``sha256``."""
        rows: list[JsonObject] = self._call("GET", "/files")
        return rows

    def file(self, file_id: str) -> bytes:
        """Return the bytes of an uploaded file."""
        return self._request("GET", f"/files/{file_id}").content

    # --- credentials, switches, limits ---

    def revoke_token(self) -> None:
        """Revoke all Debitoor tokens of the company."""
        self._take(self._call("DELETE", "/tokens"))

    def new_token(self) -> str:
        """Create a further Debitoor token and return it."""
        self._take(self._call("POST", "/tokens"))
        return str(self.debitoor_token)

    def block_key(self) -> None:
        """Block the GetMyInvoices key: calls are answered with code 407."""
        self.change(key_state="blocked")

    def cancel_account(self) -> None:
        """Cancel the GetMyInvoices account: calls are answered with code 431."""
        self.change(key_state="cancelled")

    def unblock_key(self) -> None:
        """Let the GetMyInvoices key work again."""
        self.change(key_state="active")

    def switch(self, **switches: Any) -> None:
        """Set switches, see :class:`debitoor_provider.sandbox.switches.Switches`."""
        self.change(switches=switches)

    def limit(self, **limits: int | None) -> None:
        """Set rate limits, see :class:`debitoor_provider.sandbox.switches.RateLimits`."""
        self.change(limits=limits)

    def lift_limits(self) -> None:
        """Disable all rate limits."""
        self.limit(**dict.fromkeys(self.limits))

    def refresh(self) -> None:
        """Read the company again, for example after OAuth created a token."""
        self._take(self._call("GET", ""))

    def change(self, **changes: Any) -> None:
        """Change ``name``, ``email``, ``key_state``, ``oauth_redirect_uri``, ``switches`` or ``limits``."""
        self._take(self._call("PATCH", "", changes))

    def _call(self, method: str, path: str, body: Any = None, *, params: JsonObject | None = None) -> Any:
        return self.admin.call(method, f"/companies/{self.id}{path}", body, params=params)

    def _request(self, method: str, path: str) -> requests.Response:
        return self.admin.request(method, f"/companies/{self.id}{path}")
