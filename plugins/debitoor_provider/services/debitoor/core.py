"""What all calls to Debitoor have in common: token, lists, bodies (contract sections 3, 4, 9)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from debitoor_provider import __version__
from debitoor_provider.services.debitoor import body, constants
from debitoor_provider.services.debitoor.explain import explain
from debitoor_provider.services.debitoor.pages import read_pages
from debitoor_provider.services.errors import Unavailable
from debitoor_provider.services.http.answer import LARGEST_RECORD
from debitoor_provider.services.http.base_client import BaseClient
from debitoor_provider.services.http.call import Call, Subject
from debitoor_provider.services.http.json_body import json_body
from debitoor_provider.services.http.reading import rows
from debitoor_provider.services.http.retry import WRITE, Backoff
from debitoor_provider.services.http.session import CONNECT_TIMEOUT, POOL_SIZE, READ_TIMEOUT, HeaderAuth, ServiceSession
from debitoor_provider.services.http.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, MutableMapping

    from debitoor_provider.services.http.call import Params
    from debitoor_provider.services.http.transport import Pacing

T = TypeVar("T")


class DebitoorCore(BaseClient):
    """Makes calls for one token. Parameters: see :class:`.client.DebitoorClient`."""

    def __init__(
        self,
        *,
        token: str,
        base_url: str = constants.API_BASE,
        allow_http: bool = False,
        connect_timeout: float = CONNECT_TIMEOUT,
        read_timeout: float = READ_TIMEOUT,
        upload_timeout: float = constants.UPLOAD_TIMEOUT,
        max_file_bytes: int = constants.MAX_FILE_BYTES,
        pool_size: int = POOL_SIZE,
        proxy: str | None = None,
        pacing: Pacing | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self.max_file_bytes = max_file_bytes
        self._upload_timeouts = (connect_timeout, upload_timeout)
        self.session = ServiceSession(
            base_url,
            auth=HeaderAuth(constants.TOKEN_HEADER, token, at=base_url, what="access_token"),
            headers={"Accept": "application/json", "User-Agent": f"airflow-provider-debitoor/{__version__}"},
            allow_http=allow_http,
            timeouts=(connect_timeout, read_timeout),
            pool_size=pool_size,
            proxy=proxy,
        )
        self.transport = Transport(
            self.session,
            service=constants.SERVICE,
            explain=explain,
            secret=token,
            pacing=pacing,
            backoff=backoff,
            probe=Call("read_environment", "GET", constants.ENVIRONMENT, subject=Subject.ACCOUNT),
        )

    def _get(
        self,
        operation: str,
        path: str,
        read: Callable[[Any], T],
        params: Params | None = None,
        *,
        subject: Subject = Subject.RECORD,
    ) -> T:
        return self.transport.call(Call(operation, "GET", path, params, subject), read)

    def _list(
        self,
        operation: str,
        path: str,
        read: Callable[[Any], T],
        filters: Mapping[str, object] | None = None,
        *,
        page_size: int | None = None,
        at_least: int = 0,
    ) -> list[T]:
        """Return all rows of a list in the service's order, each once."""
        return list(self._listed(operation, path, read, {}, filters, page_size=page_size, at_least=at_least))

    def _listed(
        self,
        operation: str,
        path: str,
        read: Callable[[Any], T],
        keep: MutableMapping[str, T],
        filters: Mapping[str, object] | None = None,
        *,
        page_size: int | None = None,
        at_least: int = 0,
    ) -> Collection[T]:
        """Return what :meth:`_list` returns, for a list of any length.

        :param keep: where the rows are kept, by their ids
        :param at_least: how many rows the caller knows to be there, see :func:`.pages.read_pages`
        :raises Unavailable: when the list keeps changing while it is read
        """
        params = _query(filters or {})
        if page_size:
            params["limit"] = page_size

        def fetch(skip: int) -> list[tuple[str, T]]:
            asked = {**params, "skip": skip} if skip else params
            return self._get(
                operation, path, lambda payload: _identified(payload, read), asked, subject=Subject.ACCOUNT
            )

        try:
            read_pages(fetch, keep, page_size or 0, at_least)
        except Unavailable as error:
            error.service, error.operation = error.service or constants.SERVICE, error.operation or operation
            raise
        return keep.values()

    def _whole(self, operation: str, path: str, read: Callable[[Any], T]) -> list[T]:
        """Return the rows of a short list that comes in one piece."""
        return self._get(
            operation, path, lambda payload: [read(row) for row in rows(payload, "list")], subject=Subject.ACCOUNT
        )

    def _send(
        self,
        operation: str,
        method: str,
        path: str,
        read: Callable[[Any], T],
        fields: Mapping[str, Any] | None = None,
        params: Params | None = None,
        *,
        subject: Subject = Subject.RECORD,
    ) -> T:
        payload = json_body(fields or {})
        call = Call(
            operation,
            method,
            path,
            params,
            subject,
            body=lambda: payload,
            headers=body.JSON_HEADERS,
            rule=WRITE,
            largest=LARGEST_RECORD,
        )
        return self.transport.call(call, read)


def _identified(payload: Any, read: Callable[[Any], T]) -> list[tuple[str, T]]:
    return [(str(row.get("id")), read(row)) for row in rows(payload, "list")]


def _query(filters: Mapping[str, object]) -> dict[str, str | int | list[str] | list[int]]:
    """Write the filters that are set (contract 3.4, A34)."""
    return {name: _written(value) for name, value in filters.items() if value is not None}


def _written(value: object) -> str | int:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time with a zone is needed")
        return value.astimezone(UTC).strftime(constants.MOMENT_FORMAT)
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int) else str(value)
