"""Companies: credentials, switches, limits."""

# ruff: noqa: TC001 - FastAPI and pydantic read the annotations at run time
from __future__ import annotations

from dataclasses import asdict
from typing import Any, TypeVar

from fastapi import APIRouter
from pydantic import TypeAdapter

from debitoor_provider.sandbox.admin.access import CompanyOf, Json, WorldOf
from debitoor_provider.sandbox.admin.bodies import CompanyChange, NewCompany
from debitoor_provider.sandbox.companies import Company, new_token
from debitoor_provider.sandbox.switches import RateLimits, Switches
from debitoor_provider.sandbox.world import World

router = APIRouter()
T = TypeVar("T", Switches, RateLimits)
_SWITCHES, _LIMITS = TypeAdapter(Switches), TypeAdapter(RateLimits)


@router.get("/companies")
async def list_companies(world: WorldOf) -> Json:
    """List all companies with their credentials."""
    return Json([as_record(company) for company in world.companies])


@router.post("/companies")
async def create_company(body: NewCompany, world: WorldOf) -> Json:
    """Create a company with its account at each service."""
    return Json(as_record(world.companies.create(**body.model_dump())))


@router.get("/companies/{company_id}")
async def get_company(company: CompanyOf) -> Json:
    """Return one company."""
    return Json(as_record(company))


@router.patch("/companies/{company_id}")
async def change_company(body: CompanyChange, company: CompanyOf, world: WorldOf) -> Json:
    """Change profile, key state, switches or limits."""
    changes: dict[str, Any] = body.model_dump(exclude_unset=True, exclude={"switches", "limits"})
    changes["switches"] = _merged(_SWITCHES, company.switches, body.switches)
    changes["limits"] = _merged(_LIMITS, company.limits, body.limits)
    return _changed(world, company, sorted(body.model_fields_set), **changes)


@router.post("/companies/{company_id}/tokens")
async def add_token(company: CompanyOf, world: WorldOf) -> Json:
    """Create a personal Debitoor token (D 4.1)."""
    tokens = (*company.debitoor_tokens, new_token())
    return _changed(world, company, ["debitoor_tokens"], debitoor_tokens=tokens)


@router.delete("/companies/{company_id}/tokens")
async def revoke_tokens(company: CompanyOf, world: WorldOf) -> Json:
    """Revoke all Debitoor tokens of a company, as the user can inside the product."""
    return _changed(world, company, ["debitoor_tokens"], debitoor_tokens=())


def as_record(company: Company) -> dict[str, Any]:
    """Return a company as the admin API shows it, with its secrets."""
    tokens = company.debitoor_tokens
    return {
        **asdict(company),
        "gmi_account_id": company.gmi_account_id,
        "debitoor_token": tokens[-1] if tokens else None,
        "debitoor_email": company.email,
    }


def _changed(world: World, company: Company, fields: list[str], **changes: Any) -> Json:
    with world.store.transaction():
        company = world.companies.change(company, **changes)
        world.log.effect(None, company.id, "admin", "updated", "account", company.id, fields=fields)
    return Json(as_record(company))


def _merged(adapter: TypeAdapter[T], now: T, changes: dict[str, Any]) -> T:
    known = asdict(now)
    if unknown := changes.keys() - known.keys():
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return adapter.validate_python(known | changes)
