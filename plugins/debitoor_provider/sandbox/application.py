"""The whole ASGI application: both services, the admin API, the descriptions of the services and the page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fastapi import FastAPI

from debitoor_provider.sandbox import contract
from debitoor_provider.sandbox.admin import api
from debitoor_provider.sandbox.dispatch import Dispatcher
from debitoor_provider.sandbox.openapi import PATHS, describe
from debitoor_provider.sandbox.page import view

if TYPE_CHECKING:
    from debitoor_provider.sandbox.world import World


def application(world: World) -> Dispatcher:
    """Return the ASGI application for a world."""
    admin = FastAPI(
        title="Sandbox admin API",
        version="1",
        openapi_url=contract.ADMIN + "/openapi.json",
        docs_url=contract.ADMIN + "/docs",
        redoc_url=None,
    )
    api.install(admin, world)
    for service, path in PATHS.items():
        admin.add_api_route(path, partial(describe, service), include_in_schema=False)
    admin.include_router(view.router)
    return Dispatcher(world, admin)
