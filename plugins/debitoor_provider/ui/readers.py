"""The language of each answer: that of the page which asks, else that of the browser."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.datastructures import Headers

from debitoor_provider.messages import LOG, Reader, preferred_language, written_for
from debitoor_provider.ui.redaction import Redaction

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

LANGUAGE = "language"
"""The query parameter that names it, for addresses that a browser opens directly."""


class ReaderOfAnswers:
    """Writes all messages of an answer for the one who asked.

    The page names its language in the header ``Accept-Language``, or in the query of a download. A script that names
    none gets what the log gets: English, with fields called as in the account file and figures in one form.

    :param app: the application that answers
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with written_for(replace(reader_of(scope), redact=Redaction())):
            await self._app(scope, receive, send)


def reader_of(scope: Scope) -> Reader:
    """Return the reader in the language that the request names; without one, the reader of the log."""
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get(LANGUAGE, [""])[-1]
    for wanted in (asked, Headers(scope=scope).get("accept-language", "")):
        if language := preferred_language(wanted):
            return Reader(language, page=True)
    return LOG
