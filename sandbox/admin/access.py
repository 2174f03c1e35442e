"""What the endpoints of the admin API share: the world, the company of the path, JSON with Decimals."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from sandbox import json_codec
from sandbox.companies import Company
from sandbox.world import World


async def world_of(request: Request) -> World:
    """The world that the application was made for."""
    world: World = request.app.state.world
    return world


WorldOf = Annotated[World, Depends(world_of)]


async def company_of(company_id: int, world: WorldOf) -> Company:
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
        return json_codec.dumps(content)


A_FILE: dict[str, Any] = {
    "response_class": Response,
    "responses": {200: {"description": "The bytes", "content": {"*/*": {}}}},
}
"""How an endpoint that answers with a file describes itself."""


def file_response(world: World, sha256: str | None, content_type: str) -> Response:
    """The bytes kept under a hash, or 404 without one."""
    if not sha256:
        raise HTTPException(404, "no such file")
    # A file may be anything; a browser is not to guess that it is a page.
    return Response(world.store.content(sha256), media_type=content_type, headers={"x-content-type-options": "nosniff"})
