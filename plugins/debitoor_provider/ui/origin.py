"""Changes come from the page itself, or from a script with a token: never from another site with a user's cookie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from airflow.sdk.configuration import conf
from fastapi import Header
from starlette.datastructures import Headers
from starlette.responses import JSONResponse

from debitoor_provider.messages import Message
from debitoor_provider.services.http.origin import site
from debitoor_provider.ui.refusals import RequestRefused

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_FETCHED = "sec-fetch-site"
_SAFE = {"GET", "HEAD", "OPTIONS"}


class SameOrigin:
    """Refuses changes that a browser sends for another site.

    A browser sends ``Sec-Fetch-Site`` and ``Origin``, which no script can change. A request with neither does not come
    from a browser, and needs an ``Authorization`` header, which no browser adds by itself. ``Authorization`` does not
    outweigh the other two: Airflow adds it to every request when all users are admins.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer 403."""
        if scope["type"] == "http" and scope["method"] not in _SAFE and not _is_own(Headers(scope=scope)):
            refusal = JSONResponse({"detail": Message("other_site").text()}, 403)
            await refusal(scope, receive, send)
            return
        await self.app(scope, receive, send)


def not_from_another_site(
    fetched: Annotated[str | None, Header(alias=_FETCHED, include_in_schema=False)] = None,
) -> None:
    """Refuse a link of another site to a route that has an effect although it is a GET.

    :raises RequestRefused: with 403
    """
    if fetched in {"cross-site", "same-site"}:
        raise RequestRefused("other_site", status=403)


def _is_own(headers: Headers) -> bool:
    fetched, origin = headers.get(_FETCHED), headers.get("origin")
    if fetched is not None:
        return fetched == "same-origin"
    if origin is None:
        return headers.get("authorization", "").lower().startswith("bearer ")
    scheme = urlsplit(origin).scheme
    own = {site(f"{scheme}://{headers.get('host', '')}"), site(conf.get("api", "base_url", fallback="") or "")}
    return site(origin) in own - {""}
