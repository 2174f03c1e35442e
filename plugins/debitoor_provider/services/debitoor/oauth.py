"""Get an access token with the user's consent: the authorization-code flow (contract section 4.2).

A token does not expire and is not refreshed, so this is done once for each account.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from debitoor_provider import __version__
from debitoor_provider.messages import Message
from debitoor_provider.services.debitoor.constants import AUTHORIZE_URL, SERVICE, TOKEN_URL
from debitoor_provider.services.errors import CredentialsRefused, ServiceError, Unavailable
from debitoor_provider.services.http.call import Call, Subject
from debitoor_provider.services.http.reading import Unexpected, mapping, text
from debitoor_provider.services.http.retry import ONCE, Backoff
from debitoor_provider.services.http.secret import Secret
from debitoor_provider.services.http.session import ServiceSession, checked_base_url
from debitoor_provider.services.http.transport import Transport
from debitoor_provider.services.pacing.pacer import slow_down

if TYPE_CHECKING:
    from debitoor_provider.services.http.answer import Answer


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
        "exchange_code",
        "POST",
        parts.path,
        subject=Subject.ACCOUNT,
        body=lambda: urlencode(form).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        rule=ONCE,  # a code can be used once (A4)
    )
    with session:
        return Transport(session, service=SERVICE, explain=_explain, backoff=Backoff()).call(call, _token)


def _token(payload: Any) -> str:
    token = text(mapping(payload, "answer").get("access_token"))
    if not token:
        raise Unexpected(Message("field_missing", field="access_token"))
    return token


def _explain(answer: Answer, _call: Call) -> ServiceError | None:
    if answer.status == 200:
        return None
    if answer.status == 429:
        return slow_down(SERVICE, answer.retry_after)
    if answer.status >= 500:
        return Unavailable(Message("service_fault", service=SERVICE, status=answer.status))
    return CredentialsRefused(Message("oauth_code_refused"))
