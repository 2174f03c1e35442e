"""Documents of both services: a person's actions, and what is stored."""

# ruff: noqa: TC001 - FastAPI and pydantic read the annotations at run time
from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Response

from debitoor_provider.sandbox import json_codec, people_actions
from debitoor_provider.sandbox.admin.access import A_FILE, CompanyOf, Json, WorldOf, file_response
from debitoor_provider.sandbox.admin.bodies import (
    Cancellation,
    DocumentFields,
    Generation,
    NewDocument,
    NewInvoice,
    NewPortal,
    Print,
)
from debitoor_provider.sandbox.data import lifelike, loader
from debitoor_provider.sandbox.debitoor import files
from debitoor_provider.sandbox.gmi import counterparties

router = APIRouter()


@router.get("/companies/{company_id}/documents")
async def list_documents(company: CompanyOf, world: WorldOf, deleted: bool = False, uid: int | None = None) -> Json:
    """List all documents as stored, archived ones included, or one."""
    rows = world.store.rows(
        "SELECT d.uid, d.sha256, d.changed, d.deleted, coalesce(c.name, ''), coalesce(c.data->>'countryCode', ''), "
        "d.data FROM document d "
        "LEFT JOIN counterparty c ON c.uid = d.counterparty "
        "WHERE d.company = ?1 AND (?2 OR d.deleted IS NULL) AND (?3 IS NULL OR d.uid = ?3) ORDER BY d.uid",
        company.id,
        deleted,
        uid,
    )
    names = ("uid", "sha256", "changedAt", "deletedAt", "companyName", "companyCountry")
    return Json([dict(zip(names, row, strict=False)) | json_codec.parse(row[-1]) for row in rows])


@router.post("/companies/{company_id}/documents")
async def add_document(body: NewDocument, company: CompanyOf, world: WorldOf) -> Json:
    """Add a document to GetMyInvoices."""
    fields = body.model_dump(exclude_unset=True)
    content, filename = fields.pop("content"), fields.pop("filename")
    return Json({"uid": people_actions.add_document(world, company, content, filename, **fields)})


@router.patch("/companies/{company_id}/documents/{uid}")
async def edit_document(uid: int, body: DocumentFields, company: CompanyOf, world: WorldOf) -> Json:
    """Edit a document as a person would: approval, tags, archive, amounts."""
    people_actions.edit_document(world, company, uid, **body.model_dump(exclude_unset=True))
    return Json({"uid": uid})


@router.delete("/companies/{company_id}/documents/{uid}")
async def delete_document(uid: int, company: CompanyOf, world: WorldOf) -> Json:
    """Delete a document as a person would."""
    people_actions.delete_document(world, company, uid)
    return Json({"uid": uid})


@router.get("/companies/{company_id}/documents/{uid}/file", **A_FILE)
async def get_document_file(uid: int, company: CompanyOf, world: WorldOf) -> Response:
    """Return the bytes of a document."""
    sha256 = world.store.value("SELECT sha256 FROM document WHERE uid = ? AND company = ?", uid, company.id)
    return file_response(world, sha256, "application/pdf")


@router.post("/companies/{company_id}/portals")
async def add_portal(body: NewPortal, company: CompanyOf, world: WorldOf) -> Json:
    """Connect a portal."""
    with world.store.transaction():
        return Json({"uid": counterparties.add(world, company, body.name, portal=True, status=body.status)})


@router.get("/companies/{company_id}/entities/{kind}")
async def list_entities(kind: str, company: CompanyOf, world: WorldOf, deleted: bool = False) -> Json:
    """List all of a kind, oldest first: expense, income, invoice, creditNote, supplier or customer."""
    rows = world.store.rows(
        "SELECT data FROM entity WHERE company = ? AND kind = ? AND (? OR deleted IS NULL) ORDER BY id",
        company.id, kind, deleted,
    )  # fmt: skip
    return Json([json_codec.parse(text) for (text,) in rows])


@router.post("/companies/{company_id}/invoices")
async def add_invoice(body: NewInvoice, company: CompanyOf, world: WorldOf) -> Json:
    """Book a sales invoice or credit note."""
    fields = body.model_dump()
    return Json(people_actions.add_invoice(world, company, **fields.pop("extra"), **fields))


@router.post("/companies/{company_id}/invoices/{ident}/cancel")
async def cancel_invoice(ident: str, body: Cancellation, company: CompanyOf, world: WorldOf) -> Json:
    """Cancel a sales invoice by a credit note."""
    return Json(people_actions.cancel_invoice(world, company, ident, **body.model_dump()))


@router.post("/companies/{company_id}/expenses")
async def add_expense(body: dict[str, Any], company: CompanyOf, world: WorldOf) -> Json:
    """Enter an expense as a person would."""
    return Json(people_actions.add_expense(world, company, json_codec.loads(json_codec.dumps(body))))


@router.patch("/companies/{company_id}/entities/{ident}")
async def edit_entity(ident: str, body: dict[str, Any], company: CompanyOf, world: WorldOf) -> Json:
    """Change properties of a document or party as a person would."""
    return Json(people_actions.edit_entity(world, company, ident, body))


@router.delete("/companies/{company_id}/entities/{ident}")
async def delete_entity(ident: str, company: CompanyOf, world: WorldOf) -> Json:
    """Delete a document as a person would."""
    people_actions.delete_entity(world, company, ident)
    return Json({"id": ident})


@router.get("/companies/{company_id}/entities/{ident}/pdf", **A_FILE)
async def get_entity_pdf(ident: str, company: CompanyOf, world: WorldOf) -> Response:
    """Return the PDF of a sales document."""
    sha256 = world.store.value("SELECT sha256 FROM entity WHERE id = ? AND company = ?", ident, company.id)
    return file_response(world, sha256, "application/pdf")


@router.put("/companies/{company_id}/entities/{ident}/pdf")
async def print_again(ident: str, body: Print, company: CompanyOf, world: WorldOf) -> Json:
    """Replace the PDF of a sales document."""
    people_actions.print_again(world, company, ident, body.content)
    return Json({"id": ident})


@router.get("/companies/{company_id}/files")
async def list_files(company: CompanyOf, world: WorldOf) -> Json:
    """List all uploaded files in the order of upload."""
    rows = world.store.rows("SELECT data, sha256 FROM file WHERE company = ? ORDER BY id", company.id)
    return Json([json_codec.parse(data) | {"sha256": sha256} for data, sha256 in rows])


@router.get("/companies/{company_id}/files/{ident}", **A_FILE)
async def get_file(ident: str, company: CompanyOf, world: WorldOf) -> Response:
    """Return the bytes of an uploaded file."""
    found = files.find(world, company, ident)
    return file_response(world, found[1] if found else None, found[0]["type"] if found else "")


@router.post("/companies/{company_id}/generate")
async def generate(body: Generation, company: CompanyOf, world: WorldOf) -> Json:
    """Generate realistic documents and sales invoices."""
    return Json(lifelike.fill(world, company, **body.model_dump()))


@router.post("/companies/{company_id}/load")
async def load(body: dict[str, str], company: CompanyOf, world: WorldOf) -> Json:
    """Load a folder of PDFs with their ``documents.json``."""
    return Json({"uids": loader.load(world, company, Path(body["folder"]))})
