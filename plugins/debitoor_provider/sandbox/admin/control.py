"""Faults, log, clock and reset."""

# ruff: noqa: TC001, TC003 - FastAPI and pydantic read the annotations at run time
from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, HTTPException

from debitoor_provider.sandbox.admin.access import Json, WorldOf
from debitoor_provider.sandbox.admin.bodies import ClockSetting, NewFault
from debitoor_provider.sandbox.debitoor.operations import OPERATIONS as DEBITOOR
from debitoor_provider.sandbox.faults import Fault
from debitoor_provider.sandbox.gmi.operations import OPERATIONS as GMI

router = APIRouter()


@router.get("/health")
async def health(world: WorldOf) -> Json:
    """Return whether the sandbox is ready, its time and the newest number of the log."""
    return Json({"ok": True, "now": world.clock.now().isoformat(), "last_seq": world.log.last_seq})


@router.get("/operations")
async def list_operations() -> Json:
    """List the operation names that faults and log entries use."""
    return Json([{"name": op.name, "method": op.method, "path": op.path} for op in (*GMI, *DEBITOOR)])


@router.get("/faults")
async def list_faults(world: WorldOf) -> Json:
    """List the faults in force, with the calls that they matched and hit."""
    return Json(world.faults.list())


@router.post("/faults")
async def add_fault(body: NewFault, world: WorldOf) -> Json:
    """Put a fault in force."""
    return Json({"id": world.faults.add(Fault.make(**body.model_dump()))})


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
    """List the calls after a sequence number."""
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
    """List the effects after a sequence number."""
    return Json(
        world.log.effects(since=since, limit=limit, service=service, company=company, kind=kind, object=object, id=id)
    )


@router.put("/clock")
async def set_clock(body: ClockSetting, world: WorldOf) -> Json:
    """Set, freeze or advance the clock, or shift that of one service."""
    now: datetime | None = body.now
    if now is not None and now.tzinfo is None:
        raise HTTPException(422, "now needs an offset from UTC")
    if (body.service is None) != (body.offset is None):
        raise HTTPException(422, "service and offset belong together")
    if body.service is not None and body.offset is not None:
        world.clock.set_service_offset(body.service, body.offset)
    elif body.advance is not None:
        world.clock.advance(body.advance)
    else:
        world.clock.set(now=now, frozen=body.frozen)
    return Json({"now": world.clock.now().isoformat()})


@router.post("/limits/forget")
async def forget_limits(world: WorldOf) -> Json:
    """Restart all rate-limit windows."""
    world.limiter.forget()
    return Json({"ok": True})


@router.post("/reset")
async def reset(world: WorldOf) -> Json:
    """Delete everything."""
    world.reset()
    return Json({"ok": True})
