"""Connect Debitoor: the way to its own consent page, and the way back with a code (authorisation-code flow).

What protects it: the state is random, single-use, short-lived and bound to the user, the connection and the redirect
address; that address is exact; who comes back must still have the right to edit the connection; the token must belong
to the expected company; neither code nor token is shown, logged or put into an address.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote, urlencode, urlsplit

from airflow.api_fastapi.core_api.security import GetUserDep
from airflow.sdk.configuration import conf
from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from debitoor_provider.hooks.debitoor import DebitoorHook
from debitoor_provider.messages import Message, current_reader
from debitoor_provider.services.errors import ServiceError
from debitoor_provider.sync.accounts.values import Email, not_valid
from debitoor_provider.sync.ledger import Consent, LedgerError
from debitoor_provider.sync.text import fold, one_line, shorten
from debitoor_provider.ui import PREFIX, ROUTE, audit, connections
from debitoor_provider.ui.access import ANY_USER, CONNECT, require_connection
from debitoor_provider.ui.ledger import opened_ledger
from debitoor_provider.ui.plain_page import PROTECTION, plain_page
from debitoor_provider.ui.refusals import RequestRefused
from debitoor_provider.ui.routes.connections import NewConnectionId
from debitoor_provider.ui.strict import StrictRoute

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

CALLBACK = "/oauth/callback"
"""Below the API's prefix; the address that the app is registered with at Debitoor ends so."""
_ONCE = ("code", "state", "error")


def _inside(back: str) -> str:
    if not re.fullmatch(r"(?:[\w-][\w.-]*(?:/[\w-][\w.-]*)*)?", back):
        raise not_valid("request_not_a_place")
    return back


class ConsentRequest(BaseModel):
    """Whose books are to be connected, and where the page continues afterwards."""

    model_config = ConfigDict(extra="forbid")

    email: Email | None = Field(default=None, description="The address registered at Debitoor; another is refused")
    back: Annotated[str, Field(max_length=300), AfterValidator(_inside)] = Field(
        default="", description="Path inside the page", examples=["new", "accounts/acme/edit"]
    )


class ConsentPage(BaseModel):
    """Where the user gives consent."""

    url: str


class PageRoute(APIRoute):
    """A route that a browser opens directly: every error is shown on a page.

    The query of its address holds code and state, so it is taken out of what the server writes into its access log.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route."""
        handle = super().get_route_handler()

        async def handle_plainly(request: Request) -> Response:
            request.state.answer = request.query_params.multi_items()
            request.scope["query_string"] = b""
            try:
                return await handle(request)
            except RequestRefused as error:
                message, status = error.message, error.status_code
            except HTTPException as error:
                if error.status_code != 401:
                    raise
                message, status = Message("consent_logged_out"), 401
            except ServiceError as error:
                message, status = error.message, 502
            except LedgerError as error:
                message, status = error.message, 503
            way_back = _page(getattr(request.state, "back", ""))
            return plain_page(Message("consent_failed_title"), message, link=way_back, status=status)

        return handle_plainly


_LOCALES = {"da": "da-DK", "de": "de-DE", "en": "en-US", "fr": "fr-FR"}
"""Languages as Debitoor's page takes them (contract section 4.2)."""

router = APIRouter(tags=["Connections"], route_class=StrictRoute)
callback_router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.post("/connections/{connection_id}/consent", dependencies=[Depends(CONNECT)])
def ask_for_consent(
    connection_id: NewConnectionId, body: ConsentRequest, user: GetUserDep, request: Request
) -> ConsentPage:
    """Return where the user allows access to the Debitoor account; it comes back to the callback within ten minutes."""
    connection = connections.begin(connection_id, DebitoorHook.conn_type)
    hook = DebitoorHook.of(connections.app_of(connection))
    redirect_uri = _redirect_uri(request)
    hook.consent_url(redirect_uri, "")  # an app that is not set up is reported before anything is stored
    consent = Consent(user.get_id(), connection_id, redirect_uri, body.back, body.email or "")
    state = opened_ledger().consents.ask(consent)
    language = current_reader().language
    return ConsentPage(url=hook.consent_url(redirect_uri, state, _LOCALES.get(language, _LOCALES["en"])))


@callback_router.get(CALLBACK, dependencies=[Depends(ANY_USER)])
def come_back(request: Request, user: GetUserDep) -> Response:
    """Take the code that Debitoor sent the user back with, and keep the token that it is exchanged for."""
    answer = _answer(request)
    consent = opened_ledger().consents.take(answer.get("state", ""), user.get_id())
    if consent is None:
        raise RequestRefused("consent_unknown", status=400)
    request.state.back = consent.back
    if "error" in answer:
        raise _refusal(answer["error"])
    if not answer.get("code"):
        raise RequestRefused("consent_without_code", status=400)
    require_connection(user, consent.connection_id, adds=True)
    connection = connections.begin(consent.connection_id, DebitoorHook.conn_type)
    app = DebitoorHook.of(connections.app_of(connection))
    connection.password = app.exchange_code(answer["code"], consent.redirect_uri)
    email = DebitoorHook.of(connection).whose()
    if consent.email and fold(consent.email) != fold(email):
        who = shorten(one_line(email), 200) or Message("consent_unknown_account")
        raise RequestRefused("consent_of_another_account", status=409, email=who, expected=consent.email)
    connections.changed(connection, email=email.strip())
    connections.save(connection)
    audit.note(user, "connected", connection_id=consent.connection_id, service="debitoor", email=email)
    target = f"{_page(consent.back)}?{urlencode({'connected': consent.connection_id})}"
    return RedirectResponse(target, 303, PROTECTION)


def _answer(request: Request) -> dict[str, str]:
    """Read what came back, each part of it at most once."""
    pairs: list[tuple[str, str]] = request.state.answer
    for name in _ONCE:
        if sum(name == given for given, _ in pairs) > 1:
            raise RequestRefused("consent_address_odd", status=400)
    return {name: value for name, value in pairs if name in _ONCE}


def _refusal(error: str) -> RequestRefused:
    if error == "access_denied":
        return RequestRefused("consent_denied", status=400)
    return RequestRefused("consent_error", status=400, error=shorten(one_line(error), 100))


def _redirect_uri(request: Request) -> str:
    """Return the one address to come back to: as configured, and only without a configuration as the browser has it."""
    base = conf.get("api", "base_url", fallback="") or str(request.base_url)
    return base.rstrip("/") + PREFIX + CALLBACK


def _page(back: str) -> str:
    """Return the address of a place inside the page, without a host."""
    root = urlsplit(conf.get("api", "base_url", fallback="") or "").path.rstrip("/")
    return f"{root}/plugin/{ROUTE}/{quote(back)}".rstrip("/")
