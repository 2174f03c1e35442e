"""A page that says one thing in plain words, for a browser that comes from outside the web app."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from fastapi.responses import HTMLResponse

from debitoor_provider.messages import Message, current_reader

_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem}"
)
_STYLE_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

PROTECTION = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_DIGEST}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Headers by which nothing runs in the page, and its address goes nowhere."""


def plain_page(title: Message, message: Message, *, link: str, status: int) -> HTMLResponse:
    """Return a page that says what happened, in the reader's language, and links back to Synchronisation.

    :param message: may hold anybody's words
    :param link: address of the way back
    """
    heading, back = escape(str(title)), escape(str(Message("consent_back")))
    text = f"""<!doctype html>
<html lang="{current_reader().language}"><head><meta charset="utf-8"><title>{heading}</title>
<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>
<body><main><h1>{heading}</h1><p>{escape(str(message))}</p>
<p><a href="{escape(link)}">{back}</a></p></main></body></html>
"""
    return HTMLResponse(text, status, PROTECTION)
