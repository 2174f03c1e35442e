"""One request to a service, with all that decides how it is sent and what its answer means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from debitoor_provider.services.http.answer import LARGEST_ANSWER
from debitoor_provider.services.http.retry import READ, RetryRule

if TYPE_CHECKING:
    from debitoor_provider.services.errors import ServiceError
    from debitoor_provider.services.http.session import Timeouts

Params = Mapping[str, str | int | list[str] | list[int]]
Codes = Mapping[int, "tuple[type[ServiceError], str]"]
"""What a service's inner error codes mean: the error's class and the code of its message."""


class Subject(Enum):
    """What a call is about: what a refusal concerns, and what "not found" means."""

    ACCOUNT = auto()
    """The account or a list of it: a refusal concerns all documents; "not found" is about the path."""
    RECORD = auto()
    """A record that the path names: a refusal and "not found" are about this record."""
    NEW_RECORD = auto()
    """A document that is sent: a refusal is about it; "not found" is about the path."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request.

    :param operation: code of what is being done, e.g. ``list_documents``
    :param path: below the base URL, or an absolute address at the same origin
    :param body: makes the request's body, once for each attempt
    :param rule: when it may be sent again
    :param timeouts: where the session's own are too short
    :param largest: bytes of a JSON answer that are accepted
    :param file_limit: bytes of the file inside a JSON answer that are accepted, in addition
    :param sends_file: whether the service may refuse the call because of the file in it
    :param codes: inner error codes that mean something else here than usual
    :param optional: whether the caller has another way when the service does not have this path
    """

    operation: str
    method: str
    path: str
    params: Params | None = None
    subject: Subject = Subject.RECORD
    body: Callable[[], Any] | None = None
    headers: Mapping[str, str] | None = None
    rule: RetryRule = READ
    timeouts: Timeouts | None = None
    largest: int = LARGEST_ANSWER
    file_limit: int | None = None
    sends_file: bool = False
    codes: Codes = field(default_factory=dict)
    optional: bool = False

    @property
    def largest_answer(self) -> int:
        """Bytes of a JSON answer that are accepted, with the base64 of the file inside it, in lines or not."""
        return self.largest + (0 if self.file_limit is None else self.file_limit * 3 // 2)
