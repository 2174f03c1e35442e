"""The admin API: its routers and its error answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI

from debitoor_provider.sandbox import contract, people_actions
from debitoor_provider.sandbox.admin import companies, control, documents
from debitoor_provider.sandbox.admin.access import Json
from debitoor_provider.sandbox.debitoor.refusal import DebitoorRefusal

if TYPE_CHECKING:
    from fastapi import Request

    from debitoor_provider.sandbox.world import World


_DETAIL = {
    "type": "object",
    "required": ["detail"],
    "properties": {"detail": {"anyOf": [{"type": "string"}, {"type": "array"}]}},
}
_REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"description": "Not JSON", "content": {"application/json": {"schema": _DETAIL}}},
    404: {"description": "Not found", "content": {"application/json": {"schema": _DETAIL}}},
    422: {"description": "Invalid, with the reason", "content": {"application/json": {"schema": _DETAIL}}},
}


def install(app: FastAPI, world: World) -> None:
    """Put the admin API on an application. It runs in the event loop's thread: the store belongs to it."""
    app.state.world = world
    router = APIRouter(prefix=contract.ADMIN, responses=_REFUSALS)
    for part in (companies, documents, control):
        router.include_router(part.router)
    app.include_router(router)
    app.add_exception_handler(people_actions.Unknown, _unknown)
    for unfit in (DebitoorRefusal, ValueError, KeyError, ArithmeticError, OSError):
        app.add_exception_handler(unfit, _unfit)


async def _unknown(request: Request, error: Exception) -> Json:  # noqa: ARG001 - Starlette passes both
    return Json({"detail": f"unknown: {error}"}, 404)


async def _unfit(request: Request, error: Exception) -> Json:  # noqa: ARG001 - Starlette passes both
    detail = f"missing: {error}" if isinstance(error, KeyError) else str(error)
    return Json({"detail": detail, "errors": error.errors if isinstance(error, DebitoorRefusal) else None}, 422)
