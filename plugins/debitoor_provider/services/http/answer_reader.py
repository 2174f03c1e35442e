"""Read the answers of one service: the errors that they stand for, their JSON, their files."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, TypeVar

import requests

from debitoor_provider.messages import Message
from debitoor_provider.services.http.answer import (
    LARGEST_RECORD,
    WITHOUT_BODY,
    Answer,
    Disguised,
    TooLarge,
    checked_pieces,
    content_type,
    has_known_end,
    parsed,
    retry_after,
)
from debitoor_provider.services.http.files import too_large
from debitoor_provider.services.http.reading import Unexpected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from debitoor_provider.services.errors import ServiceError
    from debitoor_provider.services.http.call import Call
    from debitoor_provider.services.http.secret import Secret

T = TypeVar("T")

_LARGE = 100_000
"""Bytes of JSON that take megabytes once they are parsed."""
_one_at_a_time = threading.Lock()
_HEAD = 64  # bytes that tell a web page
_PAGES = (b"<!doctype html", b"<html", b"<head", b"<body")


class AnswerReader:
    """Reads answers; keeps nothing of them.

    :param explain: turns an answer into the error it stands for, or ``None`` for a success
    :param secret: is masked in every answer that is not a file
    """

    def __init__(self, explain: Callable[[Answer, Call], ServiceError | None], secret: Secret) -> None:
        self._explain = explain
        self._secret = secret

    def read(self, response: requests.Response, call: Call, read: Callable[[Any], T]) -> T:
        """Return what is made from the parsed body of a success.

        Large bodies are parsed one at a time: threads that parse together are not faster, and need the memory together.

        :param read: makes the result from the parsed body
        :raises ServiceError: the error that the answer stands for
        :raises Unexpected: for a body that is incomplete, too large, not JSON, or not as expected
        """
        body = self._body(response, call)
        if len(body) < _LARGE:
            return read(self._payload(response, body, call))
        with _one_at_a_time:
            return read(self._payload(response, body, call))

    def _body(self, response: requests.Response, call: Call) -> bytes:
        try:
            limit = call.largest_answer if response.ok else LARGEST_RECORD
            return self.masked(b"".join(checked_pieces(response, limit)))
        except (Unexpected, requests.RequestException) as surprise:
            if response.ok and isinstance(surprise, TooLarge) and call.file_limit is not None:
                raise too_large(call.file_limit) from None
            if response.ok:
                raise
            return b""  # the status alone says that it failed

    def _payload(self, response: requests.Response, body: bytes, call: Call) -> Any:
        payload, readable = self.parse(response, body, call)
        if not readable:
            kind = content_type(response)
            raise Unexpected(Message("answer_not_json", type=kind) if kind else Message("answer_of_no_type"))
        _require_end(response, payload)
        return payload

    def parse(self, response: requests.Response, body: bytes, call: Call) -> tuple[Any, bool]:
        """Return the parsed body and whether it could be parsed.

        :param body: masked, since it appears in tracebacks with local variables
        :raises ServiceError: the error that the answer stands for
        """
        payload, readable = parsed(body)
        is_page = not response.ok and content_type(response) == "text/html"
        answer = Answer(response.status_code, payload, retry_after(response), is_page)
        if error := self._explain(answer, call):
            error.status = error.status or response.status_code
            raise error
        return payload, readable

    def require_success(self, response: requests.Response, body: bytes, call: Call) -> None:
        """Raise the error that a response stands for, or that its body may be incomplete.

        :param body: masked
        :raises ServiceError: for a response that says failure
        :raises Unexpected: for a body that may have broken off
        """
        payload, _ = self.parse(response, body, call)
        _require_end(response, payload)

    def file_pieces(
        self, response: requests.Response, call: Call, content_of: Callable[[Any], bytes] | None, *, is_text: bool
    ) -> Iterator[bytes]:
        """Return the pieces of a file.

        :param content_of: finds the file inside a JSON answer
        :param is_text: whether the file may be a web page or JSON itself
        :raises ServiceError: the error that the answer stands for
        :raises Unexpected: for an answer that is no file
        """
        kind = content_type(response)
        if not 200 <= response.status_code < 300 or kind == "application/json":
            payload = self._payload(response, self._body(response, call), call)
            if content_of is None:
                raise Unexpected(Message("answer_json_instead_of_file"))
            return iter((content_of(payload),))
        if kind == "text/html":
            raise Unexpected(Message("answer_page_instead_of_file"))
        if response.status_code in WITHOUT_BODY:
            raise Unexpected(Message("answer_without_content"))
        return checked_pieces(response) if is_text else _no_text(checked_pieces(response))

    def masked(self, body: bytes) -> bytes:
        """Return a body without the secret."""
        return body.replace(self._secret.encode(), b"***") if self._secret else body


def _no_text(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Pass on the pieces of a file, unless a web page or JSON is in its place, whatever the answer calls it.

    :raises Disguised: for such an answer, which comes from something in front of the service
    """
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= _HEAD:
            break
    start = head[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(_PAGES):
        raise Disguised(Message("answer_page_instead_of_file"))
    if start.startswith((b"{", b"[")):
        raise Disguised(Message("answer_json_instead_of_file"))
    if head:
        yield head
    yield from pieces


def _require_end(response: requests.Response, payload: Any) -> None:
    """Require that a body is known to be complete: by its length, its chunks, or the brackets of its JSON.

    :raises Unexpected: otherwise; an empty body may be all that is left of an answer that broke off
    """
    if not isinstance(payload, dict | list) and not has_known_end(response):
        raise Unexpected(Message("answer_without_end"))
