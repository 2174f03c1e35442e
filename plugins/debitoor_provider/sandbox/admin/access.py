"""What the endpoints of the admin API share: the world, the company of the path, JSON with Decimals."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from debitoor_provider.sandbox import json_codec
from debitoor_provider.sandbox.companies import Company
from debitoor_provider.sandbox.world import World


async def world_of(request: Request) -> World:
    """Return the world that the application serves."""
    world: World = request.app.state.world
    return world


WorldOf = Annotated[World, Depends(world_of)]


async def company_of(company_id: int, world: WorldOf) -> Company:
    """Return the company with the id of the path, or answer 404."""
    company = world.companies.get(company_id)
    if company is None:
        raise HTTPException(404, "no such company")
    return company


CompanyOf = Annotated[Company, Depends(company_of)]


class Json(JSONResponse):
    """JSON with Decimals."""

    def render(self, content: Any) -> bytes:
        """Return the JSON as both services write it."""
        return json_codec.dumps(content)


A_FILE: dict[str, Any] = {
    "response_class": Response,
    "responses": {200: {"description": "The bytes", "content": {"*/*": {}}}},
}
"""The description of an endpoint that answers with a file."""


def file_response(world: World, sha256: str | None, content_type: str) -> Response:
    """Return the bytes stored under a hash, or answer 404 without one."""
    if not sha256:
        raise HTTPException(404, "no such file")
    # The bytes are untrusted: a browser must not interpret them as a page.
    return Response(world.store.content(sha256), media_type=content_type, headers={"x-content-type-options": "nosniff"})
