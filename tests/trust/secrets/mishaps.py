"""What goes wrong with a connection, most of it in a way that tempts to repeat the secrets in it."""

from __future__ import annotations

import http.client
import json
import os
import pickle
import socket
import traceback
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

from rich.traceback import Traceback
from structlog.tracebacks import ExceptionDictTransformer

if TYPE_CHECKING:
    import pytest

    from tests.trust.common.account_at_work import AccountAtWork

SERVICES = ("GMI", "DEBITOOR")


class Scene:
    """The two connections of an account, as Airflow gets them from the environment.

    :param extra: what they have in addition to what they need
    """

    def __init__(self, exchange: AccountAtWork, patches: pytest.MonkeyPatch, **extra: Any) -> None:
        self.exchange, self.patches = exchange, patches
        self.company = exchange.stage.company
        for service in SERVICES:
            self.change(service, extra={"allow_http": True, **extra})

    def change(self, *services: str, **fields: Any) -> None:
        """Change fields of the connections; all of them when none is named."""
        for service in services or SERVICES:
            name = f"AIRFLOW_CONN_{service}_{self.company.id}"
            self.patches.setenv(name, json.dumps({**json.loads(os.environ[name]), **fields}))

    def extra(self, **fields: Any) -> None:
        """Change extras of both connections."""
        for service in SERVICES:
            known = json.loads(os.environ[f"AIRFLOW_CONN_{service}_{self.company.id}"])["extra"]
            self.change(service, extra={**known, **fields})

    def answer(self, status: int, body: Any = "", headers: Mapping[str, str] | None = None) -> None:
        """Let both services answer every call so; ``{echo}`` becomes what was in the request."""
        echoes = {
            "gmi.*": f"X-API-KEY: {self.company.gmi_api_key}",
            "debitoor.*": f"x-token: {self.company.debitoor_token}",
        }
        for calls, echo in echoes.items():
            answer = json.loads(json.dumps({"body": body, "headers": headers or {}}).replace("{echo}", echo))
            self.exchange.stage.fault("status", calls, status=status, **answer)


def _closed_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _crash(scene: Scene) -> None:
    original = http.client.HTTPConnection.endheaders

    def crash(connection: Any, *args: Any, **kwargs: Any) -> None:
        if b"/sandbox/api" not in b"".join(connection._buffer):  # the referee continues
            raise RuntimeError("crashed in the depths of the HTTP library")
        original(connection, *args, **kwargs)

    scene.patches.setattr("http.client.HTTPConnection.endheaders", crash)


SHOWS_THE_ADDRESS = {"the token in the address", "the key in the query", "the key for a host"}
"""Where a local variable shows what a person entered as an address."""
MISHAPS: dict[str, Callable[[Scene], object]] = {
    "nothing": lambda scene: None,
    "401": lambda scene: (scene.company.revoke_token(), scene.company.block_key()),
    "403": lambda scene: scene.answer(403, {"message": "forbidden"}),
    "404": lambda scene: scene.answer(404, {"message": "{echo}"}),
    "429": lambda scene: scene.exchange.stage.fault("rate_limited", "*", retry_after=3600),
    "500": lambda scene: scene.answer(500, "Internal Server Error"),
    "an HTML page with the request in it": lambda scene: scene.answer(
        502, "<html><pre>{echo}</pre>", {"Content-Type": "text/html"}
    ),
    "a JSON error with the request in it": lambda scene: scene.answer(
        400, {"message": "{echo}", "errors": [{"code": 102, "detail": "{echo}", "field": "{echo}"}]}
    ),
    "a success that is a page with the request in it": lambda scene: scene.answer(200, "<html>{echo}"),
    "a header with the request in it": lambda scene: scene.answer(
        429, {"message": "{echo}"}, {"Retry-After": "{echo}", "X-Echo": "{echo}"}
    ),
    "a redirect with the token in it": lambda scene: scene.exchange.stage.fault(
        "redirect",
        "*",
        location=f"http://elsewhere.invalid/?{scene.company.debitoor_token}&{scene.company.gmi_api_key}",
    ),
    "an answer that breaks off": lambda scene: scene.exchange.stage.fault("truncate", "*"),
    "refused": lambda scene: scene.change(host=f"http://127.0.0.1:{_closed_port()}"),
    "too slow": lambda scene: (
        scene.extra(read_timeout=1),
        scene.exchange.stage.fault("latency", "*", seconds=1.2),
    ),
    "TLS to a plain port": lambda scene: scene.change(
        host=scene.exchange.stage.sandbox.base_url.replace("http:", "https:")
    ),
    "the token in the address": lambda scene: scene.change(host=f"https://{scene.company.debitoor_token}@127.0.0.1/"),
    "the key in the query": lambda scene: scene.change(host=f"https://127.0.0.1/?key={scene.company.gmi_api_key}"),
    "the key for a host": lambda scene: scene.change(host=f"{scene.company.gmi_api_key}:x"),
    "a broken extra": lambda scene: scene.change(
        extra=f'{{"allow_http": true, "client_secret": "{scene.company.debitoor_token}'
    ),
    "the token for a number": lambda scene: scene.extra(read_timeout=scene.company.debitoor_token),
    "the key for a switch": lambda scene: scene.extra(allow_http=scene.company.gmi_api_key),
    "a blank in the middle": lambda scene: (
        scene.change("GMI", password=f"{scene.company.gmi_api_key[:9]} {scene.company.gmi_api_key[9:]}"),
        scene.change("DEBITOOR", password=f"{str(scene.company.debitoor_token)[:9]}\n"),
    ),
    "a proxy with a password that is not there": lambda scene: scene.extra(
        proxy=f"http://user:{scene.company.gmi_api_key}@127.0.0.1:{_closed_port()}"
    ),
    "a crash": _crash,
}


def text_of(error: BaseException) -> str:
    """Return all that an error shows: its traceback with all local variables in three formats, and its pickle.

    Of what went before it, messages and dumps count too, also where Python would not show them.
    """
    texts = ["".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())]
    texts.append(_in_rich(error))
    transformed = ExceptionDictTransformer(show_locals=True, locals_max_string=500)
    texts.append(repr(transformed((type(error), error, error.__traceback__))))
    seen: set[int] = set()
    ahead: list[BaseException | None] = [error]
    while ahead:
        this = ahead.pop()
        if this is None or id(this) in seen:
            continue
        seen.add(id(this))
        ahead += [this.__cause__, this.__context__]
        texts += [str(this), repr(this), repr(vars(this)), repr(getattr(this, "__notes__", []))]
        for name in ("request", "response"):  # what requests hangs on its errors
            texts.append(repr(getattr(getattr(this, name, None), "headers", None)))
        with suppress(TypeError, AttributeError, pickle.PicklingError):
            texts.append(repr(pickle.dumps(this)))
    return "\n".join(texts)


def _in_rich(error: BaseException) -> str:
    """Return the values that rich would print, without its colours, which are slow."""
    trace = Traceback.extract(
        type(error), error, error.__traceback__, show_locals=True, locals_max_length=50, locals_max_string=500
    )
    values = [node for stack in trace.stacks for frame in stack.frames for node in (frame.locals or {}).values()]
    return "\n".join(map(str, values))
