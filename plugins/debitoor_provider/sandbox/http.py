"""One call and its answer, as the handlers of both services see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from debitoor_provider.sandbox import json_codec

if TYPE_CHECKING:
    from datetime import datetime

    from debitoor_provider.sandbox.companies import Company
    from debitoor_provider.sandbox.world import World

JSON = "application/json; charset=utf-8"  # D 3.2
_GATEWAY_PAGE = b"<!doctype html><html><head><title>Error</title></head><body><h1>Bad gateway</h1></body></html>\n"


@dataclass(slots=True)
class ReceivedCall:
    """One request, read completely."""

    world: World
    time: datetime  # of the service
    operation: str
    method: str
    path: str
    params: dict[str, str]
    query: list[tuple[str, str]]
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    seq: int = 0  # in the log; assigned when the call takes effect
    caller: Company | None = None
    json: Any = None  # the parsed body, where the service requires JSON
    fault: str | None = None  # effect of the fault that applies, where the handler needs it

    @property
    def company(self) -> Company:
        """Return the company whose key or token was given."""
        if self.caller is None:
            raise RuntimeError("the call was not authenticated")
        return self.caller

    def one(self, name: str) -> str | None:
        """Return the last value of a query parameter."""
        value = None
        for key, text in self.query:
            if key == name:
                value = text
        return value

    def effect(self, kind: str, what: str, ident: object, **details: Any) -> None:
        """Log an effect of this call."""
        service = self.operation.partition(".")[0]
        self.world.log.effect(self.seq, self.company.id, service, kind, what, ident, **details)


@dataclass(slots=True)
class Reply:
    """An answer before it is sent."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: list[tuple[str, str]] = field(default_factory=list)


Handler = Callable[[ReceivedCall], Reply]


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint: its name in faults and in the log, and its handler."""

    name: str
    method: str
    path: str
    handler: Handler


def ok(value: Any) -> Reply:
    """Return 200 with JSON."""
    return Reply(200, json_codec.dumps(value))


def gateway_page(status: int) -> Reply:
    """Return the HTML error page of a gateway in front of a service."""
    return Reply(status, _GATEWAY_PAGE, "text/html; charset=utf-8")


def extension(filename: str) -> str:
    """Return what follows the last dot, in lower case; empty without a dot."""
    return filename.rpartition(".")[2].lower() if "." in filename else ""


def download(content: bytes, content_type: str, filename: str) -> Reply:
    """Return 200 with raw bytes and their name, in the form of RFC 5987 too where it is not plain ASCII."""
    plain = "".join(char if " " <= char < "\x7f" and char not in '"\\' else "_" for char in filename)
    disposition = f'attachment; filename="{plain}"'
    if plain != filename:
        disposition += f"; filename*=UTF-8''{quote(filename, safe='')}"
    return Reply(200, content, content_type, [("content-disposition", disposition)])
