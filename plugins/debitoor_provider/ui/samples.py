"""A few of an account's real documents, for previews that follow a person's typing.

Each question to a service is asked once a minute at most, so that typing costs no calls. Answers belong to a connection
as it is now, its key included; whether the user may use the connection is checked before.
"""

from __future__ import annotations

import hashlib
from contextlib import ExitStack, contextmanager
from pkgutil import resolve_name
from threading import Lock
from typing import TYPE_CHECKING, Any

from cachetools import TTLCache

from debitoor_provider.configuration import ecb_rates
from debitoor_provider.hooks.debitoor import DebitoorHook
from debitoor_provider.hooks.getmyinvoices import GetMyInvoicesHook
from debitoor_provider.sync.directions import row_of
from debitoor_provider.ui import connections
from debitoor_provider.ui.refusals import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflow.sdk import Connection

    from debitoor_provider.hooks.base import ServiceHook
    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.sync.accounts.settings import Account
    from debitoor_provider.sync.steps.direction import Direction

SECONDS = 60
_answers: TTLCache[Any, Any] = TTLCache(maxsize=64, ttl=SECONDS)
_lock = Lock()


@contextmanager
def opened_direction(account: Account) -> Iterator[Direction[Any]]:
    """Open an account's direction; the services answer from memory what they were asked within the last minute."""
    row = row_of(account)
    with ExitStack() as opened:
        clients: dict[str, Any] = {}

        def client(service: str) -> Any:
            if service not in clients:
                hook = resolve_name(row.hooks[service])
                clients[service] = _open(opened, account.connection_of(service), hook)
            return clients[service]

        yield row.open(account, client, {"ecb_rates": ecb_rates()})


@contextmanager
def opened_getmyinvoices(connection_id: str) -> Iterator[GetMyInvoicesClient]:
    """Open a client of GetMyInvoices with a connection."""
    with ExitStack() as opened:
        yield _open(opened, connection_id, GetMyInvoicesHook)


@contextmanager
def opened_debitoor(connection_id: str) -> Iterator[DebitoorClient]:
    """Open a client of Debitoor with a connection."""
    with ExitStack() as opened:
        yield _open(opened, connection_id, DebitoorHook)


def _open(opened: ExitStack, connection_id: str, hook: type[ServiceHook[Any]]) -> Any:
    connection = connections.require(connection_id)
    if connection.conn_type != hook.conn_type:
        raise RequestRefused("connection_of_other_service", status=409, connection=connection_id)
    client = opened.enter_context(hook.of(connection).client_without_retries())
    return _Remembering(client, _identity(connection))


def _identity(connection: Connection) -> tuple[str, str]:
    """Return a key that differs between connections, and for one connection with another API key."""
    secrets = (connection.host, connection.port, connection.login, connection.password, connection.extra)
    return connection.conn_id, hashlib.sha256(repr(secrets).encode()).hexdigest()


class _Remembering:
    """A client whose calls are answered from memory for a minute.

    :param identity: of its connection
    """

    def __init__(self, client: Any, identity: tuple[str, str]) -> None:
        self._client = client
        self._identity = identity

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._client, name)
        return self._remembered(name, value) if callable(value) else value

    def _remembered(self, name: str, ask: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            key = (self._identity, name, args, tuple(sorted(options.items())))
            with _lock:
                if key in _answers:
                    return _answers[key]
            answer = ask(*args, **options)
            with _lock:
                _answers[key] = answer
            return answer

        return call
