"""The whole application: both services, the admin API and the page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

from sandbox import contract
from sandbox.admin import api
from sandbox.app import Application
from sandbox.openapi import PATHS, describe
from sandbox.page import view

if TYPE_CHECKING:
    from sandbox.world import World


def application(world: World) -> Any:
    """The ASGI application for a world."""
    people = FastAPI(
        title="Sandbox admin API",
        version="1",
        openapi_url=contract.ADMIN + "/openapi.json",
        docs_url=contract.ADMIN + "/docs",
        redoc_url=None,
    )
    api.install(people, world)
    for service, path in PATHS.items():
        people.add_api_route(path, partial(describe, service), include_in_schema=False)
    people.include_router(view.router)
    return Application(world, people)
