"""The authorisation-code flow (D 4.2): consent page, its answer, exchange of the code."""

from __future__ import annotations

import hmac
import secrets
from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from debitoor_provider.sandbox import contract, json_codec
from debitoor_provider.sandbox.companies import Company, new_token
from debitoor_provider.sandbox.debitoor.refusal import DebitoorRefusal
from debitoor_provider.sandbox.http import ReceivedCall, Reply, ok

_HTML = "text/html; charset=utf-8"
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Allow access</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:30rem;margin:4rem auto;padding:0 1rem}}
select,button{{font:inherit;padding:.4rem .8rem;margin:.3rem .5rem .3rem 0}}</style></head>
<body><h1>Allow access?</h1>
<p>The app <strong>{client}</strong> asks for access to the Debitoor account of</p>
<form method="post">
<p><label>Company <select name="company">{options}</select></label></p>
<p><button name="answer" value="allow">Allow</button><button name="answer" value="refuse">Refuse</button></p>
</form><p>On <em>Allow</em> you go back to {host}.</p></body></html>
"""


def show_consent(call: ReceivedCall) -> Reply:
    """Handle GET /login/oauth2/authorize: a person sees which app asks, and picks the company."""
    companies, redirect = _request(call)
    options = "".join(
        f'<option value="{company.id}">{escape(company.name)} ({escape(company.email)})</option>'
        for company in companies
    )
    page = _PAGE.format(
        client=escape(call.one("client_id") or ""), options=options, host=escape(urlsplit(redirect).netloc)
    )
    # Without frames, no other page can trick a person into a click on Allow.
    return Reply(200, page.encode(), _HTML, [("x-frame-options", "DENY")])


def answer_consent(call: ReceivedCall) -> Reply:
    """Handle POST /login/oauth2/authorize: back to the callback with ``code``, or with ``error`` on refusal."""
    companies, redirect = _request(call)
    form = dict(parse_qsl(call.body.decode("utf-8", "replace")))
    company = next((one for one in companies if str(one.id) == form.get("company")), None)
    if company is None:
        raise DebitoorRefusal(400, "Unknown company")
    if form.get("answer") == "allow":
        code = secrets.token_urlsafe(24)
        expires = call.time.timestamp() + contract.OAUTH_CODE_TTL_S
        call.world.store.execute(
            "INSERT INTO oauth_code VALUES (?, ?, ?, ?, 0)", code, company.id, _host(redirect), expires
        )
        answer = {"code": code}
    else:
        answer = {"error": "access_denied"}
    state = call.one("state")
    if state is not None:
        answer["state"] = state
    parts = urlsplit(redirect)
    query = "&".join(part for part in (parts.query, urlencode(answer)) if part)
    return Reply(302, headers=[("location", urlunsplit(parts._replace(query=query)))])


def exchange_code(call: ReceivedCall) -> Reply:
    """Handle POST /login/oauth2/access_token: form or JSON body (A3, A4).

    :raises DebitoorRefusal: 400 for a wrong, used or stale code, a wrong secret or another callback
    """
    given = _form_or_json(call)
    row = call.world.store.row(
        "SELECT company, redirect, expires, used FROM oauth_code WHERE code = ?", given.get("code", "")
    )
    company = call.world.companies.get(row[0]) if row else None
    if row is None or company is None or row[3] or call.time.timestamp() >= row[2]:
        raise DebitoorRefusal(400, "The code is not valid")
    if not hmac.compare_digest(given.get("client_secret", "").encode(), company.oauth_client_secret.encode()):
        raise DebitoorRefusal(400, "The client secret is not valid")
    if _host(given.get("redirect_uri", "")) != row[1]:
        raise DebitoorRefusal(400, "The redirect URI does not match")
    call.world.store.execute("UPDATE oauth_code SET used = 1 WHERE code = ?", given["code"])
    token = new_token()
    call.caller = call.world.companies.change(company, debitoor_tokens=(*company.debitoor_tokens, token))
    call.effect("created", "token", company.debitoor_id)
    return ok({"access_token": token})


def _request(call: ReceivedCall) -> tuple[list[Company], str]:
    """Return the companies that the app may ask for, and the address to redirect to."""
    companies = call.world.companies.by_client(call.one("client_id") or "")
    if not companies:
        raise DebitoorRefusal(400, "Unknown client_id")
    if call.one("response_type") not in (None, "code"):
        raise DebitoorRefusal(400, "response_type must be code")
    redirect = call.one("redirect_uri")
    if redirect is None:
        return companies, companies[0].oauth_redirect_uri
    matching = [company for company in companies if _host(company.oauth_redirect_uri) == _host(redirect)]
    if not matching or urlsplit(redirect).scheme not in ("http", "https"):
        raise DebitoorRefusal(400, "The redirect URI does not match the registered callback")
    return matching, redirect


def _host(url: str) -> str:
    """Return host and port, the only parts that have to match."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return ""
    return f"{parts.hostname}:{port}"


def _form_or_json(call: ReceivedCall) -> dict[str, str]:
    try:
        if call.headers.get("content-type", "").startswith("application/json"):
            body = json_codec.loads(call.body)
            return {name: str(value) for name, value in body.items()} if isinstance(body, dict) else {}
        return dict(parse_qsl(call.body.decode()))
    except ValueError:
        return {}
