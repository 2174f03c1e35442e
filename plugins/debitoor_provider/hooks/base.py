"""What the hooks of both services share: one typed client and one safe session for each connection."""

from __future__ import annotations

import json
from abc import abstractmethod
from contextlib import suppress
from datetime import timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, Self, TypeVar, cast

from airflow.providers.http.hooks.http import HttpHook
from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException
from airflow.sdk.log import mask_secret
from airflow.sdk.observability import stats

from debitoor_provider.configuration import pacing_url
from debitoor_provider.hooks.fields import Fields
from debitoor_provider.hooks.kept import KEPT
from debitoor_provider.messages import Message
from debitoor_provider.services.errors import Misconfigured, ServiceError
from debitoor_provider.services.http.call import Call
from debitoor_provider.services.http.retry import READ, WRITE, Backoff
from debitoor_provider.services.http.secret import Secret
from debitoor_provider.services.http.session import CONNECT_TIMEOUT
from debitoor_provider.services.pacing.pacer import Allowance, Pacer
from debitoor_provider.sync.window import CLOCK_TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import Response, Session

    from debitoor_provider.services.http.call import Params
    from debitoor_provider.services.http.session import ServiceSession
    from debitoor_provider.services.http.transport import Transport


class Client(Protocol):
    """What the clients of both services have."""

    session: ServiceSession
    transport: Transport

    @property
    def clock_offset(self) -> timedelta | None:
        """How far the service's clock is ahead of ours (negative: behind); ``None`` before the first answer."""

    def close(self) -> None:
        """Close all connections."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


C = TypeVar("C", bound=Client)


class NoConnection(Misconfigured):
    """Airflow has no connection of this id."""


_NO_RETRIES = Backoff(slow_down=(), fault=())


class ServiceHook(HttpHook, Generic[C]):
    """An :class:`HttpHook` for one of the services, with a typed client inside.

    Everything goes through the client's own session and transport: pooled connections, time limits, HTTPS unless
    switched off, no redirects, no other host, the allowance of calls, typed errors, no bodies in the log. Extras of
    the connection are settings and never become headers.

    :param conn_id: id of the connection
    :param method: HTTP method of :meth:`run`
    """

    record_pages: ClassVar[tuple[str, ...]] = ("web_url",)
    """The fields with addresses of records in the service's web application."""

    def __init__(self, conn_id: str, method: str = "GET") -> None:
        super().__init__(method=method, http_conn_id=conn_id, tcp_keep_alive=False)
        self._given: Connection | None = None
        self._look_up: Callable[[str], Connection] = self.get_connection
        self.low_priority = False
        """Whether its calls leave a part of the allowance to others; to be set before the first call."""

    @classmethod
    def of(cls, connection: Connection) -> Self:
        """Make the hook of a connection that Airflow does not keep, or not yet: to try it first."""
        hook = cls(connection.conn_id)
        hook._given = connection
        return hook

    @classmethod
    def kept(cls, conn_id: str) -> Self:
        """Make the hook of a connection that the process keeps for some minutes."""
        hook = cls(conn_id)
        hook._look_up = partial(KEPT.find, look_up=hook.get_connection)
        return hook

    @cached_property
    def client(self) -> C:
        """The typed client of the connection; made at the first use and then kept."""
        return self._client(self._connection, Backoff())

    def get_conn(self, headers: dict[Any, Any] | None = None, extra_options: dict[str, Any] | None = None) -> Session:
        """Return the client's session: an ordinary :class:`requests.Session` that is signed and bound to the service.

        :raises TypeError: for headers or options, which would change it for all callers; pass them to :meth:`run`
        """
        if headers or extra_options:
            raise TypeError("the session is shared: pass headers to run()")
        return self._ready().session

    def run(
        self,
        endpoint: str | None = None,
        data: dict[str, Any] | str | None = None,
        headers: dict[str, Any] | None = None,
        extra_options: dict[str, Any] | None = None,
        **request_kwargs: Any,
    ) -> Response:
        """Make a call that the typed client does not have.

        :param endpoint: path below the base URL
        :param data: query parameters of a GET, otherwise the body
        :param headers: further headers
        :param extra_options: ``timeout`` in seconds; there are no others
        :param request_kwargs: ``json`` for a JSON body, ``params`` for query parameters of a call with a body
        :return: the response, which says success
        :raises ServiceError: classified by what the caller has to do next
        """
        payload, params = request_kwargs.pop("json", None), request_kwargs.pop("params", None)
        timeout = (extra_options or {}).get("timeout")
        unknown = sorted({*(extra_options or {})} - {"timeout"} | {*request_kwargs})
        if unknown:
            raise TypeError(f"not supported: {', '.join(unknown)}")
        body: Any = data
        if payload is not None:
            body, headers = json.dumps(payload).encode(), {"Content-Type": "application/json", **(headers or {})}
        reads = self.method in ("GET", "HEAD")
        call = Call(
            self.method,
            self.method,
            endpoint or "/",
            cast("Params | None", data if reads and data is not None else params),
            body=None if reads else lambda: body,
            headers=headers,
            rule=READ if reads else WRITE,
            timeouts=(CONNECT_TIMEOUT, float(timeout)) if timeout else None,
        )
        return self._ready().transport.respond(call)

    def check_response(self, response: Response) -> None:
        """Raise for a response that says failure, without writing its body to the log."""
        self.client.transport.check(response)

    def url_from_endpoint(self, endpoint: str | None) -> str:
        """Return the absolute address of a path below the base URL."""
        return self.client.session.url(endpoint or "/")

    def test_connection(self) -> tuple[bool, str]:
        """Try the connection, and return whether it works as it should and a sentence about it."""
        try:
            if doubts := self._unusable_fields():
                return False, str(doubts[0])
            found, doubts = self._tried()
        except ServiceError as error:
            return False, str(error)
        return (False, str(doubts[0])) if doubts else (True, str(found))

    def examine(self) -> tuple[Message, list[Message]]:
        """Try the connection, and return where it leads and what should be corrected although runs continue with it.

        :raises ServiceError: when no run can use it
        """
        unusable = self._unusable_fields()
        found, doubts = self._tried()
        return found, unusable + doubts

    def client_without_retries(self) -> C:
        """Make a client that sends each call once, for a person who waits; the caller closes it."""
        return self._client(self._connection, _NO_RETRIES)

    def close(self) -> None:
        """Close the client's connections, if it was used."""
        if "client" in self.__dict__:
            client: C = self.__dict__.pop("client")
            client.close()
            _report_calls_left(client.transport, self.http_conn_id)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _connection(self) -> Connection:
        if self._given:  # Airflow masks the secrets of those that it keeps
            mask_secret(self._given.password)
            mask_secret(self._given.extra_dejson)
        found = self._given or self._found()
        if found.conn_type and found.conn_type != self.conn_type:  # its key is for another service
            message = Message(
                "connection_for_other_service", name=found.conn_id, type=found.conn_type, wanted=self.conn_type
            )
            raise Misconfigured(message, operation="open_connection")
        # A copy: in the API server it is a row of the database, which must neither change nor hold a Secret.
        fields: dict[str, Any] = {name: getattr(found, name) for name in ("conn_type", "schema", "port")}
        for name in ("host", "login", "password", "extra"):  # any of them may hold a secret
            value = getattr(found, name)
            fields[name] = Secret(value) if value else value
        return Connection(conn_id=found.conn_id, **fields)

    def _found(self) -> Connection:
        if not self.http_conn_id:  # Airflow would return an empty one
            raise NoConnection(Message("connection_id_empty", service=self.hook_name), operation="open_connection")
        try:
            return self._look_up(self.http_conn_id)
        except AirflowNotFoundException:
            message = Message("connection_not_there", name=self.http_conn_id)
            raise NoConnection(message, operation="open_connection") from None

    def _ready(self) -> C:
        """Return the client, ready for calls that it does not make itself."""
        return self.client

    def _pacer(self, key: str, allowance: Allowance) -> Pacer:
        """Return what keeps the calls with a key within their allowance, shared as ``[debitoor] pacing_url`` says.

        By default a SQLite file in Airflow's home, which serves all processes of one machine.
        """
        return Pacer(key, allowance, store=pacing_url(), low_priority=self.low_priority)

    def _tried(self) -> tuple[Message, list[Message]]:
        """Try the connection, and return where it leads and what the services' answers say against it."""
        with self.client_without_retries() as client:
            found, doubt = self._tested(client)
            clock = _clock_problem(client.clock_offset)
        return found, [*filter(None, (doubt, clock))]

    def _unusable_fields(self) -> list[Message]:
        """Return which fields that no run needs have something else than they should have."""
        found = []
        for read in self._optional_fields(Fields(self._connection)):
            try:
                read()
            except Misconfigured as error:
                found.append(error.message)
        return found

    def _optional_fields(self, fields: Fields) -> list[Callable[[], object]]:
        """Return what reads the fields that no run needs."""
        return [partial(fields.record_page, field) for field in self.record_pages]

    @abstractmethod
    def _client(self, connection: Connection, backoff: Backoff) -> C:
        """Make the typed client of a connection."""

    @abstractmethod
    def _tested(self, client: C) -> tuple[Message, Message | None]:
        """Try a client, and return where it leads and what the connection contradicts although runs continue.

        :raises ServiceError: when the service refuses or cannot be reached
        """


def _report_calls_left(transport: Transport, conn_id: str) -> None:
    """Report to Airflow's metrics how much of a connection's allowance is left; nothing when it has none."""
    with suppress(ServiceError):  # the store is not available, which the next call reports
        if (left := transport.calls_left()) is not None:
            tags = {"conn_id": stats.normalize_name_for_stats(conn_id, log_warning=False)}
            stats.gauge("debitoor.calls_left", left, tags=tags)


def _clock_problem(offset: timedelta | None) -> Message | None:
    """Return what is wrong with this machine's clock; ``None`` when nothing is known to be."""
    if offset is None or abs(offset) <= CLOCK_TOLERANCE:
        return None
    code = "clock_slow" if offset > timedelta() else "clock_fast"
    return Message(code, count=round(abs(offset).total_seconds() / 60))
