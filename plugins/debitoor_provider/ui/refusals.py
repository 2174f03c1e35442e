"""What the page's API refuses, in the language of the one who asked."""

from __future__ import annotations

from fastapi import HTTPException

from debitoor_provider.messages import Message


class RequestRefused(HTTPException):
    """The answer to a request that is refused.

    :param code: of the message that says why, and what helps
    :param status: HTTP status
    :param params: of the message
    """

    def __init__(self, code: str, /, *, status: int, **params: object) -> None:
        self.message = Message(code, **params)
        super().__init__(status, self.message.text())
