"""Requests say nothing that the API does not know: an unknown parameter would be taken for its default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.dependencies.utils import get_flat_dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from debitoor_provider.sync.text import nearest
from debitoor_provider.ui.readers import LANGUAGE
from debitoor_provider.ui.wrong_requests import unknown_parameter

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fastapi import Request, Response


class StrictRoute(APIRoute):
    """A route that refuses unknown query parameters and names the nearest known one.

    Unknown fields of a body are refused by its model.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route."""
        handle = super().get_route_handler()
        known = sorted(field.alias for field in get_flat_dependant(self.dependant).query_params)

        async def handle_strictly(request: Request) -> Response:
            unknown = [name for name in request.query_params if name not in {LANGUAGE, *known}]
            problems = [unknown_parameter(name, known, nearest(name, known)) for name in unknown]
            if problems:
                raise RequestValidationError(problems)
            return await handle(request)

        return handle_strictly
