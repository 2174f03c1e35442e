"""Render the page. All content is untrusted: the template escapes it, and files open in a tab of their own."""

# ruff: noqa: TC001 - FastAPI reads the annotations at run time
from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader

from debitoor_provider.sandbox import contract, json_codec
from debitoor_provider.sandbox.admin.access import WorldOf
from debitoor_provider.sandbox.companies import Company
from debitoor_provider.sandbox.gmi.record import workflow_details
from debitoor_provider.sandbox.world import World

router = APIRouter()
_ROWS = 200
_TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
}


@router.get("/", include_in_schema=False)
async def show(world: WorldOf, company: int | None = None, record: str = "") -> HTMLResponse:
    """Return the page of one company, by default of the first one.

    :param record: id of a document, expense or invoice that is to be on the page, first of its table and marked
    """
    companies = list(world.companies)
    chosen = world.companies.get(company) if company else next(iter(companies), None)
    page = _TEMPLATES.get_template("page.html").render(
        companies=companies,
        company=chosen,
        api=contract.ADMIN,
        gmi_base=contract.GMI_BASE,
        rows=_ROWS,
        record=record,
        **(_content(world, chosen, record) if chosen else {}),
    )
    return HTMLResponse(page, 200 if chosen or company is None else 404, _HEADERS)


def _content(world: World, company: Company, record: str) -> dict[str, Any]:
    return {
        "documents": _documents(world, company, record),
        "document_count": world.store.value(
            "SELECT count(*) FROM document WHERE company = ? AND deleted IS NULL", company.id
        ),
        "expenses": _entities(world, company, record, "expense"),
        "sales": _entities(world, company, record, "invoice", "creditNote"),
        "calls": world.log.newest_calls(company.id, 8),
    }


def _documents(world: World, company: Company, record: str) -> list[dict[str, Any]]:
    rows = world.store.rows(
        "SELECT d.uid, d.data, c.name FROM document d LEFT JOIN counterparty c ON c.uid = d.counterparty "
        "WHERE d.company = ? AND d.deleted IS NULL ORDER BY d.uid = ? DESC, d.uid DESC LIMIT ?",
        company.id,
        record,
        _ROWS,
    )
    return [_document(uid, json_codec.parse(text), name) for uid, text, name in rows]


def _document(uid: int, data: dict[str, Any], company_name: str | None) -> dict[str, Any]:
    workflow = workflow_details(data)
    approval = "" if workflow is None else "approved" if workflow["isCompleted"] else "waiting"
    return data | {"uid": uid, "companyName": company_name or "", "approval": approval}


def _entities(world: World, company: Company, record: str, *kinds: str) -> list[dict[str, Any]]:
    rows = world.store.rows(
        f"SELECT data FROM entity WHERE company = ? AND kind IN ({','.join('?' * len(kinds))}) "
        "ORDER BY id = ? DESC, created DESC, id DESC LIMIT ?",
        company.id,
        *kinds,
        record,
        _ROWS,
    )
    return [json_codec.parse(text) for (text,) in rows]
