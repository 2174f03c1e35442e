"""Get an access token with the user's consent: the authorization-code flow (contract section 4.2).

A token does not expire and is not refreshed, so this is done once for each account.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from debitoor_provider import __version__
from debitoor_provider.services.debitoor.constants import AUTHORIZE_URL, SERVICE, TOKEN_URL
from debitoor_provider.services.http.errors import CredentialsRefused, RateLimited, ServiceError, Unavailable
from debitoor_provider.services.http.reading import Unexpected, mapping, text
from debitoor_provider.services.http.retry import Backoff, Rule
from debitoor_provider.services.http.secret import Secret
from debitoor_provider.services.http.session import ServiceSession, checked_base_url
from debitoor_provider.services.http.transport import Call, Transport

if TYPE_CHECKING:
    from debitoor_provider.services.http.answer import Answer

_ONCE = Rule(again=())
"""A code can be used once (A4), so its exchange is not repeated."""


def authorize_url(
    client_id: str,
    redirect_uri: str,
    state: str,
    lang: str = "en-US",
    authorize_url: str = AUTHORIZE_URL,
    *,
    allow_http: bool = False,
) -> str:
    """Return the address where the user gives consent.

    :param client_id: from registering the app
    :param redirect_uri: its host and port must equal those registered
    :param state: unguessable; comes back to the callback and has to be compared there
    :param lang: language of the page
    :param allow_http: accept a page without TLS
    :raises Misconfigured: for an address that cannot work
    """
    checked_base_url(authorize_url, allow_http=allow_http)
    query = {
        "client_id": client_id,
        "response_type": "code",
        "redirect_uri": redirect_uri,
        "state": state,
        "lang": lang,
    }
    return f"{authorize_url}?{urlencode(query)}"


def exchange_code(
    client_secret: str,
    code: str,
    redirect_uri: str,
    token_url: str = TOKEN_URL,
    *,
    allow_http: bool = False,
    proxy: str | None = None,
) -> str:
    """Exchange the code that came to the callback for an access token.

    :param allow_http: accept an address without TLS
    :param proxy: URL of a proxy; ``None`` takes the environment's for HTTPS, an empty text takes none
    :raises CredentialsRefused: when code, secret or redirect address are not accepted
    """
    checked_base_url(token_url, allow_http=allow_http)
    parts = urlsplit(token_url)
    session = ServiceSession(
        f"{parts.scheme}://{parts.netloc}",
        headers={"Accept": "application/json", "User-Agent": f"airflow-provider-debitoor/{__version__}"},
        allow_http=allow_http,
        proxy=proxy,
    )
    form = {"client_secret": Secret(client_secret), "code": Secret(code), "redirect_uri": redirect_uri}
    call = Call(
        "exchange code",
        "POST",
        parts.path,
        body=lambda: urlencode(form).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        rule=_ONCE,
    )
    with session:
        return Transport(session, service=SERVICE, explain=_explain, backoff=Backoff()).call(call, _token)


def _token(payload: Any) -> str:
    token = text(mapping(payload, "the answer").get("access_token"))
    if not token:
        raise Unexpected("access_token is missing")
    return token


def _explain(answer: Answer, _operation: str) -> ServiceError | None:
    if answer.status == 200:
        return None
    if answer.status == 429:
        return RateLimited("Debitoor asked to slow down.", status=429, retry_after=answer.retry_after)
    if answer.status >= 500:
        return Unavailable(f"Debitoor has a problem of its own ({answer.status}).", status=answer.status)
    return CredentialsRefused(
        "Debitoor does not exchange this code for an access token.",
        status=answer.status,
        remedy="Give consent again; if that does not help, check the app's client secret and redirect address.",
    )
