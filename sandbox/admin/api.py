"""The endpoints of the admin API. All of them run in the event loop's thread: the store belongs to it."""

# ruff: noqa: TC001, TC003 - FastAPI and pydantic read the annotations at run time
from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from sandbox import contract, jsons, webapp
from sandbox.admin.bodies import (
    ClockChange,
    CompanyChange,
    DocumentFields,
    Generation,
    NewCompany,
    NewDocument,
    NewFault,
    NewInvoice,
)
from sandbox.companies import Company, new_token
from sandbox.data import lifelike, loader
from sandbox.debitoor import files
from sandbox.debitoor.operations import OPERATIONS as DEBITOOR
from sandbox.debitoor.refusal import Refused
from sandbox.faults import Fault
from sandbox.gmi.operations import OPERATIONS as GMI
from sandbox.world import World

router = APIRouter(prefix=contract.ADMIN)


def world_of(request: Request) -> World:
    """The world that the application was made for."""
    world: World = request.app.state.world
    return world


WorldOf = Annotated[World, Depends(world_of)]


def company_of(company_id: int, world: WorldOf) -> Company:
    """The company that the path names."""
    company = world.companies.get(company_id)
    if company is None:
        raise HTTPException(404, "no such company")
    return company


CompanyOf = Annotated[Company, Depends(company_of)]


class Json(JSONResponse):
    """JSON with Decimals."""

    def render(self, content: Any) -> bytes:
        """As both services write it."""
        return jsons.dumps(content)


def install(app: FastAPI, world: World) -> None:
    """Put the admin API on an application."""
    app.state.world = world
    app.include_router(router)

    @app.exception_handler(webapp.Unknown)
    async def _unknown(request: Request, error: webapp.Unknown) -> Json:  # noqa: ARG001
        return Json({"detail": f"unknown: {error}"}, 404)

    @app.exception_handler(Refused)
    async def _refused(request: Request, error: Refused) -> Json:  # noqa: ARG001
        return Json({"detail": error.message, "errors": error.errors}, 422)


# --- companies ------------------------------------------------------------------------------------------------------


@router.get("/health")
async def health(world: WorldOf) -> Json:
    """Is the sandbox ready?"""
    return Json({"ok": True, "now": world.clock.now().isoformat(), "last_seq": world.log.last_seq})


@router.get("/companies")
async def list_companies(world: WorldOf) -> Json:
    """All companies with their credentials."""
    return Json([told(company) for company in world.companies])


@router.post("/companies")
async def create_company(body: NewCompany, world: WorldOf) -> Json:
    """Open both accounts for a company."""
    return Json(told(world.companies.create(**body.model_dump())))


@router.get("/companies/{company_id}")
async def get_company(company: CompanyOf) -> Json:
    """One company."""
    return Json(told(company))


@router.patch("/companies/{company_id}")
async def change_company(body: CompanyChange, company: CompanyOf, world: WorldOf) -> Json:
    """Change profile, key state, switches or limits."""
    changes: dict[str, Any] = body.model_dump(exclude_unset=True, exclude={"switches", "limits"})
    try:
        changes["switches"] = replace(company.switches, **body.switches)
        changes["limits"] = replace(company.limits, **body.limits)
    except TypeError as error:
        raise HTTPException(422, str(error)) from None
    return Json(told(world.companies.change(company, **changes)))


@router.post("/companies/{company_id}/tokens")
async def add_token(company: CompanyOf, world: WorldOf) -> Json:
    """Make a personal Debitoor token (D 4.1)."""
    tokens = (*company.debitoor_tokens, new_token())
    return Json(told(world.companies.change(company, debitoor_tokens=tokens)))


@router.delete("/companies/{company_id}/tokens")
async def revoke_tokens(company: CompanyOf, world: WorldOf) -> Json:
    """Revoke all Debitoor tokens of a company, as the user can inside the product."""
    return Json(told(world.companies.change(company, debitoor_tokens=())))


def told(company: Company) -> dict[str, Any]:
    """A company as the admin API tells it, secrets included: it is a sandbox."""
    tokens = company.debitoor_tokens
    return {
        **asdict(company),
        "gmi_account_id": company.gmi_account_id,
        "debitoor_token": tokens[-1] if tokens else None,
        "debitoor_email": company.email,
    }


# --- documents of GetMyInvoices -------------------------------------------------------------------------------------


@router.get("/companies/{company_id}/documents")
async def list_documents(company: CompanyOf, world: WorldOf, deleted: bool = False) -> Json:
    """All documents, archived ones included, as they are stored."""
    rows = world.store.rows(
        "SELECT d.uid, d.sha256, d.changed, d.deleted, d.data, c.name, c.data->>'countryCode' FROM document d "
        "LEFT JOIN counterparty c ON c.uid = d.counterparty WHERE d.company = ? AND (? OR d.deleted IS NULL) "
        "ORDER BY d.uid",
        company.id, deleted,
    )  # fmt: skip
    return Json(
        [
            {"uid": uid, "sha256": sha256, "changedAt": changed, "deletedAt": gone, "companyName": name or "",
             "companyCountry": country or "", **jsons.parse(data)}
            for uid, sha256, changed, gone, data, name, country in rows
        ]
    )  # fmt: skip


@router.post("/companies/{company_id}/documents")
async def add_document(body: NewDocument, company: CompanyOf, world: WorldOf) -> Json:
    """A document arrives."""
    fields = body.model_dump(exclude_unset=True)
    return Json({"uid": webapp.add_document(world, company, fields.pop("content"), fields.pop("filename"), **fields)})


@router.patch("/companies/{company_id}/documents/{uid}")
async def edit_document(uid: int, body: DocumentFields, company: CompanyOf, world: WorldOf) -> Json:
    """A person edits a document: approval, tags, archive, figures."""
    webapp.edit_document(world, company, uid, **body.model_dump(exclude_unset=True))
    return Json({"uid": uid})


@router.delete("/companies/{company_id}/documents/{uid}")
async def delete_document(uid: int, company: CompanyOf, world: WorldOf) -> Json:
    """A person deletes a document."""
    webapp.delete_document(world, company, uid)
    return Json({"uid": uid})


@router.get("/companies/{company_id}/documents/{uid}/file")
async def get_document_file(uid: int, company: CompanyOf, world: WorldOf) -> Response:
    """The bytes of a document."""
    sha256 = world.store.value("SELECT sha256 FROM document WHERE uid = ? AND company = ?", uid, company.id)
    return _file(world, sha256, "application/pdf")


# --- Debitoor -------------------------------------------------------------------------------------------------------


@router.get("/companies/{company_id}/entities/{kind}")
async def list_entities(kind: str, company: CompanyOf, world: WorldOf, deleted: bool = False) -> Json:
    """All entities of a kind in the order of creation: expense, income, invoice, creditNote, supplier, customer."""
    rows = world.store.rows(
        "SELECT data FROM entity WHERE company = ? AND kind = ? AND (? OR deleted IS NULL) ORDER BY id",
        company.id, kind, deleted,
    )  # fmt: skip
    return Json([jsons.parse(text) for (text,) in rows])


@router.post("/companies/{company_id}/invoices")
async def add_invoice(body: NewInvoice, company: CompanyOf, world: WorldOf) -> Json:
    """A sales invoice or credit note is booked."""
    fields = body.model_dump()
    return Json(webapp.add_invoice(world, company, **fields.pop("extra"), **fields))


@router.post("/companies/{company_id}/expenses")
async def add_expense(body: dict[str, Any], company: CompanyOf, world: WorldOf) -> Json:
    """A person enters an expense."""
    return Json(webapp.add_expense(world, company, jsons.loads(jsons.dumps(body))))


@router.patch("/companies/{company_id}/entities/{ident}")
async def edit_entity(ident: str, body: dict[str, Any], company: CompanyOf, world: WorldOf) -> Json:
    """A person changes properties of a document or party."""
    return Json(webapp.edit_entity(world, company, ident, body))


@router.delete("/companies/{company_id}/entities/{ident}")
async def delete_entity(ident: str, company: CompanyOf, world: WorldOf) -> Json:
    """A person deletes a document."""
    webapp.delete_entity(world, company, ident)
    return Json({"id": ident})


@router.get("/companies/{company_id}/entities/{ident}/pdf")
async def get_entity_pdf(ident: str, company: CompanyOf, world: WorldOf) -> Response:
    """The PDF of a sales document."""
    sha256 = world.store.value("SELECT sha256 FROM entity WHERE id = ? AND company = ?", ident, company.id)
    return _file(world, sha256, "application/pdf")


@router.get("/companies/{company_id}/files")
async def list_files(company: CompanyOf, world: WorldOf) -> Json:
    """All uploaded files in the order of upload."""
    rows = world.store.rows("SELECT data, sha256 FROM file WHERE company = ? ORDER BY id", company.id)
    return Json([jsons.parse(data) | {"sha256": sha256} for data, sha256 in rows])


@router.get("/companies/{company_id}/files/{ident}")
async def get_file(ident: str, company: CompanyOf, world: WorldOf) -> Response:
    """The bytes of an uploaded file."""
    found = files.find(world, company, ident)
    return _file(world, found[1] if found else None, found[0]["type"] if found else "")


def _file(world: World, sha256: str | None, content_type: str) -> Response:
    if not sha256:
        raise HTTPException(404, "no such file")
    # A file may be anything; a browser is not to guess that it is a page.
    return Response(world.store.content(sha256), media_type=content_type, headers={"x-content-type-options": "nosniff"})


# --- data -----------------------------------------------------------------------------------------------------------


@router.post("/companies/{company_id}/generate")
async def generate(body: Generation, company: CompanyOf, world: WorldOf) -> Json:
    """Make lifelike documents and sales invoices."""
    return Json(lifelike.fill(world, company, **body.model_dump()))


@router.post("/companies/{company_id}/load")
async def load(body: dict[str, str], company: CompanyOf, world: WorldOf) -> Json:
    """Load a folder of PDFs with their ``documents.json``."""
    try:
        return Json({"uids": loader.load(world, company, Path(body["folder"]))})
    except (KeyError, OSError, ValueError) as error:
        raise HTTPException(422, str(error)) from None


# --- control and inspection -----------------------------------------------------------------------------------------


@router.get("/operations")
async def list_operations() -> Json:
    """The names that faults and log entries go by."""
    return Json([{"name": op.name, "method": op.method, "path": op.path} for op in (*GMI, *DEBITOOR)])


@router.get("/faults")
async def list_faults(world: WorldOf) -> Json:
    """The faults in force, with the calls they matched and hit."""
    return Json(world.faults.list())


@router.post("/faults")
async def add_fault(body: NewFault, world: WorldOf) -> Json:
    """Put a fault in force."""
    try:
        return Json({"id": world.faults.add(Fault.make(**body.model_dump()))})
    except (TypeError, ValueError) as error:
        raise HTTPException(422, str(error)) from None


@router.delete("/faults")
async def clear_faults(world: WorldOf, fault_id: int | None = None) -> Json:
    """Remove one fault, or all."""
    world.faults.clear(fault_id)
    return Json({"ok": True})


@router.get("/log/calls")
async def read_calls(
    world: WorldOf,
    since: int = 0,
    limit: int | None = None,
    service: str | None = None,
    operation: str | None = None,
    company: int | None = None,
    status: int | None = None,
) -> Json:
    """The calls after a sequence number."""
    return Json(
        world.log.calls(since=since, limit=limit, service=service, operation=operation, company=company, status=status)
    )


@router.get("/log/effects")
async def read_effects(
    world: WorldOf,
    since: int = 0,
    limit: int | None = None,
    service: str | None = None,
    company: int | None = None,
    kind: str | None = None,
    object: str | None = None,
    id: str | None = None,
) -> Json:
    """The effects after a sequence number."""
    return Json(
        world.log.effects(since=since, limit=limit, service=service, company=company, kind=kind, object=object, id=id)
    )


@router.put("/clock")
async def set_clock(body: ClockChange, world: WorldOf) -> Json:
    """Shift, freeze or advance the sandbox's now."""
    now: datetime | None = body.now
    if now is not None and now.tzinfo is None:
        raise HTTPException(422, "now must tell its offset from UTC")
    if body.advance is not None:
        world.clock.advance(body.advance)
    else:
        world.clock.set(now=now, frozen=body.frozen)
    return Json({"now": world.clock.now().isoformat()})


@router.post("/limits/forget")
async def forget_limits(world: WorldOf) -> Json:
    """Begin all rate-limit windows anew."""
    world.limiter.forget()
    return Json({"ok": True})


@router.post("/reset")
async def reset(world: WorldOf) -> Json:
    """Forget everything."""
    world.reset()
    return Json({"ok": True})
